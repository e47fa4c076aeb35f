#include "tests/unit/asic/raw_zip.h"

#include "absl/strings/str_cat.h"
#include "common/digest.h"

namespace enkrat::asic::testing {
namespace {

std::string LocalHeader(const RawEntry& entry) {
  const std::string name = entry.local_name.value_or(entry.name);
  const uint32_t size = entry.local_size.value_or(static_cast<uint32_t>(entry.content.size()));
  const uint32_t unpacked = entry.local_size.value_or(entry.central_size.value_or(size));
  return absl::StrCat(
      "PK\x03\x04", U16(20), U16(entry.local_flags.value_or(entry.flags)), U16(entry.method),
      U32(entry.time), U32(entry.local_crc.value_or(Crc32(entry.content))), U32(size),
      U32(unpacked), U16(static_cast<uint32_t>(name.size())),
      U16(static_cast<uint32_t>(entry.local_extra.size())), name, entry.local_extra);
}

std::string CentralHeader(const RawEntry& entry, size_t offset) {
  const uint32_t packed = static_cast<uint32_t>(entry.content.size());
  return absl::StrCat("PK\x01\x02", U16(0x0300 | 20), U16(20), U16(entry.flags), U16(entry.method),
                      U32(entry.time), U32(entry.central_crc.value_or(Crc32(entry.content))),
                      U32(packed), U32(entry.central_size.value_or(packed)),
                      U16(static_cast<uint32_t>(entry.name.size())),
                      U16(static_cast<uint32_t>(entry.central_extra.size())),
                      U16(static_cast<uint32_t>(entry.comment.size())), U16(0), U16(0),
                      U32(entry.external_attributes), U32(static_cast<uint32_t>(offset)),
                      entry.name, entry.central_extra, entry.comment);
}

}  // namespace

std::string U16(uint32_t value) {
  return {static_cast<char>(value & 0xff), static_cast<char>(value >> 8 & 0xff)};
}
std::string U32(uint32_t value) { return U16(value & 0xffff) + U16(value >> 16); }

uint32_t Crc32(const std::string& content) {
  uint32_t crc = 0xffffffff;
  for (const char c : content) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
  }
  return ~crc;
}

std::string Build(const RawZip& zip) {
  std::string file;
  std::string directory;
  uint32_t count = 0;
  for (const RawEntry& entry : zip.entries) {
    file += entry.before;
    if (entry.in_directory) {
      const std::string header = CentralHeader(entry, file.size());
      directory = zip.directory_backwards ? header + directory : directory + header;
      ++count;
    }
    absl::StrAppend(&file, LocalHeader(entry), entry.content, entry.behind);
  }
  file += zip.before_directory;
  const uint32_t offset = zip.directory_offset.value_or(static_cast<uint32_t>(file.size()));
  const uint32_t entries = zip.entry_count.value_or(static_cast<uint16_t>(count));
  return absl::StrCat(file, directory, zip.before_end, "PK\x05\x06", U16(0), U16(0), U16(entries),
                      U16(entries), U32(static_cast<uint32_t>(directory.size())), U32(offset),
                      U16(static_cast<uint32_t>(zip.comment.size())), zip.comment, zip.behind);
}

std::string ManifestFor(const std::string& uri, const std::string& content) {
  return absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
      "<ASiCManifest xmlns=\"http://uri.etsi.org/02918/v1.2.1#\" "
      "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">"
      "<SigReference URI=\"META-INF/signature001.p7s\" MimeType=\"application/pkcs7-signature\"/>"
      "<DataObjectReference URI=\"",
      uri,
      "\"><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>"
      "<ds:DigestValue>",
      ToBase64(Sha256(AsSpan(content))), "</ds:DigestValue></DataObjectReference></ASiCManifest>");
}

std::vector<RawEntry> GoodExtended() {
  return {
      {.name = "mimetype", .content = kExtendedMimetype},
      {.name = "document.txt", .content = "content"},
      {.name = "META-INF/ASiCManifest001.xml", .content = ManifestFor("document.txt", "content")},
      {.name = "META-INF/signature001.p7s", .content = kSomeDer}};
}

}  // namespace enkrat::asic::testing
