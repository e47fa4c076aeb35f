#include "ades/certificate_fields.h"

#include <optional>

#include "common/der_reader.h"
#include "common/der_tag.h"
#include "common/reason.h"

namespace enkrat::ades {
namespace {

std::optional<CertificateFields> Read(ByteSpan certificate_der) {
  DerReader file(certificate_der);
  const std::optional<DerElement> certificate = file.Take(der_tag::kSequence);
  if (!certificate.has_value() || !file.AtEnd()) return std::nullopt;
  DerReader parts(certificate->content);
  const std::optional<DerElement> tbs = parts.Take(der_tag::kSequence);
  if (!tbs || !parts.Take(der_tag::kSequence) || !parts.Take(der_tag::kBitString) ||
      !parts.AtEnd()) {
    return std::nullopt;
  }
  DerReader fields(tbs->content);
  fields.Take(der_tag::Constructed(0));  // version; absent in v1
  const std::optional<DerElement> serial_number = fields.Take(der_tag::kInteger);
  const std::optional<DerElement> signature = fields.Take(der_tag::kSequence);
  const std::optional<DerElement> issuer = fields.Take(der_tag::kSequence);
  const std::optional<DerElement> validity = fields.Take(der_tag::kSequence);
  const std::optional<DerElement> subject = fields.Take(der_tag::kSequence);
  const std::optional<DerElement> key = fields.Take(der_tag::kSequence);
  if (!serial_number || !signature || !issuer || !validity || !subject || !key) {
    return std::nullopt;
  }
  return CertificateFields{.serial_number = serial_number->whole,
                           .issuer = issuer->whole,
                           .subject = subject->whole,
                           .subject_public_key_info = key->whole};
}

}  // namespace

absl::StatusOr<CertificateFields> ReadCertificateFields(ByteSpan certificate_der) {
  const std::optional<CertificateFields> fields = Read(certificate_der);
  if (!fields.has_value()) return MakeError(Reason::kRequestMalformed, "not a DER certificate");
  return *fields;
}

}  // namespace enkrat::ades
