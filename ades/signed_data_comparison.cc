#include "ades/signed_data_comparison.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ades/cms_oids.h"
#include "ades/der_element.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ades {
namespace {

absl::Status Differs(absl::string_view part) {
  return MakeError(Reason::kSignatureSelfCheckFailed,
                   absl::StrCat("the finished CMS, read back, has another ", part));
}

// The contents of the next element, which must be the last one if it is to be `alone`.
std::optional<ByteSpan> Contents(DerCursor& cursor, uint8_t tag, bool alone = false) {
  const std::optional<DerView> view = cursor.Next(tag);
  if (!view.has_value() || (alone && !cursor.AtEnd())) return std::nullopt;
  return view->content;
}

std::optional<ByteSpan> OnlyContents(ByteSpan octets, uint8_t tag) {
  DerCursor cursor(octets);
  return Contents(cursor, tag, /*alone=*/true);
}

// ContentInfo and its [0] around SignedData (RFC 5652 3).
std::optional<ByteSpan> SignedDataContents(ByteSpan content_info_der) {
  const std::optional<ByteSpan> content_info = OnlyContents(content_info_der, kDerSequence);
  if (!content_info.has_value()) return std::nullopt;
  DerCursor cursor(*content_info);
  const std::optional<DerView> type = cursor.Next();
  if (!type.has_value() || type->whole != ByteSpan(kOidSignedData)) return std::nullopt;
  const std::optional<ByteSpan> content = Contents(cursor, DerContextTag(0), /*alone=*/true);
  return content.has_value() ? OnlyContents(*content, kDerSequence) : std::nullopt;
}

absl::Status CheckCertificates(ByteSpan set, const std::vector<Bytes>& expected) {
  size_t count = 0;
  for (DerCursor cursor(set); !cursor.AtEnd(); ++count) {
    const std::optional<DerView> certificate = cursor.Next(kDerSequence);
    const auto is_it = [&](const Bytes& der) { return ByteSpan(der) == certificate->whole; };
    if (!certificate.has_value() || std::none_of(expected.begin(), expected.end(), is_it)) {
      return Differs("certificate");
    }
  }
  return count == expected.size() ? absl::OkStatus() : Differs("number of certificates");
}

absl::Status CheckUnsignedAttributes(DerCursor& signer, const ExpectedSignedData& expected) {
  if (!expected.timestamp_token_der.has_value()) {
    return signer.AtEnd() ? absl::OkStatus() : Differs("unsigned attribute");
  }
  const std::optional<ByteSpan> attributes = Contents(signer, DerContextTag(1), /*alone=*/true);
  if (!attributes.has_value()) return Differs("unsigned attribute");
  const std::optional<ByteSpan> attribute = OnlyContents(*attributes, kDerSequence);
  if (!attribute.has_value()) return Differs("unsigned attribute");
  DerCursor parts(*attribute);
  const std::optional<DerView> type = parts.Next();
  const std::optional<ByteSpan> values = Contents(parts, kDerSet, /*alone=*/true);
  if (!type.has_value() || type->whole != ByteSpan(kOidSignatureTimeStampToken) ||
      values != expected.timestamp_token_der) {
    return Differs("timestamp");
  }
  return absl::OkStatus();
}

absl::Status CheckSignerInfo(ByteSpan signer_info, const ExpectedSignedData& expected) {
  DerCursor signer(signer_info);
  const bool head = signer.Next(kDerInteger) && signer.Next(kDerSequence) &&  // version, sid
                    signer.Next(kDerSequence);                                // digestAlgorithm
  const std::optional<ByteSpan> attributes = Contents(signer, DerContextTag(0));
  if (!head || !attributes.has_value() ||
      attributes != OnlyContents(expected.signed_attributes_der, kDerSet)) {
    return Differs("set of signed attributes");
  }
  if (!signer.Next(kDerSequence) || Contents(signer, kDerOctetString) != expected.signature_value) {
    return Differs("signature value");
  }
  return CheckUnsignedAttributes(signer, expected);
}

}  // namespace

absl::Status CheckSignedData(ByteSpan content_info_der, const ExpectedSignedData& expected) {
  const std::optional<ByteSpan> signed_data = SignedDataContents(content_info_der);
  if (!signed_data.has_value()) return Differs("form");
  DerCursor fields(*signed_data);
  if (!fields.Next(kDerInteger) || !fields.Next(kDerSet)) return Differs("form");
  const std::optional<ByteSpan> encapsulated = Contents(fields, kDerSequence);
  if (encapsulated != ByteSpan(kOidData)) return Differs("content type, or is not detached");
  const std::optional<ByteSpan> certificates = Contents(fields, DerContextTag(0));
  if (!certificates.has_value()) return Differs("set of certificates");
  ENKRAT_RETURN_IF_ERROR(CheckCertificates(*certificates, *expected.certificates_der));
  const std::optional<ByteSpan> signers = Contents(fields, kDerSet, /*alone=*/true);
  if (!signers.has_value()) return Differs("form");
  const std::optional<ByteSpan> signer = OnlyContents(*signers, kDerSequence);
  return signer.has_value() ? CheckSignerInfo(*signer, expected) : Differs("number of signers");
}

}  // namespace enkrat::ades
