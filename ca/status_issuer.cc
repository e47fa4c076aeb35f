#include "ca/status_issuer.h"

#include <utility>

#include "ca/issuer_chain.h"
#include "ca/subject_public_key_info.h"
#include "common/der.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ca {
namespace {

absl::Status Invalid(absl::string_view message) {
  DrainOpenSslErrors();
  return MakeError(Reason::kConfigurationInvalid, message);
}

absl::Status CheckMaySign(X509* certificate, StatusSigner signer) {
  const uint32_t flags = X509_get_extension_flags(certificate);
  if (signer == StatusSigner::kOcspResponder) {
    const bool may = (flags & EXFLAG_XKUSAGE) != 0 &&
                     (X509_get_extended_key_usage(certificate) & XKU_OCSP_SIGN) != 0;
    return may ? absl::OkStatus() : Invalid("the certificate is not an OCSP responder's");
  }
  if ((flags & EXFLAG_CA) == 0 || (flags & EXFLAG_KUSAGE) == 0 ||
      (X509_get_key_usage(certificate) & KU_CRL_SIGN) == 0) {
    return Invalid("the certificate is not of a CA that may sign CRLs");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StatusIssuer> ReadStatusIssuer(ByteSpan certificate_der, StatusSigner signer) {
  const absl::StatusOr<X509Ptr> parsed = ParseCertificate(certificate_der);
  if (!parsed.ok()) return Invalid("the certificate cannot be parsed");
  X509* const certificate = parsed->get();
  ENKRAT_RETURN_IF_ERROR(CheckMaySign(certificate, signer));
  absl::StatusOr<PublicKey> key = PublicKeyOf(certificate);
  if (!key.ok()) return Invalid("the certificate's key is none of ours");
  const ASN1_OCTET_STRING* identifier = X509_get0_subject_key_id(certificate);
  if (identifier == nullptr) return Invalid("the certificate has no subjectKeyIdentifier");
  const SubjectPublicKeyInfoPtr spki = ParseSubjectPublicKeyInfo(key->spki_der());
  if (spki == nullptr) return Invalid("the certificate's key cannot be parsed");
  ENKRAT_ASSIGN_OR_RETURN(Bytes subject,
                          EncodeDer<i2d_X509_NAME>(X509_get_subject_name(certificate)));
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time not_before, TimeOf(X509_get0_notBefore(certificate)));
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time not_after, TimeOf(X509_get0_notAfter(certificate)));
  return StatusIssuer{
      .der = ToBytes(certificate_der),
      .subject_der = std::move(subject),
      .key_identifier = ToBytes(ByteSpan(ASN1_STRING_get0_data(identifier),
                                         static_cast<size_t>(ASN1_STRING_length(identifier)))),
      .key_octets = ToBytes(KeyOctets(*spki)),
      .public_key = *std::move(key),
      .not_before = not_before,
      .not_after = not_after};
}

bool IsIssuedBy(ByteSpan certificate_der, const StatusIssuer& issuer) {
  const absl::StatusOr<X509Ptr> certificate = ParseCertificate(certificate_der);
  if (!certificate.ok()) return false;
  const auto name = EncodeDer<i2d_X509_NAME>(X509_get_issuer_name(certificate->get()));
  const bool issued = name.ok() && *name == issuer.subject_der &&
                      X509_verify(certificate->get(), issuer.public_key.evp_pkey()) == 1;
  DrainOpenSslErrors();
  return issued;
}

}  // namespace enkrat::ca
