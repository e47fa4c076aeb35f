#include "ades/revocation_choice.h"

#include <array>
#include <optional>

#include "common/cms_oid.h"
#include "common/der_reader.h"
#include "common/der_writer.h"
#include "common/reason.h"

namespace enkrat::ades {
namespace {

// responseStatus successful(0), an ENUMERATED (RFC 6960 4.2.1).
constexpr std::array<uint8_t, 3> kSuccessful = {0x0a, 1, 0};

// OCSPResponse with responseBytes of a BasicOCSPResponse.
bool IsBasicResponse(ByteSpan ocsp_response_der) {
  const std::optional<ByteSpan> response = OnlyElement(ocsp_response_der, der_tag::kSequence);
  if (!response.has_value()) return false;
  DerReader fields(*response);
  const std::optional<DerElement> status = fields.Take(kSuccessful[0]);
  const std::optional<DerElement> explicit_bytes = fields.Take(der_tag::Constructed(0));
  if (!status.has_value() || status->whole != ByteSpan(kSuccessful) || !explicit_bytes ||
      !fields.AtEnd()) {
    return false;
  }
  DerReader bytes(OnlyElement(explicit_bytes->content, der_tag::kSequence).value_or(ByteSpan()));
  const std::optional<DerElement> type = bytes.Take(der_tag::kObjectIdentifier);
  const std::optional<DerElement> basic = bytes.Take(der_tag::kOctetString);
  return type.has_value() && type->content == ByteSpan(cms_oid::kOcspBasic) && basic.has_value() &&
         bytes.AtEnd() && OnlyElement(basic->content, der_tag::kSequence).has_value();
}

}  // namespace

absl::Status CheckCrlOutline(ByteSpan crl_der) {
  DerReader fields(OnlyElement(crl_der, der_tag::kSequence).value_or(ByteSpan()));
  const bool outline = fields.Take(der_tag::kSequence) && fields.Take(der_tag::kSequence) &&
                       fields.Take(der_tag::kBitString) && fields.AtEnd();
  return outline ? absl::OkStatus()
                 : MakeError(Reason::kRequestMalformed, "the CRL is not one DER CertificateList");
}

absl::StatusOr<Bytes> OcspRevocationChoice(ByteSpan ocsp_response_der) {
  if (!IsBasicResponse(ocsp_response_der)) {
    return MakeError(Reason::kRequestMalformed,
                     "the OCSP response is not a successful one with a BasicOCSPResponse");
  }
  return DerOf(der_tag::Constructed(1), {DerOid(cms_oid::kOcspResponse), ocsp_response_der});
}

}  // namespace enkrat::ades
