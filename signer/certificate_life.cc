#include "signer/certificate_life.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ca/authority_certificate.h"
#include "ca/issuer_chain.h"
#include "common/der.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "signer/certificate_life_files.h"
#include "signer/certificate_life_keys.h"
#include "signer/certificate_register_file.h"

namespace enkrat::signer {
namespace {

constexpr absl::Duration kBackdating = absl::Minutes(5);  // as in the ceremony
constexpr size_t kMaxWho = 64;

template <typename... Parts>
absl::Status Invalid(const Parts&... parts) {
  return MakeError(Reason::kConfigurationInvalid, absl::StrCat(parts...));
}

ca::AuthorityRole AuthorityRoleOf(CertificateRole role) {
  switch (role) {
    case CertificateRole::kRootCa:
      return ca::AuthorityRole::kRootCa;
    case CertificateRole::kIssuingCa:
      return ca::AuthorityRole::kIssuingCa;
    case CertificateRole::kTimestampingUnit:
      return ca::AuthorityRole::kTimestampingUnit;
    case CertificateRole::kOcspResponder:
      break;
  }
  return ca::AuthorityRole::kOcspResponder;
}

absl::StatusOr<KeyAlgorithm> AlgorithmOf(const RegisteredCertificate& certificate) {
  ENKRAT_ASSIGN_OR_RETURN(const X509Ptr parsed, ParseCertificate(certificate.der));
  ENKRAT_ASSIGN_OR_RETURN(const PublicKey key, ca::PublicKeyOf(parsed.get()));
  return key.algorithm();
}

// anyPolicy is what an issuing CA gets by default (ca/authority_certificate.h).
std::vector<std::string> PoliciesFor(CertificateRole role, const CertificateData& data) {
  const bool any = data.policy_oids == std::vector<std::string>{"2.5.29.32.0"};
  return role == CertificateRole::kIssuingCa && any ? std::vector<std::string>() : data.policy_oids;
}

}  // namespace

// What a successor will be.
struct CertificateLife::Plan {
  CertificateData data;
  Succession result;
  KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256;
  const RegisteredCertificate* issuer = nullptr;  // in register_
};

absl::StatusOr<CertificateLife> CertificateLife::Open(CertificatePlaces places, LifeTools tools) {
  ENKRAT_ASSIGN_OR_RETURN(std::optional<CertificateRegister> all,
                          CertificateRegisterFile(places.folder).Read());
  if (!all.has_value()) {
    ENKRAT_ASSIGN_OR_RETURN(all, TakeUpCertificates(places, "enkrat", tools.clock->Now()));
  }
  if (all->empty()) {
    return Invalid(places.folder, " holds no certificates of a ceremony: run enkrat init first");
  }
  return CertificateLife(std::move(places), tools, *std::move(all));
}

absl::StatusOr<const RegisteredCertificate*> CertificateLife::Find(
    absl::string_view serial_or_fingerprint) const {
  const std::string wanted = absl::AsciiStrToLower(serial_or_fingerprint);
  const RegisteredCertificate* found = register_.FindBySerial(wanted);
  if (found == nullptr) found = register_.FindByFingerprint(wanted);
  if (found == nullptr) {
    return MakeError(Reason::kNotFound, "no such certificate in the register");
  }
  return found;
}

absl::Status CertificateLife::CheckOrder(const LifeOrder& order) const {
  ENKRAT_RETURN_IF_ERROR(WithContext(CheckVisibleText(order.who, kMaxWho), "the operator's name"));
  if (order.why.empty()) return absl::OkStatus();
  return WithContext(CheckVisibleText(order.why, kMaxWhy), "the reason's text");
}

absl::StatusOr<std::vector<std::string>> CertificateLife::CompleteSwitch() {
  return SwitchFiles(register_, places_);
}

absl::StatusOr<Succession> CertificateLife::Renew(const std::string& serial_number,
                                                  const DataChanges& changes,
                                                  const LifeOrder& order) {
  ENKRAT_ASSIGN_OR_RETURN(const RegisteredCertificate* found, Find(serial_number));
  CertificateData data = ChangedData(found->description.data, changes);
  ENKRAT_RETURN_IF_ERROR(CheckRenewal(register_, *found, data, tools_.clock->Now()));
  return Succeed(*found, std::move(data), "renewed", order);
}

absl::StatusOr<Succession> CertificateLife::Reissue(const std::string& serial_number,
                                                    const DataChanges& changes,
                                                    const LifeOrder& order) {
  ENKRAT_ASSIGN_OR_RETURN(const RegisteredCertificate* found, Find(serial_number));
  CertificateData data = ChangedData(found->description.data, changes);
  ENKRAT_RETURN_IF_ERROR(CheckReissue(register_, *found, data, tools_.clock->Now()));
  return Succeed(*found, std::move(data), "reissued", order);
}

absl::StatusOr<Succession> CertificateLife::IssueAnew(const std::string& serial_number,
                                                      const DataChanges& changes,
                                                      const LifeOrder& order) {
  ENKRAT_ASSIGN_OR_RETURN(const RegisteredCertificate* found, Find(serial_number));
  ENKRAT_RETURN_IF_ERROR(CheckNewIssue(register_, *found));
  return Succeed(*found, ChangedData(found->description.data, changes), "issued", order);
}

absl::StatusOr<CertificateLife::Plan> CertificateLife::MakePlan(
    const RegisteredCertificate& predecessor, CertificateData data) const {
  const bool is_ca = predecessor.role == CertificateRole::kIssuingCa;
  const CertificateRole issuer_role =
      is_ca ? CertificateRole::kRootCa : CertificateRole::kIssuingCa;
  const RegisteredCertificate* issuer = register_.ActiveOf(issuer_role);
  if (issuer == nullptr && is_ca) {
    return Invalid(
        "the root CA is not ours: have a request of a new ceremony (enkrat init --csr in a new "
        "folder) certified by whoever holds it");
  }
  if (issuer == nullptr) {
    return MakeError(Reason::kCertificateStateForbids,
                     "there is no issuing CA in force: issue a new one first");
  }
  const absl::Time now = tools_.clock->Now();
  ENKRAT_RETURN_IF_ERROR(WithContext(CheckInForce(*issuer, now), "the issuer's certificate"));
  const CertificateDescription& before = predecessor.description;
  Plan plan{.data = std::move(data), .result = {}, .issuer = issuer};
  ENKRAT_ASSIGN_OR_RETURN(plan.algorithm, AlgorithmOf(predecessor));
  const absl::Time begin = absl::FromUnixSeconds(absl::ToUnixSeconds(now - kBackdating));
  const absl::Time end =
      std::min(begin + (before.not_after - before.not_before), issuer->description.not_after);
  // A key ends well before its certificate, also under a CA that ends soon.
  const bool shorter_key = before.key_not_after < before.not_after;
  const absl::Time key_end =
      shorter_key ? begin + std::min(before.key_not_after - before.not_before, (end - begin) / 4)
                  : end;
  plan.result = {
      .predecessor = before.serial_number,
      .serial_number = "",
      .role = predecessor.role,
      .subject = before.subject,
      .key_label = NextKeyLabel(register_, predecessor.role, places_.KeyOf(predecessor.role)),
      .not_before = begin,
      .not_after = end,
      .key_not_after = key_end};
  return plan;
}

absl::StatusOr<Bytes> CertificateLife::MakeCertificate(const Plan& plan,
                                                       const PublicKey& key) const {
  ca::AuthorityRequest request;
  request.role = AuthorityRoleOf(plan.result.role);
  request.subject = {.country = plan.data.country,
                     .organization = plan.data.organization,
                     .organization_identifier = plan.data.organization_identifier,
                     .common_name = plan.data.common_name};
  request.subject_key = &key;
  request.not_before = plan.result.not_before;
  request.not_after = plan.result.not_after;
  request.issuer_der = plan.issuer->der;
  request.ca_issuers_url = plan.data.ca_issuers_url;
  request.policy_oids = PoliciesFor(plan.result.role, plan.data);
  if (plan.result.role == CertificateRole::kTimestampingUnit) {
    request.private_key_not_after = plan.result.key_not_after;
  }
  hsm::SessionPool& pool =
      plan.result.role == CertificateRole::kIssuingCa ? *tools_.root_pool : *tools_.working_pool;
  ENKRAT_ASSIGN_OR_RETURN(const hsm::LongLivedKey issuer_key, FindCertifiedKey(pool, *plan.issuer));
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease, pool.Acquire(absl::InfiniteFuture()));
  return ca::MakeAuthorityCertificate(request, *lease.KeyFor(issuer_key), *tools_.provider);
}

absl::StatusOr<Succession> CertificateLife::Succeed(const RegisteredCertificate& predecessor,
                                                    CertificateData data, const char* action,
                                                    const LifeOrder& order) {
  ENKRAT_RETURN_IF_ERROR(CheckOrder(order));
  ENKRAT_ASSIGN_OR_RETURN(Plan plan, MakePlan(predecessor, std::move(data)));
  if (order.dry_run) return plan.result;
  if (plan.result.role == CertificateRole::kIssuingCa && tools_.root_pool == nullptr) {
    return Invalid(
        "the issuing CA is certified by the root CA's key, which is in a token of its own: put it "
        "in place and give --root-token-label and --root-pin-file");
  }
  ENKRAT_RETURN_IF_ERROR(CompleteSwitch().status());
  // The issuer's key first: without it no key is made in vain.
  ENKRAT_RETURN_IF_ERROR(FindCertifiedKey(plan.result.role == CertificateRole::kIssuingCa
                                              ? *tools_.root_pool
                                              : *tools_.working_pool,
                                          *plan.issuer)
                             .status());
  ENKRAT_ASSIGN_OR_RETURN(
      const hsm::LongLivedKey key,
      EnsureSuccessorKey(*tools_.working_pool,
                         {.algorithm = plan.algorithm, .label = plan.result.key_label}, register_));
  RegisteredCertificate successor{.role = plan.result.role};
  ENKRAT_ASSIGN_OR_RETURN(successor.der, MakeCertificate(plan, key.public_key()));
  ENKRAT_ASSIGN_OR_RETURN(successor.description, DescribeCertificate(successor.der));
  successor.key_label = plan.result.key_label;
  successor.predecessor = plan.result.predecessor;
  plan.result.serial_number = successor.description.serial_number;
  plan.result.subject = successor.description.subject;
  // On a copy: what is in memory is what is on the disk.
  CertificateRegister next = register_;
  ENKRAT_RETURN_IF_ERROR(next.Add(std::move(successor), {.at = tools_.clock->Now(),
                                                         .action = action,
                                                         .serial_number = plan.result.serial_number,
                                                         .who = order.who,
                                                         .why = order.why}));
  ENKRAT_RETURN_IF_ERROR(CertificateRegisterFile(places_.folder).Write(next));
  register_ = std::move(next);
  ENKRAT_ASSIGN_OR_RETURN(plan.result.files, CompleteSwitch());
  return plan.result;
}

absl::Status CertificateLife::Revoke(const std::string& serial_number, RevocationReason reason,
                                     const LifeOrder& order) {
  ENKRAT_RETURN_IF_ERROR(CheckOrder(order));
  ENKRAT_ASSIGN_OR_RETURN(const RegisteredCertificate* found, Find(serial_number));
  ENKRAT_RETURN_IF_ERROR(CheckRevocation(*found, tools_.clock->Now()));
  if (order.dry_run) return absl::OkStatus();
  CertificateRegister next = register_;
  ENKRAT_RETURN_IF_ERROR(next.Revoke(found->description.serial_number, reason,
                                     {.at = tools_.clock->Now(),
                                      .action = "revoked",
                                      .serial_number = found->description.serial_number,
                                      .who = order.who,
                                      .why = order.why}));
  ENKRAT_RETURN_IF_ERROR(CertificateRegisterFile(places_.folder).Write(next));
  register_ = std::move(next);
  return absl::OkStatus();
}

}  // namespace enkrat::signer
