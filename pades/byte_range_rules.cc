#include "pades/byte_range_rules.h"

#include <openssl/asn1.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "common/openssl_ptr.h"
#include "common/reason.h"

namespace enkrat::pades {
namespace {

using Asn1TypePtr = std::unique_ptr<ASN1_TYPE, OpenSslDeleter<ASN1_TYPE_free>>;

constexpr uint64_t kMostContentsOctets = uint64_t{4} << 20;

// The first rule of the ranges themselves that is broken; nullopt if none is.
std::optional<std::string> BrokenRangeRule(const std::array<uint64_t, 4>& range, uint64_t size) {
  const auto [first, first_length, second, second_length] = range;
  if (first != 0) return "/ByteRange does not start at the begin of the document";
  if (first_length == 0 || second_length == 0) return "/ByteRange has an empty range";
  if (first_length > size || second > size || second_length > size - second) {
    return "/ByteRange reaches beyond the document";
  }
  if (second <= first_length) return "/ByteRange overlaps itself or has no gap";
  if (second - first_length > 2 * kMostContentsOctets) return "/ByteRange leaves out too much";
  return std::nullopt;
}

// What the gap holds between its brackets; nullopt unless it is a string of hex digits.
std::optional<Bytes> GapContents(const DocumentOctets& octets,
                                 const std::array<uint64_t, 4>& range) {
  const size_t length = static_cast<size_t>(range[2] - range[1]);
  const std::string gap = octets.Text(range[1], length);
  if (gap.size() != length || length < 4 || gap.front() != '<' || gap.back() != '>') {
    return std::nullopt;
  }
  return FromHex(absl::string_view(gap).substr(1, length - 2));
}

}  // namespace

absl::StatusOr<ByteSpan> WithoutPadding(ByteSpan padded) {
  const unsigned char* cursor = padded.data();
  const Asn1TypePtr element(d2i_ASN1_TYPE(nullptr, &cursor, static_cast<long>(padded.size())));
  if (element == nullptr || ASN1_TYPE_get(element.get()) != V_ASN1_SEQUENCE) {
    DrainOpenSslErrors();
    return MakeError(Reason::kRequestMalformed, "/Contents holds no CMS and no timestamp");
  }
  const size_t length = static_cast<size_t>(cursor - padded.data());
  const ByteSpan rest = padded.subspan(length);
  if (std::any_of(rest.begin(), rest.end(), [](uint8_t octet) { return octet != 0; })) {
    return MakeError(Reason::kRequestMalformed, "/Contents holds more than a signature");
  }
  return padded.subspan(0, length);
}

void ApplyByteRangeRules(const DocumentOctets& octets, FoundSignature& found) {
  PdfSignature& signature = found.signature;
  if (!signature.defects.empty()) return;
  const std::array<uint64_t, 4>& range = signature.byte_range;
  if (auto broken = BrokenRangeRule(range, octets.size())) {
    signature.defects.push_back(*std::move(broken));
    return;
  }
  signature.revision_end = range[2] + range[3];
  signature.covers_whole_document = signature.revision_end == octets.size();
  const std::optional<Bytes> gap = GapContents(octets, range);
  if (!gap.has_value()) {
    signature.defects.push_back(
        "the gap of /ByteRange is more or less than a string of hex digits");
    return;
  }
  if (found.contents_offset != static_cast<int64_t>(range[1]) || *gap != found.contents) {
    signature.defects.push_back("/Contents is not what is in the gap of /ByteRange");
    return;
  }
  const absl::StatusOr<ByteSpan> element = WithoutPadding(found.contents);
  if (!element.ok()) {
    signature.defects.push_back(std::string(element.status().message()));
    return;
  }
  signature.contents_der = ToBytes(*element);
}

}  // namespace enkrat::pades
