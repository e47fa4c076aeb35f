#include "ca/authority_certificate.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ca/authority_extensions.h"
#include "ca/authority_name.h"
#include "ca/authority_request.h"
#include "ca/issuer_chain.h"
#include "ca/subject_public_key_info.h"
#include "common/der.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ca {
namespace {

absl::Status Invalid(absl::string_view message) {
  return MakeError(Reason::kConfigurationInvalid, message);
}

// What the issuer contributes to a certificate.
struct IssuerPart {
  X509NamePtr name;
  Bytes key_identifier;
};

absl::StatusOr<IssuerPart> SelfAsIssuer(const AuthorityRequest& request,
                                        const PublicKey& issuer_key) {
  if (request.subject_key->spki_der() != issuer_key.spki_der()) {
    return Invalid("a root CA signs its certificate with its own key");
  }
  ENKRAT_ASSIGN_OR_RETURN(X509NamePtr name, MakeX509Name(request.subject));
  ENKRAT_ASSIGN_OR_RETURN(Bytes key_identifier, KeyIdentifier(issuer_key.spki_der()));
  return IssuerPart{.name = std::move(name), .key_identifier = std::move(key_identifier)};
}

absl::Status CheckIssuer(const AuthorityRequest& request, X509* issuer,
                         const PublicKey& issuer_key) {
  const absl::StatusOr<PublicKey> certified = PublicKeyOf(issuer);
  if (!certified.ok() || certified->spki_der() != issuer_key.spki_der()) {
    return Invalid("the issuer's key is not the one of its certificate");
  }
  const uint32_t flags = X509_get_extension_flags(issuer);
  if ((flags & EXFLAG_CA) == 0 || (X509_get_key_usage(issuer) & KU_KEY_CERT_SIGN) == 0) {
    return Invalid("the issuer is not a CA that may sign certificates");
  }
  if (request.role == AuthorityRole::kIssuingCa && X509_get_pathlen(issuer) == 0) {
    return Invalid("the issuer's pathLenConstraint allows no CA below it");
  }
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time not_after, TimeOf(X509_get0_notAfter(issuer)));
  if (request.not_after > not_after) return Invalid("the certificate would outlive its issuer");
  return absl::OkStatus();
}

absl::StatusOr<IssuerPart> ReadIssuer(const AuthorityRequest& request,
                                      const PublicKey& issuer_key) {
  const absl::StatusOr<X509Ptr> issuer = ParseCertificate(request.issuer_der);
  if (!issuer.ok()) return Invalid("the issuer's certificate cannot be parsed");
  ENKRAT_RETURN_IF_ERROR(CheckIssuer(request, issuer->get(), issuer_key));
  const ASN1_OCTET_STRING* identifier = X509_get0_subject_key_id(issuer->get());
  if (identifier == nullptr) return Invalid("the issuer has no subjectKeyIdentifier");
  const ByteSpan octets(ASN1_STRING_get0_data(identifier),
                        static_cast<size_t>(ASN1_STRING_length(identifier)));
  return IssuerPart{.name = X509NamePtr(X509_NAME_dup(X509_get_subject_name(issuer->get()))),
                    .key_identifier = ToBytes(octets)};
}

absl::StatusOr<X509NamePtr> SubjectName(const AuthorityRequest& request) {
  if (!request.person.has_value()) return MakeX509Name(request.subject);
  const Bytes der = EncodeSubject(*request.person);
  return DecodeDer<X509NamePtr, d2i_X509_NAME>(der);
}

bool SetSerialNumber(X509* certificate) {
  Bytes serial = RandomBytes(16);
  serial.front() = static_cast<uint8_t>((serial.front() & 0x7f) | 0x40);  // 16 octets, positive
  const BnPtr number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  return BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

absl::StatusOr<X509Ptr> BuildUnsigned(const AuthorityRequest& request, const IssuerPart& issuer,
                                      const SigningProvider& provider) {
  ENKRAT_ASSIGN_OR_RETURN(const X509NamePtr subject, SubjectName(request));
  X509Ptr certificate(X509_new_ex(provider.context(), nullptr));
  X509* const raw = certificate.get();
  if (raw == nullptr || X509_set_version(raw, X509_VERSION_3) != 1 || !SetSerialNumber(raw) ||
      X509_set_issuer_name(raw, issuer.name.get()) != 1 ||
      X509_set_subject_name(raw, subject.get()) != 1 ||
      ASN1_TIME_set(X509_getm_notBefore(raw), absl::ToTimeT(request.not_before)) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(raw), absl::ToTimeT(request.not_after)) == nullptr ||
      X509_set_pubkey(raw, request.subject_key->evp_pkey()) != 1) {
    return OpenSslError(Reason::kInternal, "cannot build a certificate");
  }
  ENKRAT_RETURN_IF_ERROR(AddAuthorityExtensions(request, issuer.key_identifier, raw));
  return certificate;
}

absl::Status CheckResult(ByteSpan certificate_der, const PublicKey& issuer_key) {
  ENKRAT_ASSIGN_OR_RETURN(const X509Ptr parsed, ParseCertificate(certificate_der));
  if (X509_verify(parsed.get(), issuer_key.evp_pkey()) != 1) {
    return OpenSslError(Reason::kSignatureSelfCheckFailed, "the new certificate does not verify");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Bytes> MakeAuthorityCertificate(const AuthorityRequest& request,
                                               SigningKey& issuer_key,
                                               const SigningProvider& provider) {
  ENKRAT_RETURN_IF_ERROR(CheckAuthorityRequest(request));
  const PublicKey& issuer_public_key = issuer_key.public_key();
  ENKRAT_ASSIGN_OR_RETURN(const IssuerPart issuer, request.role == AuthorityRole::kRootCa
                                                       ? SelfAsIssuer(request, issuer_public_key)
                                                       : ReadIssuer(request, issuer_public_key));
  ENKRAT_ASSIGN_OR_RETURN(const X509Ptr certificate, BuildUnsigned(request, issuer, provider));
  ENKRAT_ASSIGN_OR_RETURN(const BoundPkey pkey, BoundPkey::Bind(provider, issuer_key));
  const EVP_MD* digest = DigestMethod(DefaultDigest(issuer_public_key.algorithm()));
  if (X509_sign(certificate.get(), pkey.get(), digest) <= 0) {
    return pkey.Failure("cannot sign a certificate");
  }
  ENKRAT_ASSIGN_OR_RETURN(Bytes der, EncodeDer<i2d_X509>(certificate.get()));
  ENKRAT_RETURN_IF_ERROR(CheckResult(der, issuer_public_key));
  return der;
}

}  // namespace enkrat::ca
