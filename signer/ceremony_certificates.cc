#include "signer/ceremony_certificates.h"

#include <openssl/pem.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ca/issuer_chain.h"
#include "common/der.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/certificate_description.h"
#include "signer/certificate_register_file.h"
#include "signer/revocation_urls.h"
#include "signer/root_crl.h"

namespace enkrat::signer {
namespace {

// One-time certificates begin up to a minute before they are issued; their CA began before that.
constexpr absl::Duration kBackdating = absl::Minutes(5);
constexpr size_t kMaxCommonName = 64;

std::string ChainToPem(const std::vector<Bytes>& chain_der) {
  std::string pem;
  for (const Bytes& der : chain_der) absl::StrAppend(&pem, CertificateToPem(der));
  return pem;
}

absl::Status Invalid(absl::string_view message) {
  return MakeError(Reason::kConfigurationInvalid, message);
}

// What its certificates' CRL is named by; empty for an outside CA without one.
std::string KeyIdentifierOf(const Bytes& certificate_der) {
  const auto facts = DescribeCertificate(certificate_der);
  return facts.ok() ? facts->subject_key_identifier : std::string();
}

absl::StatusOr<absl::Time> NotAfter(const Bytes& certificate_der) {
  ENKRAT_ASSIGN_OR_RETURN(const X509Ptr certificate, ParseCertificate(certificate_der));
  return ca::TimeOf(X509_get0_notAfter(certificate.get()));
}

std::string RequestToPem(const Bytes& request_der) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio(bio.get(), PEM_STRING_X509_REQ, "", request_der.data(),
                static_cast<long>(request_der.size()));
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

bool RequestIsOver(const std::string& pem, const PublicKey& key) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const X509ReqPtr request(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
  const bool over = request != nullptr && X509_REQ_verify(request.get(), key.evp_pkey()) == 1;
  DrainOpenSslErrors();
  return over;
}

}  // namespace

CeremonyCertificates::CeremonyCertificates(const CeremonySettings& settings,
                                           const CeremonyTools& tools, const CeremonyFolder& folder,
                                           const CeremonyKeys& keys, CeremonyReport& report)
    : settings_(settings), tools_(tools), folder_(folder), keys_(keys), report_(report) {}

ca::AuthorityRequest CeremonyCertificates::NewRequest(ca::AuthorityRole role, const PublicKey& key,
                                                      absl::string_view common_name,
                                                      absl::Duration lifetime) const {
  const std::string long_name = absl::StrCat(settings_.organization, " ", common_name);
  ca::AuthorityRequest request;
  request.role = role;
  request.subject = {
      .country = settings_.country,
      .organization = settings_.organization,
      .organization_identifier = settings_.organization_identifier,
      .common_name = long_name.size() <= kMaxCommonName ? long_name : std::string(common_name)};
  request.subject_key = &key;
  request.not_before =
      absl::FromUnixSeconds(absl::ToUnixSeconds(tools_.clock->Now() - kBackdating));
  request.not_after = request.not_before + lifetime;
  return request;
}

std::string CeremonyCertificates::UrlOf(const char* file) const {
  return absl::StrCat(absl::StripSuffix(settings_.base_url, "/"), "/ca/", file);
}

absl::Status CeremonyCertificates::Write(const std::string& file, absl::string_view content) {
  ENKRAT_ASSIGN_OR_RETURN(const bool written, folder_.Write(file, content));
  if (written) report_.files.push_back(file);
  return absl::OkStatus();
}

absl::Status CeremonyCertificates::Report(const char* file, const Bytes& certificate_der,
                                          bool created) {
  ENKRAT_ASSIGN_OR_RETURN(const CertificateDescription facts, DescribeCertificate(certificate_der));
  report_.certificates.push_back({.file = file,
                                  .subject = facts.subject,
                                  .issuer = facts.issuer,
                                  .serial_number = facts.serial_number,
                                  .not_before = facts.not_before,
                                  .not_after = facts.not_after,
                                  .sha256 = facts.fingerprint_sha256,
                                  .created = created});
  return absl::OkStatus();
}

// The first certificate of a file that is there, which must be over `key`.
absl::StatusOr<Bytes> CeremonyCertificates::ReadOver(const PublicKey& key, const char* file) const {
  ENKRAT_ASSIGN_OR_RETURN(std::vector<Bytes> certificates, folder_.ReadCertificates(file));
  ENKRAT_ASSIGN_OR_RETURN(const X509Ptr certificate, ParseCertificate(certificates.front()));
  const absl::StatusOr<PublicKey> certified = ca::PublicKeyOf(certificate.get());
  if (!certified.ok() || certified->spki_der() != key.spki_der()) {
    return Invalid(absl::StrCat(folder_.PathOf(file),
                                " is not over the key in the token: use the folder of that token's "
                                "ceremony, or another folder"));
  }
  return std::move(certificates.front());
}

absl::Status CeremonyCertificates::EnsureRequest() {
  const PublicKey& key = keys_.issuing_ca.public_key();
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<std::string> present, folder_.Read(kRequestFile));
  if (present.has_value()) {
    if (RequestIsOver(*present, key)) return absl::OkStatus();
    return Invalid(absl::StrCat(folder_.PathOf(kRequestFile), " is not over the key in the token"));
  }
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease,
                          tools_.working_pool->Acquire(absl::InfiniteFuture()));
  const std::unique_ptr<SigningKey> signing_key = lease.KeyFor(keys_.issuing_ca);
  const ca::AuthorityName name =
      NewRequest(ca::AuthorityRole::kIssuingCa, key, "Issuing CA 1", {}).subject;
  ENKRAT_ASSIGN_OR_RETURN(const Bytes der,
                          ca::MakeCertificationRequest(name, *signing_key, *tools_.provider));
  return Write(kRequestFile, RequestToPem(der));
}

absl::StatusOr<Bytes> CeremonyCertificates::MakeRoot() {
  if (!keys_.root_ca.has_value()) return Invalid("the root's token is needed to make the root");
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease,
                          tools_.root_pool->Acquire(absl::InfiniteFuture()));
  const std::unique_ptr<SigningKey> key = lease.KeyFor(*keys_.root_ca);
  return ca::MakeAuthorityCertificate(
      NewRequest(ca::AuthorityRole::kRootCa, key->public_key(), "Root CA", settings_.root_lifetime),
      *key, *tools_.provider);
}

absl::StatusOr<Bytes> CeremonyCertificates::EnsureRoot() {
  if (settings_.plan == RootPlan::kInstallCertificate) return settings_.outside_chain_der.back();
  if (!folder_.Has(kRootFile)) return MakeRoot();
  if (keys_.root_ca.has_value()) return ReadOver(keys_.root_ca->public_key(), kRootFile);
  ENKRAT_ASSIGN_OR_RETURN(std::vector<Bytes> certificates, folder_.ReadCertificates(kRootFile));
  return std::move(certificates.front());
}

absl::StatusOr<Bytes> CeremonyCertificates::MakeIssuingCa() {
  if (!keys_.root_ca.has_value()) {
    return Invalid("the root's token is needed to certify the issuing CA");
  }
  ca::AuthorityRequest request =
      NewRequest(ca::AuthorityRole::kIssuingCa, keys_.issuing_ca.public_key(), "Issuing CA 1",
                 settings_.issuing_ca_lifetime);
  request.issuer_der = chain_der_.back();
  request.ca_issuers_url = UrlOf(kRootDerFile);
  request.crl_url = CrlUrl(settings_.base_url, KeyIdentifierOf(request.issuer_der));
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time root_end, NotAfter(request.issuer_der));
  request.not_after = std::min(request.not_after, root_end);
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease,
                          tools_.root_pool->Acquire(absl::InfiniteFuture()));
  return ca::MakeAuthorityCertificate(request, *lease.KeyFor(*keys_.root_ca), *tools_.provider);
}

absl::StatusOr<Bytes> CeremonyCertificates::EnsureIssuingCa() {
  const bool install = settings_.plan == RootPlan::kInstallCertificate;
  if (!folder_.Has(kIssuingCaFile)) {
    return install ? settings_.outside_chain_der.front() : MakeIssuingCa();
  }
  ENKRAT_ASSIGN_OR_RETURN(Bytes present, ReadOver(keys_.issuing_ca.public_key(), kIssuingCaFile));
  if (install && present != settings_.outside_chain_der.front()) {
    return Invalid(absl::StrCat(folder_.PathOf(kIssuingCaFile),
                                " is another certificate than the one to install, and is not "
                                "replaced: move it away first"));
  }
  return present;
}

absl::Status CeremonyCertificates::CheckChain() const {
  ENKRAT_ASSIGN_OR_RETURN(const ca::IssuerChain chain,
                          ca::CheckIssuerChain(chain_der_, tools_.clock->Now()));
  if (chain.public_key.spki_der() != keys_.issuing_ca.public_key().spki_der()) {
    return Invalid("the issuing CA's certificate is not over the key in the token");
  }
  return absl::OkStatus();
}

absl::Status CeremonyCertificates::WriteChainFiles() {
  const Bytes& root = chain_der_.back();
  const Bytes& issuing_ca = chain_der_.front();
  ENKRAT_RETURN_IF_ERROR(Write(kIssuingCaFile, CertificateToPem(issuing_ca)));
  ENKRAT_RETURN_IF_ERROR(Write(kIssuingCaDerFile, ToString(issuing_ca)));
  ENKRAT_RETURN_IF_ERROR(Write(kRootDerFile, ToString(root)));
  return Write(kChainFile, ChainToPem(chain_der_));
}

// Once; later ones are made by a command of their own (enkrat certificates crl --root).
absl::Status CeremonyCertificates::EnsureRootCrl() {
  if (settings_.plan != RootPlan::kOwnRoot || !keys_.root_ca.has_value() ||
      folder_.Has(kRootCrlFile)) {
    return absl::OkStatus();
  }
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<CertificateRegister> all,
                          CertificateRegisterFile(folder_.path()).Read());
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease,
                          tools_.root_pool->Acquire(absl::InfiniteFuture()));
  ENKRAT_RETURN_IF_ERROR(IssueRootCrl(folder_, chain_der_.back(),
                                      all.value_or(CertificateRegister()),
                                      *lease.KeyFor(*keys_.root_ca), tools_.clock->Now())
                             .status());
  report_.files.push_back(kRootCrlFile);
  return absl::OkStatus();
}

absl::Status CeremonyCertificates::EnsureChain() {
  const bool had_root = folder_.Has(kRootFile);
  const bool had_issuing_ca = folder_.Has(kIssuingCaFile);
  ENKRAT_ASSIGN_OR_RETURN(const Bytes root, EnsureRoot());
  chain_der_ = {root};
  ENKRAT_ASSIGN_OR_RETURN(const Bytes issuing_ca, EnsureIssuingCa());
  chain_der_ = settings_.plan == RootPlan::kInstallCertificate ? settings_.outside_chain_der
                                                               : std::vector{issuing_ca, root};
  ENKRAT_RETURN_IF_ERROR(CheckChain());
  // The root first: without it the next run could not tell that the issuing CA is its child.
  ENKRAT_RETURN_IF_ERROR(Write(kRootFile, CertificateToPem(root)));
  ENKRAT_RETURN_IF_ERROR(WriteChainFiles());
  ENKRAT_RETURN_IF_ERROR(EnsureRootCrl());
  ENKRAT_RETURN_IF_ERROR(Report(kRootFile, root, !had_root));
  return Report(kIssuingCaFile, issuing_ca, !had_issuing_ca);
}

absl::StatusOr<Bytes> CeremonyCertificates::MakeEndEntity(ca::AuthorityRole role,
                                                          const PublicKey& key,
                                                          absl::string_view common_name) {
  const bool unit = role == ca::AuthorityRole::kTimestampingUnit;
  ca::AuthorityRequest request =
      NewRequest(role, key, common_name,
                 unit ? settings_.timestamping_unit_lifetime : settings_.ocsp_responder_lifetime);
  request.issuer_der = chain_der_.front();
  request.ca_issuers_url = UrlOf(kIssuingCaDerFile);
  request.policy_oids = settings_.policy_oids;
  if (unit) {  // nobody asks about a responder: ocsp-nocheck
    request.crl_url = CrlUrl(settings_.base_url, KeyIdentifierOf(request.issuer_der));
    request.ocsp_url = OcspUrl(settings_.base_url);
  }
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time issuer_end, NotAfter(request.issuer_der));
  request.not_after = std::min(request.not_after, issuer_end);
  if (unit) {
    // The key ends well before its certificate, also under a CA that ends soon.
    request.private_key_not_after =
        request.not_before +
        std::min(settings_.timestamping_key_lifetime, (request.not_after - request.not_before) / 4);
  }
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease,
                          tools_.working_pool->Acquire(absl::InfiniteFuture()));
  return ca::MakeAuthorityCertificate(request, *lease.KeyFor(keys_.issuing_ca), *tools_.provider);
}

absl::Status CeremonyCertificates::EnsureTimestampingUnit() {
  const PublicKey& key = keys_.timestamping_unit.public_key();
  const bool present = folder_.Has(kTimestampingChainFile);
  ENKRAT_ASSIGN_OR_RETURN(
      const Bytes certificate,
      present ? ReadOver(key, kTimestampingChainFile)
              : MakeEndEntity(ca::AuthorityRole::kTimestampingUnit, key, "Timestamping Unit 1"));
  std::vector<Bytes> chain = {certificate};
  chain.insert(chain.end(), chain_der_.begin(), chain_der_.end());
  if (!present) ENKRAT_RETURN_IF_ERROR(Write(kTimestampingChainFile, ChainToPem(chain)));
  return Report(kTimestampingChainFile, certificate, !present);
}

absl::Status CeremonyCertificates::EnsureOcspResponder() {
  const PublicKey& key = keys_.ocsp_responder.public_key();
  const bool present = folder_.Has(kOcspFile);
  ENKRAT_ASSIGN_OR_RETURN(
      const Bytes certificate,
      present ? ReadOver(key, kOcspFile)
              : MakeEndEntity(ca::AuthorityRole::kOcspResponder, key, "OCSP Responder 1"));
  if (!present) ENKRAT_RETURN_IF_ERROR(Write(kOcspFile, CertificateToPem(certificate)));
  return Report(kOcspFile, certificate, !present);
}

absl::Status CeremonyCertificates::EnsureEndEntities() {
  ENKRAT_RETURN_IF_ERROR(EnsureTimestampingUnit());
  return EnsureOcspResponder();
}

}  // namespace enkrat::signer
