#include "tsa/timestamp_request.h"

#include <algorithm>
#include <array>
#include <string>

#include "common/der_reader.h"
#include "common/der_writer.h"
#include "common/digest.h"

namespace enkrat::tsa {
namespace {

constexpr uint8_t kVersion1 = 1;
constexpr uint8_t kExtensionsTag = der_tag::Constructed(0);

// The content octets of an element, in a form that a chain of optionals reads well in.
std::optional<ByteSpan> TakeContent(DerReader& reader, uint8_t tag) {
  const std::optional<DerElement> element = reader.Take(tag);
  if (!element) return std::nullopt;
  return element->content;
}

// BOOLEAN in DER: FALSE is 00, TRUE is FF (X.690 11.1).
std::optional<bool> TakeBoolean(DerReader& reader) {
  const std::optional<ByteSpan> content = TakeContent(reader, der_tag::kBoolean);
  if (!content || content->size() != 1) return std::nullopt;
  if (content->front() != 0x00 && content->front() != 0xff) return std::nullopt;
  return content->front() == 0xff;
}

// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension (RFC 5280 4.1), here [0] IMPLICIT.
bool AreExtensions(ByteSpan content) {
  DerReader extensions(content);
  if (extensions.AtEnd()) return false;
  while (!extensions.AtEnd()) {
    const std::optional<ByteSpan> extension = TakeContent(extensions, der_tag::kSequence);
    if (!extension) return false;
    DerReader fields(*extension);
    const std::optional<ByteSpan> oid = TakeContent(fields, der_tag::kObjectIdentifier);
    if (!oid || !IsOid(*oid)) return false;
    if (fields.NextIs(der_tag::kBoolean) && !TakeBoolean(fields)) return false;
    if (!fields.Take(der_tag::kOctetString) || !fields.AtEnd()) return false;
  }
  return true;
}

constexpr std::array kDigests = {DigestAlgorithm::kSha256, DigestAlgorithm::kSha384,
                                 DigestAlgorithm::kSha512};

// AlgorithmIdentifier of a digest that is accepted; badAlg otherwise.
std::variant<DigestAlgorithm, FailureInfo> ParseDigestAlgorithm(ByteSpan content) {
  DerReader fields(content);
  const std::optional<ByteSpan> oid = TakeContent(fields, der_tag::kObjectIdentifier);
  if (!oid || !IsOid(*oid)) return FailureInfo::kBadDataFormat;
  bool plain = true;  // parameters absent or NULL
  if (!fields.AtEnd()) {
    const std::optional<DerElement> parameters = fields.TakeAny();
    if (!parameters || !fields.AtEnd()) return FailureInfo::kBadDataFormat;
    plain = parameters->whole.size() == 2 && parameters->whole[0] == der_tag::kNull;
  }
  const auto found = std::find_if(kDigests.begin(), kDigests.end(), [&](DigestAlgorithm known) {
    return DigestOidContent(known) == *oid;
  });
  if (found == kDigests.end() || !plain) return FailureInfo::kBadAlg;
  return *found;
}

// The optional fields behind the imprint: reqPolicy, nonce, certReq, extensions, in this order.
std::optional<FailureInfo> ParseOptions(DerReader& fields, TimestampRequest& request) {
  if (fields.NextIs(der_tag::kObjectIdentifier)) {
    const std::optional<ByteSpan> policy = TakeContent(fields, der_tag::kObjectIdentifier);
    if (!policy || !IsOid(*policy)) return FailureInfo::kBadDataFormat;
    request.policy = ToBytes(*policy);
  }
  if (fields.NextIs(der_tag::kInteger)) {
    const std::optional<ByteSpan> nonce = TakeContent(fields, der_tag::kInteger);
    if (!nonce || !IsInteger(*nonce)) return FailureInfo::kBadDataFormat;
    request.nonce = ToBytes(*nonce);
  }
  if (fields.NextIs(der_tag::kBoolean)) {
    const std::optional<bool> cert_req = TakeBoolean(fields);
    if (!cert_req) return FailureInfo::kBadDataFormat;
    request.cert_req = *cert_req;
  }
  bool extended = false;
  if (fields.NextIs(kExtensionsTag)) {
    const std::optional<ByteSpan> extensions = TakeContent(fields, kExtensionsTag);
    if (!extensions || !AreExtensions(*extensions)) return FailureInfo::kBadDataFormat;
    extended = true;
  }
  if (!fields.AtEnd()) return FailureInfo::kBadDataFormat;
  if (request.nonce.size() > kMaxNonceSize) return FailureInfo::kBadRequest;
  if (extended) return FailureInfo::kUnacceptedExtension;
  return std::nullopt;
}

}  // namespace

std::variant<MessageImprint, FailureInfo> ParseImprint(ByteSpan imprint_der) {
  const std::optional<ByteSpan> content = OnlyElement(imprint_der, der_tag::kSequence);
  if (!content) return FailureInfo::kBadDataFormat;
  DerReader fields(*content);
  const std::optional<ByteSpan> algorithm = TakeContent(fields, der_tag::kSequence);
  const std::optional<ByteSpan> digest =
      algorithm ? TakeContent(fields, der_tag::kOctetString) : std::nullopt;
  if (!digest || !fields.AtEnd()) return FailureInfo::kBadDataFormat;
  const auto parsed = ParseDigestAlgorithm(*algorithm);
  if (const auto* failure = std::get_if<FailureInfo>(&parsed)) return *failure;
  const DigestAlgorithm known = std::get<DigestAlgorithm>(parsed);
  if (digest->size() != DigestSize(known)) return FailureInfo::kBadDataFormat;
  return MessageImprint{.algorithm = known, .digest = ToBytes(*digest)};
}

std::variant<TimestampRequest, FailureInfo> ParseTimestampRequest(ByteSpan request_der) {
  if (request_der.size() > kMaxRequestSize) return FailureInfo::kBadDataFormat;
  const std::optional<ByteSpan> content = OnlyElement(request_der, der_tag::kSequence);
  if (!content) return FailureInfo::kBadDataFormat;
  DerReader fields(*content);
  const std::optional<ByteSpan> version = TakeContent(fields, der_tag::kInteger);
  if (!version || !IsInteger(*version)) return FailureInfo::kBadDataFormat;
  // Another version may have other fields: nothing behind it is looked at.
  if (*version != ByteSpan(&kVersion1, 1)) return FailureInfo::kBadRequest;

  const std::optional<DerElement> imprint = fields.Take(der_tag::kSequence);
  if (!imprint) return FailureInfo::kBadDataFormat;
  TimestampRequest request;
  const std::optional<FailureInfo> unacceptable = ParseOptions(fields, request);
  auto parsed = ParseImprint(imprint->whole);
  const auto* failure = std::get_if<FailureInfo>(&parsed);
  // What is not DER at all comes before what is merely not offered.
  if (failure != nullptr && *failure == FailureInfo::kBadDataFormat) return *failure;
  if (unacceptable) return *unacceptable;
  if (failure != nullptr) return *failure;
  request.imprint = std::get<MessageImprint>(std::move(parsed));
  request.imprint_der = ToBytes(imprint->whole);
  return request;
}

Bytes EncodeImprint(const MessageImprint& imprint) {
  const Bytes algorithm = DerOf(der_tag::kSequence, {DerOid(DigestOidContent(imprint.algorithm))});
  return DerOf(der_tag::kSequence, {algorithm, DerOf(der_tag::kOctetString, {imprint.digest})});
}

Bytes EncodeTimestampRequest(const MessageImprint& imprint, ByteSpan nonce) {
  constexpr uint8_t kTrue = 0xff;
  return DerOf(der_tag::kSequence,
               {DerInteger(kVersion1), EncodeImprint(imprint), DerOf(der_tag::kInteger, {nonce}),
                DerOf(der_tag::kBoolean, {ByteSpan(&kTrue, 1)})});
}

}  // namespace enkrat::tsa
