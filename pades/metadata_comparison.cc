#include "pades/metadata_comparison.h"

#include <qpdf/QPDFObjectHandle.hh>

#include "common/bytes.h"
#include "pades/limited_stream.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMostPacketOctets = 1 << 20;

// Empties the values of one property, in its element and its attribute form.
std::string WithoutValues(const std::string& packet, const std::string& property) {
  std::string out;
  size_t at = 0;
  while (true) {
    const size_t found = packet.find(property, at);
    if (found == std::string::npos) break;
    const size_t behind = found + property.size();
    out.append(packet, at, behind - at);
    at = behind;
    const bool element =
        packet.compare(behind, 1, ">") == 0 && found > 0 && packet[found - 1] == '<';
    const bool attribute = packet.compare(behind, 2, "=\"") == 0;
    if (element) at = packet.find('<', behind);
    if (attribute) at = packet.find('"', behind + 2);
    if (at == std::string::npos) return out;
  }
  return out.append(packet, at);
}

}  // namespace

std::string WithoutWritingFacts(absl::string_view packet) {
  std::string text(packet);
  for (const char* const property :
       {"xmp:ModifyDate", "xmp:MetadataDate", "xmpMM:InstanceID", "pdf:Producer"}) {
    text = WithoutValues(text, property);
  }
  return text;
}

bool MetadataMeansTheSame(const QPDFObjectHandle& before, const QPDFObjectHandle& after) {
  const absl::StatusOr<Bytes> one = ReadStream(before, kMostPacketOctets);
  const absl::StatusOr<Bytes> other = ReadStream(after, kMostPacketOctets);
  return one.ok() && other.ok() &&
         WithoutWritingFacts(ToString(*one)) == WithoutWritingFacts(ToString(*other));
}

}  // namespace enkrat::pades
