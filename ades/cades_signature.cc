#include "ades/cades_signature.h"

#include <array>
#include <utility>

#include "ades/certificate_fields.h"
#include "ades/signed_attributes.h"
#include "ades/signed_data_comparison.h"
#include "common/cms_attribute.h"
#include "common/cms_oid.h"
#include "common/der_reader.h"
#include "common/der_writer.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ades {
namespace {

constexpr size_t kMostCertificates = 16;
// CMSVersion v1 of SignedData and of SignerInfo (RFC 5652 5.1 and 5.3: only certificates, id-data,
// issuerAndSerialNumber).
constexpr std::array<uint8_t, 3> kVersion1 = {der_tag::kInteger, 1, 1};

// SHA-2 identifiers have no parameters (RFC 5754 2).
Bytes DigestIdentifier(DigestAlgorithm algorithm) {
  return DerOf(der_tag::kSequence, {DerOid(DigestOidContent(algorithm))});
}

// What CertificateSet holds: the signer's certificate and its chain, without roots.
absl::StatusOr<std::vector<Bytes>> CertificatesToEmbed(const Bytes& signer_certificate_der,
                                                       const std::vector<Bytes>& chain_der) {
  std::vector<Bytes> certificates = {signer_certificate_der};
  for (const Bytes& certificate_der : chain_der) {
    ENKRAT_ASSIGN_OR_RETURN(const CertificateFields fields, ReadCertificateFields(certificate_der));
    if (!fields.IsSelfIssued()) certificates.push_back(certificate_der);
  }
  if (certificates.size() > kMostCertificates) {
    return MakeError(Reason::kLimitExceeded, "too many certificates for one signature");
  }
  return certificates;
}

absl::Status CheckOneSequence(ByteSpan der) {
  if (!OnlyElement(der, der_tag::kSequence).has_value()) {
    return MakeError(Reason::kRequestMalformed, "the timestamp token is not one DER value");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CadesSignature> CadesSignature::Prepare(Options options) {
  if (options.document_digest.size() != DigestSize(options.document_digest_algorithm)) {
    return MakeError(Reason::kDigestUnsupported, "the digest's length is not its algorithm's");
  }
  ENKRAT_ASSIGN_OR_RETURN(const CertificateFields fields,
                          ReadCertificateFields(options.signer_certificate_der));
  if (options.signer_key == nullptr ||
      fields.subject_public_key_info != ByteSpan(options.signer_key->spki_der())) {
    return MakeError(Reason::kRequestMalformed, "the certificate is not the signing key's");
  }
  CadesSignature signature;
  signature.digest_algorithm_ = options.document_digest_algorithm;
  signature.key_algorithm_ = options.signer_key->algorithm();
  ENKRAT_ASSIGN_OR_RETURN(
      signature.signed_attributes_der_,
      LaySignedAttributes(
          {.document_digest = options.document_digest,
           .signer_certificate_der = options.signer_certificate_der,
           .signing_time = options.pades ? std::nullopt : std::optional(options.signing_time)}));
  signature.digest_to_sign_ =
      ComputeDigest(signature.digest_algorithm_, signature.signed_attributes_der_);
  signature.issuer_and_serial_der_ =
      DerOf(der_tag::kSequence, {fields.issuer, fields.serial_number});
  signature.signer_certificate_der_ = ToBytes(options.signer_certificate_der);
  return signature;
}

Bytes CadesSignature::LaySignerInfo(ByteSpan signature_value,
                                    const std::optional<Bytes>& timestamp_token_der) const {
  Bytes signed_attributes = signed_attributes_der_;
  signed_attributes[0] = der_tag::Constructed(0);
  Bytes unsigned_attributes;
  if (timestamp_token_der.has_value()) {
    unsigned_attributes =
        DerOf(der_tag::Constructed(1),
              {CmsAttribute(cms_oid::kSignatureTimeStampToken, *timestamp_token_der)});
  }
  return DerOf(der_tag::kSequence,
               {kVersion1, issuer_and_serial_der_, DigestIdentifier(digest_algorithm_),
                signed_attributes, SignatureAlgorithmIdentifier(key_algorithm_, digest_algorithm_),
                DerOf(der_tag::kOctetString, {signature_value}), unsigned_attributes});
}

absl::StatusOr<Bytes> CadesSignature::Assemble(
    ByteSpan signature_value, const std::vector<Bytes>& chain_der,
    const std::optional<Bytes>& timestamp_token_der) const {
  if (timestamp_token_der.has_value()) {
    ENKRAT_RETURN_IF_ERROR(CheckOneSequence(*timestamp_token_der));
  }
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<Bytes> certificates,
                          CertificatesToEmbed(signer_certificate_der_, chain_der));
  // encapContentInfo without eContent: the signature is detached (RFC 5652 5.2).
  const Bytes signed_data =
      DerOf(der_tag::kSequence,
            {kVersion1, DerOf(der_tag::kSet, {DigestIdentifier(digest_algorithm_)}),
             DerOf(der_tag::kSequence, {DerOid(cms_oid::kData)}),
             DerSetOf(der_tag::Constructed(0), certificates),
             DerOf(der_tag::kSet, {LaySignerInfo(signature_value, timestamp_token_der)})});
  Bytes content_info = DerOf(der_tag::kSequence, {DerOid(cms_oid::kSignedData),
                                                  DerOf(der_tag::Constructed(0), {signed_data})});
  ENKRAT_RETURN_IF_ERROR(
      CheckSignedData(content_info, {.signed_attributes_der = signed_attributes_der_,
                                     .signature_value = signature_value,
                                     .certificates_der = &certificates,
                                     .timestamp_token_der = timestamp_token_der}));
  return content_info;
}

}  // namespace enkrat::ades
