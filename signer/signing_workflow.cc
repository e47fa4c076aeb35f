// The workflow in one piece, so that it can be read from top to bottom: longer than our usual file.
#include "signer/signing_workflow.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ades/cades_signature.h"
#include "ades/embedded_validation_data.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "common/digest.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/certificate_subject.h"
#include "signer/pdf_job.h"
#include "signer/policy_rules.h"
#include "signer/request_rules.h"
#include "signer/session_quotas.h"
#include "signer/session_subject.h"
#include "signer/signature_assembly.h"
#include "signer/stored_result.h"

namespace enkrat::signer {
namespace {

constexpr size_t kSessionIdOctets = 16;

// For everybody else's session to come back, and the token to be connected anew.
constexpr absl::Duration kLongestReconnect = absl::Seconds(60);

// What keeps an HSM session for longer than others should have to wait for.
constexpr size_t kManyDocuments = 64;

// A document that was made ready longer ago than this, while the call waited for its turn, is made
// ready again: the signing time in it must lie in the certificate's life, which begins
// not_before_skew before the certificate is made. Half of that is left for making the key.
absl::Duration PdfGrowsOldAfter(const ca::Profile& profile) {
  return std::min(absl::Seconds(10), profile.spec().not_before_skew / 2);
}

bool IsHeavy(const SigningRequest& request) {
  return !IsEcdsa(request.key_algorithm) || request.intent.documents.size() > kManyDocuments;
}

// subjectPublicKeyInfo, the seventh element of a version 3 TBSCertificate (RFC 5280 4.1).
std::optional<DerElement> SubjectPublicKeyInfo(ByteSpan certificate_der) {
  const std::optional<ByteSpan> certificate = OnlyElement(certificate_der, der_tag::kSequence);
  if (!certificate.has_value()) return std::nullopt;
  const std::optional<DerElement> tbs = DerReader(*certificate).TakeAny();
  if (!tbs.has_value()) return std::nullopt;
  DerReader fields(tbs->content);
  std::optional<DerElement> field;
  for (int number = 1; number <= 7; ++number) {
    field = fields.TakeAny();
    if (!field.has_value()) return std::nullopt;
  }
  return field;
}

// The certificate is about the key that signs: same SubjectPublicKeyInfo, octet by octet.
// Signatures that verify with that key therefore verify with the certificate. (OpenSSL's d2i_X509
// would decode the key for that, which takes longer than making it.)
absl::Status CheckCertificateIsFor(const PublicKey& key, ByteSpan certificate_der) {
  const std::optional<DerElement> info = SubjectPublicKeyInfo(certificate_der);
  if (info.has_value() && info->whole == ByteSpan(key.spki_der())) return absl::OkStatus();
  return MakeError(Reason::kSignatureSelfCheckFailed, "the certificate is about another key");
}

bool WantsValidationData(const SigningRequest& request) {
  return request.include_validation_data || NeedsValidationData(request.format);
}

// Calls wait for their turn after the assertion was verified. Freshness counts to its use; and the
// ledger forgets spent assertions that have expired, so that two calls could spend one.
absl::Status CheckStillGood(const Admission& admission, const Authorization& authorization,
                            absl::Time now) {
  if (authorization.by == AuthorizedBy::kRelyingParty) return absl::OkStatus();
  const idp_client::VerifiedIdentity& identity = authorization.identity;
  if (now >= identity.assertion_expires_at) {
    return MakeError(Reason::kAssertionRejected, "the assertion expired while the call waited");
  }
  if (identity.authenticated_at < now - admission.policy->max_authentication_age) {
    return MakeError(Reason::kAssertionRejected, "the login grew too old while the call waited");
  }
  return absl::OkStatus();
}

// What retention or the person had erased is not answered as if it had never been.
absl::Status CheckNotErased(const store::SessionRecord& record) {
  if (!record.personal_data_erased_at.has_value()) return absl::OkStatus();
  return MakeError(Reason::kPersonalDataErased, "the session's personal data was erased");
}

}  // namespace

// A session whose intent has been recorded: from here on it ends in the ledger, one way or another.
struct SigningWorkflow::Session {
  const Admission& admission;
  Authorization authorization;
  std::string id;
  absl::Time started_at;
  absl::Duration step_began;
  std::optional<HsmTurns::Turn> turn;  // until the key is gone
  SessionEvidence evidence = {};
  std::optional<ca::IssuedCertificate> certificate =
      std::nullopt;        // kept even if the session fails
  Bytes person_hash = {};  // keyed hash of the person, once there is a certificate

  const SigningRequest& request() const { return admission.request; }
  const idp_client::VerifiedIdentity& identity() const { return authorization.identity; }
};

// What is left when the one-time key is gone.
struct SigningWorkflow::Signed {
  std::vector<ades::CadesSignature> cades;  // one a document; none for RAW
  std::vector<Bytes> values;                // the signature values, one a document
  std::vector<tsa::IssuedTimestamp> timestamps;
  std::optional<KeyDestruction> destruction;
};

// Step 1: admit. The place among the calls in flight was taken by the server (in_flight_limit.h).
absl::StatusOr<Admission> SigningWorkflow::Admit(std::shared_ptr<const RelyingParty> relying_party,
                                                 SigningRequest request) const {
  ENKRAT_RETURN_IF_ERROR(CheckRequest(request));
  const auto policy =
      relying_party->policies.find({.kind = request.intent.kind, .level = request.intent.level});
  if (policy == relying_party->policies.end()) {
    return MakeError(Reason::kNotPermitted,
                     "the relying party may not ask for this kind and level");
  }
  const auto profile = parts_.profiles.find(policy->second.profile);
  if (profile == parts_.profiles.end()) {
    return MakeError(Reason::kNotPermitted, "no certificate profile serves this kind and level");
  }
  Admission admission = {.relying_party = std::move(relying_party),
                         .policy = &policy->second,
                         .profile = &profile->second,
                         .request = std::move(request)};
  ENKRAT_RETURN_IF_ERROR(CheckPolicy(admission, /*pins_in_use=*/parts_.pins != nullptr));
  if (WantsValidationData(admission.request) && parts_.validation_data == nullptr) {
    return MakeError(Reason::kValidationDataUnavailable, "no revocation data is made here");
  }
  if (admission.request.deadline - parts_.clock->Now() < parts_.least_time) {
    return MakeError(Reason::kDeadlineTooShort, "less time than a signature takes");
  }
  const SigningIntent& intent = admission.request.intent;
  if (intent.kind == SignatureKind::kSeal) {
    const auto organization = parts_.organizations.find(intent.organization_identifier);
    if (organization == parts_.organizations.end()) {
      return MakeError(Reason::kNotPermitted, "the organisation is not configured");
    }
    admission.organization = &organization->second;
  }
  admission.sad = ComputeSignatureActivationData(admission.relying_party->id, intent);
  admission.request_digest = ToBytes(ComputeRequestDigest(admission.sad, admission.request));
  return admission;
}

absl::StatusOr<SigningResult> SigningWorkflow::Run(const Admission& admission) {
  // A retry waits for the call that it repeats, and gets that call's result.
  ENKRAT_ASSIGN_OR_RETURN(
      const RunningSessions::Claim claim,
      running_.Enter({admission.relying_party->id, admission.request.intent.request_id},
                     admission.request.deadline));
  ENKRAT_ASSIGN_OR_RETURN(std::optional<SigningResult> earlier, EarlierResult(admission));
  if (earlier.has_value()) return *std::move(earlier);
  ENKRAT_RETURN_IF_ERROR(CertificatesUsable(admission));
  ENKRAT_RETURN_IF_ERROR(parts_.issuer->CheckPeriod(*admission.profile));

  ENKRAT_ASSIGN_OR_RETURN(Authorization authorization, Authorize(admission));
  ENKRAT_RETURN_IF_ERROR(PreparePdf(admission, authorization));
  ENKRAT_ASSIGN_OR_RETURN(HsmTurns::Turn turn,
                          turns_.Take(admission.relying_party->id, IsHeavy(admission.request),
                                      admission.request.deadline));
  ENKRAT_RETURN_IF_ERROR(PreparePdf(admission, authorization));
  ENKRAT_ASSIGN_OR_RETURN(Session session,
                          RecordIntent(admission, std::move(authorization), std::move(turn)));

  absl::StatusOr<SigningResult> result = Perform(session);
  if (!result.ok()) return Fail(session, result.status());
  if (parts_.observer != nullptr) {
    parts_.observer->SessionEnded(absl::OkStatus(), session.request().intent.documents.size());
  }
  return result;  // step 10
}

// Idempotence: what an earlier call with this request_id came to. Needs no assertion.
absl::StatusOr<std::optional<SigningResult>> SigningWorkflow::EarlierResult(
    const Admission& admission) {
  ENKRAT_ASSIGN_OR_RETURN(
      const std::optional<store::SessionRecord> record,
      parts_.ledger->FindSession(admission.relying_party->id, admission.request.intent.request_id));
  if (!record.has_value()) return std::nullopt;
  if (record->request_digest != admission.request_digest) {
    return MakeError(Reason::kRequestIdReused, "the request_id was used with other content");
  }
  switch (record->state) {
    case store::SessionState::kCompleted: {
      ENKRAT_RETURN_IF_ERROR(CheckNotErased(*record));
      if (!record->result.has_value()) {
        return MakeError(Reason::kRequestIdReused, "the first result is no longer kept");
      }
      ENKRAT_ASSIGN_OR_RETURN(SigningResult result, StoredResult::Decode(*record->result));
      result.replayed = true;
      return result;
    }
    case store::SessionState::kFailed:
      return WithAssertionSpent(
          MakeError(ReasonFromName(record->failure_reason).value_or(Reason::kInternal),
                    "the first call with this request_id failed"));
    case store::SessionState::kOpen:  // the claim says that nobody is working on it
    case store::SessionState::kAbandoned:
      break;
  }
  return WithAssertionSpent(MakeError(Reason::kSessionAbandoned, "the first call was cut off"));
}

// Step 2: who authorises this, and whether they may. Nothing has been spent yet: an HSM that is
// known to be away is a reason to stop here.
absl::StatusOr<Authorization> SigningWorkflow::Authorize(const Admission& admission) {
  if (!parts_.hsm->statistics().available) {
    return WithRetryDelay(MakeError(Reason::kHsmUnavailable, "the token is away"),
                          absl::Seconds(1));
  }
  ENKRAT_RETURN_IF_ERROR(ExpectValidationData(admission.request));
  return authorizer_.Authorize(admission);
}

// Revocation data that cannot be had now is not there after the assertion was spent either. An
// outside TSA's unit is not known until it has stamped: the one that is expected to.
absl::Status SigningWorkflow::ExpectValidationData(const SigningRequest& request) {
  if (!WantsValidationData(request)) return absl::OkStatus();
  ENKRAT_RETURN_IF_ERROR(
      parts_.validation_data->Current(absl::InfinitePast(), request.deadline).status());
  if (parts_.outside_validation_data == nullptr || !IsTimestamped(request.format)) {
    return absl::OkStatus();
  }
  return parts_.outside_validation_data->About({}, absl::InfinitePast(), request.deadline).status();
}

// Still nothing spent, so that a PDF that cannot be signed costs the person no login. The name that
// is shown in it may be a pseudonym that the HSM derives.
absl::Status SigningWorkflow::PreparePdf(const Admission& admission,
                                         const Authorization& authorization) {
  PdfJob* const pdf = admission.request.pdf.get();
  const absl::Time now = parts_.clock->Now();
  if (pdf == nullptr || now - pdf->prepared_at() < PdfGrowsOldAfter(*admission.profile)) {
    return absl::OkStatus();
  }
  Bytes person_hash;
  {
    ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease,
                            parts_.hsm->Acquire(admission.request.deadline));
    ENKRAT_ASSIGN_OR_RETURN(
        person_hash, lease.Mac(*parts_.person_key,
                               PersonOctets(authorization.identity, admission.relying_party->id)));
  }
  ENKRAT_ASSIGN_OR_RETURN(const NamedSubject named,
                          SubjectOf(admission, authorization, person_hash));
  return pdf->Prepare(DisplayName(named.subject), now);
}

// Step 3: spend the assertion, record the intent; durable when this returns.
absl::StatusOr<SigningWorkflow::Session> SigningWorkflow::RecordIntent(const Admission& admission,
                                                                       Authorization authorization,
                                                                       HsmTurns::Turn turn) {
  ENKRAT_RETURN_IF_ERROR(StillWanted(admission, "recording the intent"));
  Session session = {.admission = admission,
                     .authorization = std::move(authorization),
                     .id = ToHex(RandomBytes(kSessionIdOctets)),
                     .started_at = parts_.clock->Now(),
                     .step_began = parts_.clock->SinceBoot(),
                     .turn = std::move(turn)};
  if (const absl::Status good =
          CheckStillGood(admission, session.authorization, session.started_at);
      !good.ok()) {
    rejections_.Record(*admission.relying_party, admission.request, good);
    return good;
  }
  session.evidence.Admitted(session.started_at, *admission.relying_party, admission.request,
                            admission.request_digest);
  session.evidence.Authorized(session.started_at, session.authorization, admission);
  ENKRAT_ASSIGN_OR_RETURN(const store::IntentOutcome outcome,
                          parts_.ledger->RecordIntent({
                              .session_id = session.id,
                              .relying_party = admission.relying_party->id,
                              .request_id = admission.request.intent.request_id,
                              .request_digest = admission.request_digest,
                              .issuer = session.identity().issuer,
                              .assertion_id = session.identity().assertion_id,
                              .assertion_expires_at = session.identity().assertion_expires_at,
                              .started_at = session.started_at,
                              .evidence = session.evidence.records(),
                              .quotas = SessionQuotas(admission, session.identity(),
                                                      *parts_.quota_key, session.started_at),
                          }));
  switch (outcome) {
    case store::IntentOutcome::kRecorded:
      session.evidence.MadeDurable();
      StepDone(session, "intent-recorded");
      return session;
    case store::IntentOutcome::kAssertionSpent: {
      const absl::Status spent =
          MakeError(Reason::kAssertionRejected, "the assertion was spent before");
      rejections_.Record(*admission.relying_party, admission.request, spent);
      return spent;
    }
    case store::IntentOutcome::kQuotaExceeded:
      return WithRetryDelay(MakeError(Reason::kQuotaExceeded, "the day's sessions are used up"),
                            QuotaWindowEnd(session.started_at) - session.started_at);
    case store::IntentOutcome::kRequestIdTaken:
      break;  // by another process on the same ledger
  }
  return MakeError(Reason::kRequestIdReused, "the request_id is in use");
}

// Steps 4 to 9.
absl::StatusOr<SigningResult> SigningWorkflow::Perform(Session& session) {
  const uint64_t unconfirmed = parts_.hsm->statistics().destructions_unconfirmed;
  absl::StatusOr<Signed> signed_in_hsm = SignInHsm(session);
  session.turn.reset();
  if (parts_.hsm->statistics().destructions_unconfirmed != unconfirmed) EndUnconfirmedKeys(session);
  // No one-time key and no HSM session is held from here on.
  if (!signed_in_hsm.ok()) return signed_in_hsm.status();
  Signed made = *std::move(signed_in_hsm);
  if (parts_.outside_timestamper != nullptr) {
    ENKRAT_RETURN_IF_ERROR(Timestamp(session, /*lease=*/nullptr, made));
  }
  ENKRAT_ASSIGN_OR_RETURN(SigningResult result, Assemble(session, std::move(made)));
  ENKRAT_RETURN_IF_ERROR(MakeDurable(session, result));
  return result;
}

// Steps 4 to 7 back to back on one HSM session; step 8 too if the timestamping unit is our own.
absl::StatusOr<SigningWorkflow::Signed> SigningWorkflow::SignInHsm(Session& session) {
  const SigningRequest& request = session.request();
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease, parts_.hsm->Acquire(request.deadline));

  // Step 4: generate the key. Its attributes have been read back and checked when this returns.
  ENKRAT_RETURN_IF_ERROR(StillWanted(session.admission, "generating the key"));
  ENKRAT_ASSIGN_OR_RETURN(
      hsm::OneTimeKey key,
      lease.GenerateOneTimeKey({.algorithm = request.key_algorithm, .label = session.id}));
  session.evidence.KeyGenerated(parts_.clock->Now(), key);
  StepDone(session, "key-generated");

  // Steps 5 and 6: use it.
  Signed made;
  absl::Status used = StillWanted(session.admission, "issuing the certificate");
  if (used.ok()) used = IssueCertificate(session, lease, key);
  if (used.ok()) used = SignDocuments(session, key, made);

  // Step 7: destroy it, whatever became of steps 5 and 6. (A return above does so too: RAII.)
  const absl::StatusOr<hsm::DestructionReceipt> receipt = std::move(key).Destroy();
  if (!receipt.ok()) {
    return used.ok() ? receipt.status()
                     : WithContext(receipt.status(), absl::StrCat("after ", used.message()));
  }
  made.destruction.emplace(*receipt);
  session.evidence.KeyDestroyed(parts_.clock->Now(), *receipt);
  StepDone(session, "key-destroyed");
  ENKRAT_RETURN_IF_ERROR(used);

  if (parts_.outside_timestamper == nullptr) {
    ENKRAT_RETURN_IF_ERROR(Timestamp(session, &lease, made));
  }
  return made;
}

// Not even an error leaves while a one-time key exists. The pool ends a key that the token would
// not destroy with C_Finalize, before it lends a session to anybody: so one is asked for.
void SigningWorkflow::EndUnconfirmedKeys(const Session& session) {
  const absl::Status ended = parts_.hsm->CheckHealth(parts_.clock->Now() + kLongestReconnect);
  if (!ended.ok() && parts_.logger != nullptr) {
    parts_.logger->Error("ALARM: a one-time key may still exist",
                         {{"session_id", session.id}, {"why", std::string(ended.message())}});
  }
}

// Step 5: issue the certificate. ca/ lints what is to be signed before the CA's key is used, and
// compares what was signed with what was linted.
absl::Status SigningWorkflow::IssueCertificate(Session& session, hsm::SessionLease& lease,
                                               const hsm::OneTimeKey& key) {
  const Admission& admission = session.admission;
  ENKRAT_ASSIGN_OR_RETURN(
      const Bytes person_hash,
      lease.Mac(*parts_.person_key, PersonOctets(session.identity(), admission.relying_party->id)));
  ENKRAT_ASSIGN_OR_RETURN(NamedSubject named,
                          SubjectOf(admission, session.authorization, person_hash));
  session.evidence.Named(parts_.clock->Now(), named);
  ENKRAT_ASSIGN_OR_RETURN(ca::IssuanceToken token,
                          parts_.issuer->Prepare({.profile = admission.profile,
                                                  .subject = std::move(named.subject),
                                                  .subject_key = &key.public_key(),
                                                  .authentication_context = AuthenticationContextOf(
                                                      admission, session.identity())}));
  const auto tbs_sha256 = Sha256(token.tbs_der());
  const std::unique_ptr<SigningKey> ca_key = lease.KeyFor(*parts_.issuing_ca_key);
  ENKRAT_ASSIGN_OR_RETURN(session.certificate, parts_.issuer->Issue(std::move(token), *ca_key));
  session.evidence.CertificateIssued(parts_.clock->Now(), *session.certificate, tbs_sha256,
                                     admission.profile->spec().name, person_hash);
  session.person_hash = person_hash;
  StepDone(session, "certificate-issued");
  return CheckCertificateIsFor(key.public_key(), session.certificate->der);
}

// Step 6: sign every document, and verify every signature before it goes on.
absl::Status SigningWorkflow::SignDocuments(Session& session, hsm::OneTimeKey& key, Signed& made) {
  const absl::Time signing_time = parts_.clock->Now();
  const SigningRequest& request = session.request();
  for (const Document& document : request.intent.documents) {
    ENKRAT_RETURN_IF_ERROR(StillWanted(session.admission, "signing the documents"));
    DigestAlgorithm algorithm = document.digest_algorithm;
    ByteSpan digest = document.digest;
    if (request.pdf != nullptr) {
      digest = request.pdf->prepared_digest();
      session.evidence.PdfPrepared(signing_time, document, digest);
    }
    if (request.format != SignatureFormat::kRaw) {
      ENKRAT_ASSIGN_OR_RETURN(
          ades::CadesSignature cades,
          ades::CadesSignature::Prepare({.document_digest_algorithm = document.digest_algorithm,
                                         .document_digest = ToBytes(digest),
                                         .signer_certificate_der = session.certificate->der,
                                         .signer_key = &key.public_key(),
                                         .signing_time = signing_time,
                                         .pades = IsPades(request.format)}));
      made.cades.push_back(std::move(cades));
      algorithm = made.cades.back().digest_algorithm();
      digest = made.cades.back().digest_to_sign();
    }
    ENKRAT_ASSIGN_OR_RETURN(Bytes value, key.SignDigest(algorithm, digest));
    ENKRAT_RETURN_IF_ERROR(key.public_key().VerifyDigest(algorithm, digest, value));
    made.values.push_back(std::move(value));
  }
  session.evidence.DocumentsSigned(parts_.clock->Now(), request.intent.documents, made.values);
  StepDone(session, "documents-signed");
  return absl::OkStatus();
}

// Step 8: timestamp every signature value. The one-time key is gone; with an outside authority the
// HSM session is given back too.
absl::Status SigningWorkflow::Timestamp(Session& session, hsm::SessionLease* lease, Signed& made) {
  const SigningRequest& request = session.request();
  if (!IsTimestamped(request.format)) return absl::OkStatus();
  const DigestAlgorithm algorithm = DefaultDigest(request.key_algorithm);
  TimestampUnits::Handle own;
  std::unique_ptr<SigningKey> unit_key;
  if (lease != nullptr) {
    own = parts_.timestamp_units->Choose({}, parts_.clock->Now());
    unit_key = lease->KeyFor(own->key);
  }
  for (const Bytes& value : made.values) {
    ENKRAT_RETURN_IF_ERROR(StillWanted(session.admission, "timestamping"));
    const tsa::MessageImprint imprint = {.algorithm = algorithm,
                                         .digest = ComputeDigest(algorithm, value)};
    ENKRAT_ASSIGN_OR_RETURN(tsa::IssuedTimestamp timestamp,
                            unit_key != nullptr
                                ? own->unit->Stamp(imprint, *unit_key)
                                : parts_.outside_timestamper->Timestamp(imprint, request.deadline));
    // A timestamp that a validator would not find inside the certificate's life proves nothing.
    if (timestamp.gen_time < session.certificate->not_before ||
        timestamp.gen_time >= session.certificate->not_after) {
      return MakeError(Reason::kTimestampUnavailable, "genTime is outside the certificate's life");
    }
    made.timestamps.push_back(std::move(timestamp));
  }
  session.evidence.Timestamped(parts_.clock->Now(), made.timestamps);
  StepDone(session, "timestamped");
  return absl::OkStatus();
}

// What makes B-LT out of B-T, from after the timestamps: a validator wants to know that nothing was
// revoked when they were made.
absl::StatusOr<std::shared_ptr<const ValidationData>> SigningWorkflow::ValidationDataFor(
    const SigningRequest& request, const std::vector<tsa::IssuedTimestamp>& timestamps) {
  if (!WantsValidationData(request)) return nullptr;
  const absl::Time after = timestamps.empty() ? absl::InfinitePast() : timestamps.back().gen_time;
  ENKRAT_ASSIGN_OR_RETURN(const std::shared_ptr<const ValidationData> own,
                          parts_.validation_data->Current(after, request.deadline));
  if (parts_.outside_validation_data == nullptr || timestamps.empty()) return own;
  std::vector<ByteSpan> tokens;
  for (const tsa::IssuedTimestamp& timestamp : timestamps) tokens.push_back(timestamp.token_der);
  ENKRAT_ASSIGN_OR_RETURN(const std::shared_ptr<const ValidationData> outside,
                          parts_.outside_validation_data->About(tokens, after, request.deadline));
  auto both = std::make_shared<ValidationData>(*own);
  ades::Merge(*both, *outside);
  return both;
}

// The rest of step 8: every signature in the form that was asked for.
absl::StatusOr<SigningResult> SigningWorkflow::Assemble(Session& session, Signed made) {
  const SigningRequest& request = session.request();
  SigningResult result(*std::move(made.destruction));
  result.session_id = session.id;
  result.request_id = request.intent.request_id;
  result.certificate = *session.certificate;
  result.chain_der = parts_.issuer->chain_der();
  result.started_at = session.started_at;
  ENKRAT_ASSIGN_OR_RETURN(const std::shared_ptr<const ValidationData> data,
                          ValidationDataFor(request, made.timestamps));
  SignatureAssembly assembly({.request = &request,
                              .chain_der = &result.chain_der,
                              .validation_data = data,
                              .archive_timestamper = parts_.archive_timestamper,
                              .still_wanted = [&](absl::string_view next_step) {
                                return StillWanted(session.admission, next_step);
                              }});
  for (size_t i = 0; i < made.values.size(); ++i) {
    SignatureAssembly::Part part = {.value = made.values[i]};
    if (!made.cades.empty()) part.cades = &made.cades[i];
    if (!made.timestamps.empty()) part.timestamp = std::move(made.timestamps[i]);
    ENKRAT_ASSIGN_OR_RETURN(DocumentSignature signature, assembly.Assemble(i, std::move(part)));
    result.signatures.push_back(std::move(signature));
  }
  if (data != nullptr) {
    result.validation_data = *data;
    if (parts_.outside_validation_data != nullptr && !assembly.archive_timestamps().empty()) {
      // Another unit of the outside TSA may have made them; and a revoked one's are worth nothing.
      ENKRAT_ASSIGN_OR_RETURN(const std::shared_ptr<const ValidationData> of_archive,
                              ValidationDataFor(request, assembly.archive_timestamps()));
      ades::Merge(*result.validation_data, *of_archive);
    }
    session.evidence.Augmented(parts_.clock->Now(), *result.validation_data,
                               assembly.archive_timestamps());
    StepDone(session, "augmented");
  }
  return result;
}

// Step 9: make it durable. Certificate, evidence and result are on disk when this returns.
absl::Status SigningWorkflow::MakeDurable(Session& session, SigningResult& result) {
  result.completed_at = parts_.clock->Now();
  Bytes octets = StoredResult::Encode(result);
  const Bytes digest = ToBytes(Sha256(octets));
  session.evidence.Completed(result.completed_at, digest);
  ENKRAT_RETURN_IF_ERROR(parts_.ledger->CompleteSession({
      .session_id = session.id,
      .certificate = CertificateOf(session),
      .evidence = session.evidence.records(),
      .result = std::move(octets),
      .result_digest = digest,
      .completed_at = result.completed_at,
      .result_expires_at = result.completed_at + parts_.keep_results,
      .person = PersonOf(session.authorization, session.person_hash),
  }));
  StepDone(session, "completed");
  return absl::OkStatus();
}

// A session that cannot end well ends in the ledger all the same; nothing of it is released.
absl::Status SigningWorkflow::Fail(Session& session, const absl::Status& why) {
  const absl::Time now = parts_.clock->Now();
  session.evidence.Failed(now, why);
  store::SessionFailure failure = {.session_id = session.id,
                                   .reason = std::string(ReasonName(ReasonOf(why))),
                                   .evidence = session.evidence.records(),
                                   .certificate = std::nullopt,
                                   .failed_at = now};
  if (session.certificate.has_value()) {
    failure.certificate = CertificateOf(session);
    failure.person = PersonOf(session.authorization, session.person_hash);
  }
  const absl::Status kept = parts_.ledger->FailSession(failure);
  if (!kept.ok() && parts_.logger != nullptr) {
    // Stays open in the ledger; the next start closes it as abandoned.
    parts_.logger->Error("the end of a failed session was not kept",
                         {{"session_id", session.id}, {"why", std::string(kept.message())}});
  }
  if (parts_.observer != nullptr) parts_.observer->SessionEnded(why, 0);
  return WithAssertionSpent(WithContext(why, absl::StrCat("session ", session.id)));
}

absl::StatusOr<SessionReport> SigningWorkflow::Find(const RelyingParty& relying_party,
                                                    const std::string& request_id) {
  ENKRAT_RETURN_IF_ERROR(CheckRequestId(request_id));
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<store::SessionRecord> record,
                          parts_.ledger->FindSession(relying_party.id, request_id));
  if (!record.has_value()) return MakeError(Reason::kNotFound, "no session with this request_id");
  ENKRAT_RETURN_IF_ERROR(CheckNotErased(*record));
  SessionReport report = {.state = record->state,
                          .session_id = record->session_id,
                          .result = std::nullopt,
                          .failure_reason = record->failure_reason};
  if (record->result.has_value()) {
    ENKRAT_ASSIGN_OR_RETURN(report.result, StoredResult::Decode(*record->result));
    report.result->replayed = true;
  }
  return report;
}

// Asked before each step that cannot be undone. From step 9 on, nobody asks: the session finishes
// and its result can be fetched by request_id.
absl::Status SigningWorkflow::StillWanted(const Admission& admission,
                                          absl::string_view next_step) const {
  const SigningRequest& request = admission.request;
  if (admission.relying_party->disabled->load()) {
    return MakeError(Reason::kRelyingPartyDisabled,
                     absl::StrCat("the relying party was disabled before ", next_step));
  }
  if (request.cancelled()) {
    return MakeError(Reason::kCancelled, absl::StrCat("the client left before ", next_step));
  }
  if (parts_.clock->Now() >= request.deadline) {
    // The field tells the client which step it was too short for.
    return WithField(
        MakeError(Reason::kDeadlineTooShort, absl::StrCat("time was up before ", next_step)),
        next_step);
  }
  return CertificatesUsable(admission);
}

// A revocation ends the calls that run, too: some wait long for their turn at the HSM.
absl::Status SigningWorkflow::CertificatesUsable(const Admission& admission) const {
  if (!parts_.certificates_usable) return absl::OkStatus();
  return parts_.certificates_usable(IsTimestamped(admission.request.format));
}

void SigningWorkflow::StepDone(Session& session, absl::string_view step) {
  const absl::Duration now = parts_.clock->SinceBoot();
  if (parts_.observer != nullptr) parts_.observer->StepDone(step, now - session.step_began);
  session.step_began = now;
}

store::CertificateRecord SigningWorkflow::CertificateOf(const Session& session) {
  return {.session_id = session.id,
          .relying_party = session.admission.relying_party->id,
          .der = session.certificate->der,
          .serial_number = session.certificate->serial_number,
          .fingerprint_sha256 = session.certificate->fingerprint_sha256,
          .not_before = session.certificate->not_before,
          .not_after = session.certificate->not_after};
}

}  // namespace enkrat::signer
