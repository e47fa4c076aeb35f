#include "ades/signing_certificate.h"

#include <optional>

#include "ades/certificate_fields.h"
#include "common/der.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "common/digest.h"

namespace enkrat::ades {
namespace {

struct EssCertId {
  std::optional<DigestAlgorithm> algorithm;  // nullopt: one that is not believed
  ByteSpan hash;
  std::optional<ByteSpan> issuer_serial;  // contents
};

// hashAlgorithm, where it stands; SHA-256 is the DEFAULT.
std::optional<DigestAlgorithm> AlgorithmOf(ByteSpan identifier_der) {
  const absl::StatusOr<X509AlgorPtr> identifier =
      DecodeDer<X509AlgorPtr, d2i_X509_ALGOR>(identifier_der);
  if (!identifier.ok()) return std::nullopt;
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, identifier->get());
  return DigestFromNid(OBJ_obj2nid(oid));
}

// The first ESSCertIDv2 of a SigningCertificateV2, or ESSCertID of a SigningCertificate (RFC 2634
// 5.4), which looks the same but for its lack of an algorithm.
std::optional<EssCertId> ReadFirst(ByteSpan signing_certificate_der) {
  const std::optional<DerElement> whole =
      DerReader(signing_certificate_der).Take(der_tag::kSequence);
  if (!whole.has_value()) return std::nullopt;
  const std::optional<DerElement> list = DerReader(whole->content).Take(der_tag::kSequence);
  if (!list.has_value()) return std::nullopt;
  const std::optional<DerElement> first = DerReader(list->content).Take(der_tag::kSequence);
  if (!first.has_value()) return std::nullopt;
  DerReader fields(first->content);
  EssCertId id{.algorithm = DigestAlgorithm::kSha256, .hash = {}, .issuer_serial = std::nullopt};
  if (const std::optional<DerElement> algorithm = fields.Take(der_tag::kSequence)) {
    id.algorithm = AlgorithmOf(algorithm->whole);
  }
  const std::optional<DerElement> hash = fields.Take(der_tag::kOctetString);
  if (!hash.has_value()) return std::nullopt;
  id.hash = hash->content;
  if (const std::optional<DerElement> issuer_serial = fields.Take(der_tag::kSequence)) {
    id.issuer_serial = issuer_serial->content;
  }
  return fields.AtEnd() ? std::optional(id) : std::nullopt;
}

// IssuerSerial ::= SEQUENCE { GeneralNames with one directoryName, CertificateSerialNumber }.
bool NamesCertificate(ByteSpan issuer_serial, const CertificateFields& fields) {
  DerReader cursor(issuer_serial);
  const std::optional<DerElement> names = cursor.Take(der_tag::kSequence);
  const std::optional<DerElement> serial_number = cursor.Take(der_tag::kInteger);
  if (!names.has_value() || !serial_number.has_value() || !cursor.AtEnd()) return false;
  const std::optional<DerElement> directory_name =
      DerReader(names->content).Take(der_tag::Constructed(4));
  return directory_name.has_value() && directory_name->whole == names->content &&
         directory_name->content == fields.issuer && serial_number->whole == fields.serial_number;
}

}  // namespace

Finding CheckSigningCertificate(CMS_SignerInfo* signer, X509* certificate) {
  const int at = CMS_signed_get_attr_by_NID(signer, NID_id_smime_aa_signingCertificateV2, -1);
  if (at < 0) {
    const bool old =
        CMS_signed_get_attr_by_NID(signer, NID_id_smime_aa_signingCertificate, -1) >= 0;
    return Bad(old ? "The signature names its certificate with SHA-1 only."
                   : "The signature does not say which certificate it was made with.");
  }
  X509_ATTRIBUTE* attribute = CMS_signed_get_attr(signer, at);
  const ASN1_STRING* value = static_cast<const ASN1_STRING*>(
      X509_ATTRIBUTE_get0_data(attribute, 0, V_ASN1_SEQUENCE, nullptr));
  if (value == nullptr || X509_ATTRIBUTE_count(attribute) != 1) {
    DrainOpenSslErrors();
    return Bad("The signing-certificate attribute is not one value.");
  }
  const std::optional<EssCertId> id =
      ReadFirst(ByteSpan(ASN1_STRING_get0_data(value), ASN1_STRING_length(value)));
  if (!id.has_value()) return Bad("The signing-certificate attribute is malformed.");
  if (!id->algorithm.has_value()) {
    return Bad("The signing-certificate attribute uses a digest that is not believed.");
  }
  const absl::StatusOr<Bytes> certificate_der = EncodeDer<i2d_X509>(certificate);
  if (!certificate_der.ok() ||
      ByteSpan(ComputeDigest(*id->algorithm, *certificate_der)) != id->hash) {
    return Bad("The signing-certificate attribute names another certificate.");
  }
  if (id->issuer_serial.has_value()) {
    const absl::StatusOr<CertificateFields> fields = ReadCertificateFields(*certificate_der);
    if (!fields.ok() || !NamesCertificate(*id->issuer_serial, *fields)) {
      return Bad("The signing-certificate attribute names another issuer or serial number.");
    }
  }
  return Good("The signature names this certificate, with its digest.");
}

CertificateNaming NamingOf(CMS_SignerInfo* signer, X509* certificate) {
  if (CheckSigningCertificate(signer, certificate).passed) {
    return CertificateNaming::kByStrongDigest;
  }
  if (CMS_signed_get_attr_by_NID(signer, NID_id_smime_aa_signingCertificateV2, -1) >= 0) {
    return CertificateNaming::kAnother;
  }
  const int at = CMS_signed_get_attr_by_NID(signer, NID_id_smime_aa_signingCertificate, -1);
  if (at < 0) return CertificateNaming::kNotAtAll;
  const ASN1_STRING* value = static_cast<const ASN1_STRING*>(
      X509_ATTRIBUTE_get0_data(CMS_signed_get_attr(signer, at), 0, V_ASN1_SEQUENCE, nullptr));
  DrainOpenSslErrors();
  if (value == nullptr) return CertificateNaming::kAnother;
  const std::optional<EssCertId> id =
      ReadFirst(ByteSpan(ASN1_STRING_get0_data(value), ASN1_STRING_length(value)));
  unsigned char sha1[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const bool names = id.has_value() && X509_digest(certificate, EVP_sha1(), sha1, &size) == 1 &&
                     ByteSpan(sha1, size) == id->hash;
  DrainOpenSslErrors();
  return names ? CertificateNaming::kBySha1 : CertificateNaming::kAnother;
}

}  // namespace enkrat::ades
