// ZIPs made octet by octet, with whatever a test wants wrong in them.
#ifndef ENKRAT_TESTS_UNIT_ASIC_RAW_ZIP_H_
#define ENKRAT_TESTS_UNIT_ASIC_RAW_ZIP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace enkrat::asic::testing {

// A stored entry; what is not said is right.
struct RawEntry {
  std::string name;
  std::string content = "";
  uint16_t flags = 0;
  uint16_t method = 0;
  std::optional<std::string> local_name = std::nullopt;
  std::optional<uint32_t> local_size = std::nullopt;
  std::optional<uint32_t> local_crc = std::nullopt;
  std::optional<uint16_t> local_flags = std::nullopt;
  std::optional<uint32_t> central_size = std::nullopt;  // unpacked, as the directory says
  std::optional<uint32_t> central_crc = std::nullopt;
  std::string local_extra = "";
  std::string central_extra = "";
  std::string before = "";  // octets between the entry before and this one
  std::string behind = "";  // a data descriptor
  uint32_t external_attributes = 0;
  bool in_directory = true;
  uint32_t time = 0x00210000;  // 1980-01-01
  std::string comment = "";
};

struct RawZip {
  std::vector<RawEntry> entries;
  std::string before_directory = "";
  std::string before_end = "";
  std::string comment = "";
  std::string behind = "";
  std::optional<uint16_t> entry_count = std::nullopt;
  std::optional<uint32_t> directory_offset = std::nullopt;
  bool directory_backwards = false;
};

std::string Build(const RawZip& zip);
uint32_t Crc32(const std::string& content);
// Little-endian.
std::string U16(uint32_t value);
std::string U32(uint32_t value);

// A good ASiC-E: `document.txt`, its manifest and a signature that is a DER value.
std::vector<RawEntry> GoodExtended();
// The manifest of one reference, with the digest of `content`.
std::string ManifestFor(const std::string& uri, const std::string& content);

inline constexpr char kExtendedMimetype[] = "application/vnd.etsi.asic-e+zip";
inline constexpr char kSimpleMimetype[] = "application/vnd.etsi.asic-s+zip";
inline constexpr char kSomeDer[] = "\x30\x03\x02\x01\x01";

}  // namespace enkrat::asic::testing

#endif  // ENKRAT_TESTS_UNIT_ASIC_RAW_ZIP_H_
