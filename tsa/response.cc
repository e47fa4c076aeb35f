#include "tsa/response.h"

#include "absl/strings/string_view.h"
#include "common/der_reader.h"
#include "common/der_writer.h"

namespace enkrat::tsa {
namespace {

constexpr uint64_t kStatusGranted = 0;
constexpr uint8_t kStatusGrantedWithMods = 1;
constexpr uint64_t kStatusRejection = 2;

// What a client's operator reads. Constant: nothing of the inside gets out (invariant 6).
absl::string_view TextOf(FailureInfo failure) {
  switch (failure) {
    case FailureInfo::kBadAlg:
      return "the digest algorithm is not supported; use SHA-256, SHA-384 or SHA-512";
    case FailureInfo::kBadRequest:
      return "the request is not supported";
    case FailureInfo::kBadDataFormat:
      return "the request is not a DER TimeStampReq";
    case FailureInfo::kTimeNotAvailable:
      return "the time source is not available";
    case FailureInfo::kUnacceptedPolicy:
      return "the policy is not offered";
    case FailureInfo::kUnacceptedExtension:
      return "extensions are not supported";
    case FailureInfo::kSystemFailure:
      break;
  }
  return "the timestamp cannot be made at present";
}

// A named BIT STRING with one bit set, trailing zero bits left out (X.690 11.2.2).
Bytes FailInfo(FailureInfo failure) {
  const int bit = static_cast<int>(failure);
  Bytes content(static_cast<size_t>(bit / 8 + 2), 0);
  content.front() = static_cast<uint8_t>(7 - bit % 8);
  content.back() = static_cast<uint8_t>(0x80 >> (bit % 8));
  return DerOf(der_tag::kBitString, {content});
}

}  // namespace

Bytes RejectionResponse(FailureInfo failure) {
  const Bytes text = DerOf(der_tag::kUtf8String, {AsSpan(TextOf(failure))});
  const Bytes status_string = DerOf(der_tag::kSequence, {text});
  const Bytes status_info =
      DerOf(der_tag::kSequence, {DerInteger(kStatusRejection), status_string, FailInfo(failure)});
  return DerOf(der_tag::kSequence, {status_info});
}

Bytes GrantedResponse(ByteSpan token_der) {
  const Bytes status_info = DerOf(der_tag::kSequence, {DerInteger(kStatusGranted)});
  return DerOf(der_tag::kSequence, {status_info, token_der});
}

std::optional<Bytes> TokenOfResponse(ByteSpan response_der) {
  DerReader response(OnlyElement(response_der, der_tag::kSequence).value_or(ByteSpan()));
  const std::optional<DerElement> status_info = response.Take(der_tag::kSequence);
  if (!status_info) return std::nullopt;
  const std::optional<DerElement> status = DerReader(status_info->content).Take(der_tag::kInteger);
  if (!status || status->content.size() != 1) return std::nullopt;
  if (status->content[0] > kStatusGrantedWithMods) return std::nullopt;
  const std::optional<DerElement> token = response.Take(der_tag::kSequence);
  if (!token || !response.AtEnd()) return std::nullopt;
  return ToBytes(token->whole);
}

}  // namespace enkrat::tsa
