#include "signer/certificate_life.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ca/authority_certificate.h"
#include "ca/certification_request.h"
#include "ca/issuer_chain.h"
#include "common/der.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "signer/certificate_life_files.h"
#include "signer/certificate_life_keys.h"
#include "signer/certificate_life_plan.h"
#include "signer/certificate_register_file.h"
#include "signer/revocation_urls.h"

namespace enkrat::signer {
namespace {

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
      return ca::AuthorityRole::kOcspResponder;
    case CertificateRole::kElectronicAuthentication:
      return ca::AuthorityRole::kElectronicAuthentication;
    case CertificateRole::kInternalTls:
      break;
  }
  return ca::AuthorityRole::kInternalTls;
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

absl::StatusOr<const RegisteredCertificate*> CertificateLife::Find(absl::string_view name) const {
  const std::string wanted = absl::AsciiStrToLower(name);
  const RegisteredCertificate* found = register_.FindBySerial(wanted);
  if (found == nullptr) found = register_.FindByFingerprint(wanted);
  if (found == nullptr && IsUnitName(name)) {
    found = register_.LatestOf(CertificateRole::kTimestampingUnit, name);
  }
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

absl::StatusOr<const RegisteredCertificate*> CertificateLife::IssuerFor(
    CertificateRole role) const {
  const bool is_ca = role == CertificateRole::kIssuingCa;
  const RegisteredCertificate* issuer =
      register_.ActiveOf(is_ca ? CertificateRole::kRootCa : CertificateRole::kIssuingCa);
  if (issuer == nullptr && is_ca) {
    return Invalid(
        "the root CA is not ours: have a request of a new ceremony (enkrat init --csr in a new "
        "folder) certified by whoever holds it");
  }
  if (issuer == nullptr) {
    return MakeError(Reason::kCertificateStateForbids,
                     "there is no issuing CA in force: issue a new one first");
  }
  ENKRAT_RETURN_IF_ERROR(
      WithContext(CheckInForce(*issuer, tools_.clock->Now()), "the issuer's certificate"));
  return issuer;
}

absl::StatusOr<CertificateLife::Plan> CertificateLife::MakePlan(
    const RegisteredCertificate& predecessor, CertificateData data) const {
  ENKRAT_ASSIGN_OR_RETURN(const RegisteredCertificate* issuer, IssuerFor(predecessor.role));
  const CertificateDescription& before = predecessor.description;
  Plan plan{.data = std::move(data), .result = {}, .issuer = issuer};
  plan.data.crl_url = FollowIssuer(plan.data.crl_url, before.authority_key_identifier,
                                   issuer->description.subject_key_identifier);
  ENKRAT_ASSIGN_OR_RETURN(plan.algorithm, AlgorithmOf(predecessor));
  const absl::Time begin = LifeBegin(tools_.clock->Now());
  const absl::Time end =
      std::min(begin + (before.not_after - before.not_before), issuer->description.not_after);
  // A key ends well before its certificate, also under a CA that ends soon.
  const bool shorter_key = before.key_not_after < before.not_after;
  const absl::Time key_end =
      shorter_key ? begin + std::min(before.key_not_after - before.not_before, (end - begin) / 4)
                  : end;
  plan.result = {.predecessor = before.serial_number,
                 .serial_number = "",
                 .role = predecessor.role,
                 .unit = predecessor.unit,
                 .subject = before.subject,
                 .key_label = "",
                 .not_before = begin,
                 .not_after = end,
                 .key_not_after = key_end};
  if (!IsFromRequest(predecessor.role)) {
    plan.result.key_label =
        NextKeyLabel(register_, predecessor, places_.KeyOf(predecessor.role, predecessor.unit));
  }
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
  request.crl_url = plan.data.crl_url;
  request.ocsp_url = plan.data.ocsp_url;
  request.qualified = plan.data.qualified;
  request.dns_names = plan.data.dns_names;
  request.ip_addresses = plan.data.ip_addresses;
  if (plan.result.role == CertificateRole::kTimestampingUnit) {
    request.private_key_not_after = plan.result.key_not_after;
  }
  hsm::SessionPool& pool =
      plan.result.role == CertificateRole::kIssuingCa ? *tools_.root_pool : *tools_.working_pool;
  ENKRAT_ASSIGN_OR_RETURN(const hsm::LongLivedKey issuer_key, FindCertifiedKey(pool, *plan.issuer));
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease, pool.Acquire(absl::InfiniteFuture()));
  return ca::MakeAuthorityCertificate(request, *lease.KeyFor(issuer_key), *tools_.provider);
}

absl::StatusOr<PublicKey> CertificateLife::KeyFor(const Plan& plan, const LifeOrder& order) {
  if (!IsFromRequest(plan.result.role)) {
    ENKRAT_ASSIGN_OR_RETURN(
        const hsm::LongLivedKey key,
        EnsureSuccessorKey(*tools_.working_pool,
                           {.algorithm = plan.algorithm, .label = plan.result.key_label},
                           register_));
    return key.public_key();
  }
  ENKRAT_ASSIGN_OR_RETURN(PublicKey key,
                          ca::KeyOfCertificationRequest(order.certification_request));
  ENKRAT_RETURN_IF_ERROR(CheckUncertified(key, register_));
  return key;
}

absl::StatusOr<Succession> CertificateLife::Succeed(const RegisteredCertificate& predecessor,
                                                    CertificateData data, const char* action,
                                                    const LifeOrder& order) {
  ENKRAT_ASSIGN_OR_RETURN(Plan plan, MakePlan(predecessor, std::move(data)));
  return Carry(std::move(plan), action, order);
}

absl::StatusOr<Succession> CertificateLife::Carry(Plan plan, const char* action,
                                                  const LifeOrder& order) {
  ENKRAT_RETURN_IF_ERROR(CheckOrder(order));
  const CertificateRole role = plan.result.role;
  if (IsFromRequest(role) == order.certification_request.empty()) {
    return MakeError(Reason::kRequestMalformed,
                     absl::StrCat("a ", RoleName(role), " certificate is ",
                                  IsFromRequest(role) ? "issued over a request (--csr)"
                                                      : "not issued over a request"));
  }
  if (order.dry_run) return plan.result;
  hsm::SessionPool* pool =
      role == CertificateRole::kIssuingCa ? tools_.root_pool : tools_.working_pool;
  if (pool == nullptr) {
    return Invalid(
        "the issuing CA is certified by the root CA's key, which is in a token of its own: put it "
        "in place and give --root-token-label and --root-pin-file");
  }
  ENKRAT_RETURN_IF_ERROR(CompleteSwitch().status());
  // The issuer's key first: without it no key is made in vain.
  ENKRAT_RETURN_IF_ERROR(FindCertifiedKey(*pool, *plan.issuer).status());
  ENKRAT_ASSIGN_OR_RETURN(const PublicKey key, KeyFor(plan, order));
  RegisteredCertificate made{.role = role};
  made.unit = plan.result.unit;
  ENKRAT_ASSIGN_OR_RETURN(made.der, MakeCertificate(plan, key));
  ENKRAT_ASSIGN_OR_RETURN(made.description, DescribeCertificate(made.der));
  made.key_label = plan.result.key_label;
  made.predecessor = plan.result.predecessor;
  Succession result = std::move(plan.result);
  result.serial_number = made.description.serial_number;
  result.subject = made.description.subject;
  // On a copy: what is in memory is what is on the disk.
  CertificateRegister next = register_;
  ENKRAT_RETURN_IF_ERROR(next.Add(std::move(made), {.at = tools_.clock->Now(),
                                                    .action = action,
                                                    .serial_number = result.serial_number,
                                                    .who = order.who,
                                                    .why = order.why}));
  ENKRAT_RETURN_IF_ERROR(CertificateRegisterFile(places_.folder).Write(next));
  register_ = std::move(next);
  ENKRAT_ASSIGN_OR_RETURN(result.files, CompleteSwitch());
  return result;
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
