// All that a person can do with a signing PIN, in one place: a little longer than our usual file.
#include "signer/signing_pin_activation.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "common/status_macros.h"
#include "signer/request_rules.h"
#include "signer/signing_pin_evidence.h"
#include "signer/signing_pin_rules.h"

namespace enkrat::signer {
namespace {

using idp_client::AssertionType;
using idp_client::LevelOfAssurance;
using idp_client::VerifiedIdentity;
using store::PinActOutcome;
using store::PinCredential;
using store::PinState;

constexpr absl::Duration kLongestAuthenticationAge = absl::Seconds(180);
constexpr size_t kCredentialIdOctets = 16;

absl::Status CheckRequest(const ActivationRequest& request) {
  if (const absl::Status id = CheckRequestId(request.request_id); !id.ok()) {
    return WithField(id, "person.request_id");
  }
  const bool saml = request.assertion_type == AssertionType::kSamlResponse;
  if (request.assertion.empty()) {
    return WithField(MakeError(Reason::kRequestMalformed, "person.assertion: is empty"),
                     "person.assertion");
  }
  if (request.assertion.size() > (saml ? kMaxSamlResponseSize : kMaxAssertionSize)) {
    return WithField(MakeError(Reason::kLimitExceeded, "person.assertion: is too large"),
                     "person.assertion");
  }
  return absl::OkStatus();
}

// What counts for this relying party in any of its policies; empty: all that are configured.
std::vector<std::string> AcceptedIssuers(const RelyingParty& relying_party) {
  std::vector<std::string> issuers;
  for (const auto& [key, policy] : relying_party.policies) {
    if (policy.seal_authorization == SealAuthorization::kRelyingParty) continue;  // has no person
    if (policy.issuers.empty()) return {};
    issuers.insert(issuers.end(), policy.issuers.begin(), policy.issuers.end());
  }
  return issuers;
}

absl::Status Unsuitable(absl::string_view why) {
  return WithField(MakeError(Reason::kSigningPinUnsuitable, why), "new_pin");
}

bool IsLive(const std::optional<PinCredential>& credential) {
  return credential.has_value() && credential->state < PinState::kDestroyed;
}

SigningPinStatus StatusOf(const PinCredential& credential) {
  return {.state = credential.state,
          .pin_tries_left = credential.pin_tries_left,
          .puk_tries_left = credential.puk_tries_left,
          .enrolled_at = credential.enrolled_at,
          .changed_at = credential.changed_at};
}

}  // namespace

struct SigningPinActivation::Replacing {
  ActivationOperation operation;
  store::SecretUse use;
  const Secret& secret;   // normalised
  const Secret& new_pin;  // as received

  bool by_puk() const { return use == store::SecretUse::kPuk; }
};

absl::StatusOr<VerifiedIdentity> SigningPinActivation::Verify(const ActivationRequest& request,
                                                              ActivationOperation operation) {
  ENKRAT_RETURN_IF_ERROR(CheckRequest(request));
  const RelyingParty& relying_party = *request.relying_party;
  if (*relying_party.disabled) {
    return MakeError(Reason::kRelyingPartyDisabled, "the relying party is disabled");
  }
  ENKRAT_ASSIGN_OR_RETURN(const bool taken,
                          parts_.credentials->RequestIdTaken(relying_party.id, request.request_id));
  if (taken) return MakeError(Reason::kRequestIdReused, "a call with this request_id succeeded");
  const auto binding = ComputeActivationBinding(relying_party.id, operation, request.request_id);
  absl::StatusOr<VerifiedIdentity> identity = parts_.identities->Verify({
      .type = request.assertion_type,
      .assertion = request.assertion,
      .expected_nonce = ToBase64Url(binding),
      .expected_in_response_to = absl::StrCat("_", ToHex(binding)),
      .binding_required = true,
      .minimal_level_of_assurance = operation == ActivationOperation::kEnrol
                                        ? LevelOfAssurance::kHigh
                                        : LevelOfAssurance::kSubstantial,
      .max_authentication_age = kLongestAuthenticationAge,
      .accepted_issuers = AcceptedIssuers(relying_party),
      .accepted_audiences = relying_party.audiences,
      .deadline = request.deadline,
  });
  if (!identity.ok() && ReasonOf(identity.status()) != Reason::kIdpKeysUnavailable) {
    RecordRejection(request, identity.status());
  }
  return identity;
}

absl::StatusOr<SigningPinEnrolment> SigningPinActivation::Enrol(const ActivationRequest& request) {
  constexpr auto kOperation = ActivationOperation::kEnrol;
  ENKRAT_ASSIGN_OR_RETURN(const VerifiedIdentity identity, Verify(request, kOperation));
  const std::string& relying_party = request.relying_party->id;
  ENKRAT_ASSIGN_OR_RETURN(const HsmTurns::Turn turn,
                          parts_.tries->TakeTurn(relying_party, request.deadline));
  PinCredential fresh;
  ENKRAT_ASSIGN_OR_RETURN(fresh.person,
                          parts_.verifiers->PersonHash(identity, relying_party, request.deadline));
  ENKRAT_ASSIGN_OR_RETURN(const auto before, parts_.credentials->Find(fresh.person));
  if (IsLive(before)) return MakeError(Reason::kSigningPinExists, "the person has a signing PIN");
  fresh.credential_id = ToHex(RandomBytes(kCredentialIdOctets));
  fresh.relying_party = relying_party;
  SigningPinEnrolment enrolment = {
      .transport_pin = RandomTransportPin(), .puk = RandomPuk(), .status = {}};
  ENKRAT_ASSIGN_OR_RETURN(fresh.pin,
                          parts_.verifiers->Make(fresh.credential_id, SecretKind::kPin,
                                                 enrolment.transport_pin, request.deadline));
  ENKRAT_ASSIGN_OR_RETURN(fresh.puk, parts_.verifiers->Make(fresh.credential_id, SecretKind::kPuk,
                                                            enrolment.puk, request.deadline));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes hash,
                          parts_.verifiers->CredentialHash(fresh.credential_id, request.deadline));
  const store::PinAct act = ActOf(request, kOperation, identity, hash);
  ENKRAT_ASSIGN_OR_RETURN(const PinActOutcome outcome, parts_.credentials->Enrol(act, fresh));
  ENKRAT_RETURN_IF_ERROR(Check(request, outcome, Reason::kSigningPinExists));
  fresh.enrolled_at = act.at;
  fresh.changed_at = act.at;
  enrolment.status = StatusOf(fresh);
  return enrolment;
}

absl::StatusOr<SigningPinStatus> SigningPinActivation::Activate(const ActivationRequest& request,
                                                                const Secret& transport_pin,
                                                                const Secret& new_pin) {
  ENKRAT_ASSIGN_OR_RETURN(const Secret secret,
                          NormalisePin(transport_pin.Reveal(), "transport_pin"));
  return Replace(request, {.operation = ActivationOperation::kActivate,
                           .use = store::SecretUse::kTransportPin,
                           .secret = secret,
                           .new_pin = new_pin});
}

absl::StatusOr<SigningPinStatus> SigningPinActivation::Change(const ActivationRequest& request,
                                                              const Secret& old_pin,
                                                              const Secret& new_pin) {
  ENKRAT_ASSIGN_OR_RETURN(const Secret secret, NormalisePin(old_pin.Reveal(), "old_pin"));
  return Replace(request, {.operation = ActivationOperation::kChange,
                           .use = store::SecretUse::kActivePin,
                           .secret = secret,
                           .new_pin = new_pin});
}

absl::StatusOr<SigningPinStatus> SigningPinActivation::Unblock(const ActivationRequest& request,
                                                               const Secret& puk,
                                                               const Secret& new_pin) {
  ENKRAT_ASSIGN_OR_RETURN(const Secret secret, NormalisePuk(puk.Reveal()));
  return Replace(request, {.operation = ActivationOperation::kUnblock,
                           .use = store::SecretUse::kPuk,
                           .secret = secret,
                           .new_pin = new_pin});
}

absl::StatusOr<RightSecret> SigningPinActivation::Try(const ActivationRequest& request,
                                                      const Replacing& replacing,
                                                      const VerifiedIdentity& identity) {
  absl::StatusOr<RightSecret> right =
      parts_.tries->Try({.relying_party = request.relying_party->id,
                         .act = std::string(ActivationOperationName(replacing.operation)),
                         .identity = identity,
                         .use = replacing.use,
                         .secret = replacing.secret,
                         .deadline = request.deadline});
  if (!right.ok() && ReasonOf(right.status()) == Reason::kAssertionRejected) {
    RecordRejection(request, right.status());
  }
  return right;
}

absl::StatusOr<store::PinReplacement> SigningPinActivation::MakeReplacement(
    const Replacing& replacing, const Secret& new_pin, const PinCredential& credential,
    absl::Time deadline) const {
  store::PinReplacement made = {.credential_id = credential.credential_id,
                                .revision = credential.revision,
                                .pin = {},
                                .puk = std::nullopt,
                                .by_puk = replacing.by_puk()};
  ENKRAT_ASSIGN_OR_RETURN(
      made.pin, parts_.verifiers->Make(made.credential_id, SecretKind::kPin, new_pin, deadline));
  if (made.by_puk && !parts_.verifiers->IsCurrent(credential.puk)) {
    ENKRAT_ASSIGN_OR_RETURN(made.puk, parts_.verifiers->Make(made.credential_id, SecretKind::kPuk,
                                                             replacing.secret, deadline));
  }
  return made;
}

// The rules for the new PIN come before the try: they tell nothing about the old one.
absl::StatusOr<SigningPinStatus> SigningPinActivation::Replace(const ActivationRequest& request,
                                                               const Replacing& replacing) {
  const absl::StatusOr<Secret> new_pin = NormalisePin(replacing.new_pin.Reveal(), "new_pin");
  if (!new_pin.ok()) return Unsuitable(new_pin.status().message());
  ENKRAT_ASSIGN_OR_RETURN(const VerifiedIdentity identity, Verify(request, replacing.operation));
  if (new_pin->Reveal() == replacing.secret.Reveal()) return Unsuitable("new_pin: is the old one");
  ENKRAT_RETURN_IF_ERROR(CheckPinStrength(*new_pin, identity.date_of_birth));
  ENKRAT_ASSIGN_OR_RETURN(RightSecret right, Try(request, replacing, identity));
  PinCredential& credential = right.credential;
  ENKRAT_ASSIGN_OR_RETURN(const store::PinReplacement replacement,
                          MakeReplacement(replacing, *new_pin, credential, request.deadline));
  const store::PinAct act = ActOf(request, replacing.operation, identity, right.credential_hash);
  ENKRAT_ASSIGN_OR_RETURN(const PinActOutcome outcome,
                          parts_.credentials->Replace(act, replacement));
  // Replaced or ended by another call since the try was taken.
  ENKRAT_RETURN_IF_ERROR(Check(request, outcome, Reason::kSigningPinRejected));
  credential.state = PinState::kActive;
  credential.pin_tries_left = store::kSecretTries;
  if (replacing.by_puk()) credential.puk_tries_left = store::kSecretTries;
  credential.changed_at = act.at;
  return StatusOf(credential);
}

absl::StatusOr<SigningPinStatus> SigningPinActivation::GetStatus(const ActivationRequest& request) {
  constexpr auto kOperation = ActivationOperation::kGetStatus;
  ENKRAT_ASSIGN_OR_RETURN(const VerifiedIdentity identity, Verify(request, kOperation));
  ENKRAT_ASSIGN_OR_RETURN(
      const Bytes person,
      parts_.verifiers->PersonHash(identity, request.relying_party->id, request.deadline));
  ENKRAT_ASSIGN_OR_RETURN(const auto credential, parts_.credentials->Find(person));
  Bytes hash;
  if (credential.has_value()) {
    ENKRAT_ASSIGN_OR_RETURN(
        hash, parts_.verifiers->CredentialHash(credential->credential_id, request.deadline));
  }
  ENKRAT_ASSIGN_OR_RETURN(const PinActOutcome outcome,
                          parts_.credentials->Note(ActOf(request, kOperation, identity, hash)));
  ENKRAT_RETURN_IF_ERROR(Check(request, outcome, Reason::kInternal));
  return credential.has_value() ? StatusOf(*credential) : SigningPinStatus{};
}

absl::StatusOr<SigningPinStatus> SigningPinActivation::Revoke(const ActivationRequest& request) {
  constexpr auto kOperation = ActivationOperation::kRevoke;
  ENKRAT_ASSIGN_OR_RETURN(const VerifiedIdentity identity, Verify(request, kOperation));
  ENKRAT_ASSIGN_OR_RETURN(
      const Bytes person,
      parts_.verifiers->PersonHash(identity, request.relying_party->id, request.deadline));
  ENKRAT_ASSIGN_OR_RETURN(auto credential, parts_.credentials->Find(person));
  if (!IsLive(credential)) return MakeError(Reason::kNotFound, "there is no PIN to revoke");
  ENKRAT_ASSIGN_OR_RETURN(const Bytes hash, parts_.verifiers->CredentialHash(
                                                credential->credential_id, request.deadline));
  const store::PinAct act = ActOf(request, kOperation, identity, hash);
  ENKRAT_ASSIGN_OR_RETURN(const PinActOutcome outcome, parts_.credentials->Revoke(act, person));
  ENKRAT_RETURN_IF_ERROR(Check(request, outcome, Reason::kNotFound));
  credential->state = PinState::kRevoked;
  credential->changed_at = act.at;
  return StatusOf(*credential);
}

store::PinAct SigningPinActivation::ActOf(const ActivationRequest& request,
                                          ActivationOperation operation,
                                          const VerifiedIdentity& identity,
                                          ByteSpan credential_hash) const {
  const absl::Time now = parts_.clock->Now();
  return {.relying_party = request.relying_party->id,
          .request_id = request.request_id,
          .issuer = identity.issuer,
          .assertion_id = identity.assertion_id,
          .assertion_expires_at = identity.assertion_expires_at,
          .at = now,
          .evidence = ActivationEvidence(now,
                                         {.relying_party = request.relying_party->id,
                                          .request_id = request.request_id,
                                          .operation = operation,
                                          .credential_hash = ToBytes(credential_hash)},
                                         identity, request.assertion)};
}

absl::Status SigningPinActivation::Check(const ActivationRequest& request, PinActOutcome outcome,
                                         Reason not_in_state) {
  switch (outcome) {
    case PinActOutcome::kDone:
      return absl::OkStatus();
    case PinActOutcome::kRequestIdTaken:
      return MakeError(Reason::kRequestIdReused, "a call with this request_id succeeded");
    case PinActOutcome::kNotInState:
      return MakeError(not_in_state, "another call was faster");
    case PinActOutcome::kAssertionSpent:
      break;
  }
  const absl::Status spent =
      MakeError(Reason::kAssertionRejected, "the assertion was spent before");
  RecordRejection(request, spent);
  return spent;
}

void SigningPinActivation::RecordRejection(const ActivationRequest& request,
                                           const absl::Status& why) {
  SigningRequest rejected;  // of which only these are recorded
  rejected.intent.request_id = request.request_id;
  rejected.assertion = request.assertion;
  rejections_.Record(*request.relying_party, rejected, why);
}

}  // namespace enkrat::signer
