#include "ades/signed_data_comparison.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/cms_oid.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ades {
namespace {

absl::Status Differs(absl::string_view part) {
  return MakeError(Reason::kSignatureSelfCheckFailed,
                   absl::StrCat("the finished CMS, read back, has another ", part));
}

// The contents of the next element, which must be the last one if it is to be `alone`.
std::optional<ByteSpan> Contents(DerReader& cursor, uint8_t tag, bool alone = false) {
  const std::optional<DerElement> view = cursor.Take(tag);
  if (!view.has_value() || (alone && !cursor.AtEnd())) return std::nullopt;
  return view->content;
}

// ContentInfo and its [0] around SignedData (RFC 5652 3).
std::optional<ByteSpan> SignedDataContents(ByteSpan content_info_der) {
  const std::optional<ByteSpan> content_info = OnlyElement(content_info_der, der_tag::kSequence);
  if (!content_info.has_value()) return std::nullopt;
  DerReader cursor(*content_info);
  if (Contents(cursor, der_tag::kObjectIdentifier) != ByteSpan(cms_oid::kSignedData)) {
    return std::nullopt;
  }
  const std::optional<ByteSpan> content = Contents(cursor, der_tag::Constructed(0), /*alone=*/true);
  return content.has_value() ? OnlyElement(*content, der_tag::kSequence) : std::nullopt;
}

absl::Status CheckCertificates(ByteSpan set, const std::vector<Bytes>& expected) {
  size_t count = 0;
  for (DerReader cursor(set); !cursor.AtEnd(); ++count) {
    const std::optional<DerElement> certificate = cursor.Take(der_tag::kSequence);
    const auto is_it = [&](const Bytes& der) { return ByteSpan(der) == certificate->whole; };
    if (!certificate.has_value() || std::none_of(expected.begin(), expected.end(), is_it)) {
      return Differs("certificate");
    }
  }
  return count == expected.size() ? absl::OkStatus() : Differs("number of certificates");
}

absl::Status CheckUnsignedAttributes(DerReader& signer, const ExpectedSignedData& expected) {
  if (!expected.timestamp_token_der.has_value()) {
    return signer.AtEnd() ? absl::OkStatus() : Differs("unsigned attribute");
  }
  const std::optional<ByteSpan> attributes =
      Contents(signer, der_tag::Constructed(1), /*alone=*/true);
  if (!attributes.has_value()) return Differs("unsigned attribute");
  const std::optional<ByteSpan> attribute = OnlyElement(*attributes, der_tag::kSequence);
  if (!attribute.has_value()) return Differs("unsigned attribute");
  DerReader parts(*attribute);
  const std::optional<ByteSpan> type = Contents(parts, der_tag::kObjectIdentifier);
  const std::optional<ByteSpan> values = Contents(parts, der_tag::kSet, /*alone=*/true);
  if (type != ByteSpan(cms_oid::kSignatureTimeStampToken) ||
      values != expected.timestamp_token_der) {
    return Differs("timestamp");
  }
  return absl::OkStatus();
}

absl::Status CheckSignerInfo(ByteSpan signer_info, const ExpectedSignedData& expected) {
  DerReader signer(signer_info);
  const bool head = signer.Take(der_tag::kInteger) &&
                    signer.Take(der_tag::kSequence) &&  // version, sid
                    signer.Take(der_tag::kSequence);    // digestAlgorithm
  const std::optional<ByteSpan> attributes = Contents(signer, der_tag::Constructed(0));
  if (!head || !attributes.has_value() ||
      attributes != OnlyElement(expected.signed_attributes_der, der_tag::kSet)) {
    return Differs("set of signed attributes");
  }
  if (!signer.Take(der_tag::kSequence) ||
      Contents(signer, der_tag::kOctetString) != expected.signature_value) {
    return Differs("signature value");
  }
  return CheckUnsignedAttributes(signer, expected);
}

}  // namespace

absl::Status CheckSignedData(ByteSpan content_info_der, const ExpectedSignedData& expected) {
  const std::optional<ByteSpan> signed_data = SignedDataContents(content_info_der);
  if (!signed_data.has_value()) return Differs("form");
  DerReader fields(*signed_data);
  if (!fields.Take(der_tag::kInteger) || !fields.Take(der_tag::kSet)) return Differs("form");
  const std::optional<ByteSpan> encapsulated = Contents(fields, der_tag::kSequence);
  if (!encapsulated.has_value() ||
      OnlyElement(*encapsulated, der_tag::kObjectIdentifier) != ByteSpan(cms_oid::kData))
    return Differs("content type, or is not detached");
  const std::optional<ByteSpan> certificates = Contents(fields, der_tag::Constructed(0));
  if (!certificates.has_value()) return Differs("set of certificates");
  ENKRAT_RETURN_IF_ERROR(CheckCertificates(*certificates, *expected.certificates_der));
  const std::optional<ByteSpan> signers = Contents(fields, der_tag::kSet, /*alone=*/true);
  if (!signers.has_value()) return Differs("form");
  const std::optional<ByteSpan> signer = OnlyElement(*signers, der_tag::kSequence);
  return signer.has_value() ? CheckSignerInfo(*signer, expected) : Differs("number of signers");
}

}  // namespace enkrat::ades
