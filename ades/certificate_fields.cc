#include "ades/certificate_fields.h"

#include <optional>

#include "ades/der_element.h"
#include "common/reason.h"

namespace enkrat::ades {
namespace {

std::optional<CertificateFields> Read(ByteSpan certificate_der) {
  DerCursor file(certificate_der);
  const std::optional<DerView> certificate = file.Next(kDerSequence);
  if (!certificate.has_value() || !file.AtEnd()) return std::nullopt;
  DerCursor parts(certificate->content);
  const std::optional<DerView> tbs = parts.Next(kDerSequence);
  if (!tbs || !parts.Next(kDerSequence) || !parts.Next(kDerBitString) || !parts.AtEnd()) {
    return std::nullopt;
  }
  DerCursor fields(tbs->content);
  fields.Next(DerContextTag(0));  // version; absent in v1
  const std::optional<DerView> serial_number = fields.Next(kDerInteger);
  const std::optional<DerView> signature = fields.Next(kDerSequence);
  const std::optional<DerView> issuer = fields.Next(kDerSequence);
  const std::optional<DerView> validity = fields.Next(kDerSequence);
  const std::optional<DerView> subject = fields.Next(kDerSequence);
  const std::optional<DerView> key = fields.Next(kDerSequence);
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
