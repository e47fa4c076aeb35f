// Where the entries of a ZIP lie, read strictly: whatever two programs could understand differently
// is refused, so that what is judged here is what everybody else unpacks.
#ifndef ENKRAT_ASIC_ZIP_OUTLINE_H_
#define ENKRAT_ASIC_ZIP_OUTLINE_H_

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace enkrat::asic {

struct ZipEntry {
  std::string name;  // CheckEntryName holds; of a folder: without its last "/"
  bool folder = false;
  bool stored = false;  // otherwise deflated
  uint64_t unpacked_octets = 0;
  // Places in the file: of the local header, of what follows the entry, and of the header in the
  // central directory.
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t directory_header = 0;
};

// A file that is nothing but: entries, one after another; the central directory; the end record.
struct ZipOutline {
  std::vector<ZipEntry> entries;  // in the order of the central directory
  uint64_t directory_begin = 0;
  uint64_t end_record_begin = 0;
  uint64_t file_octets = 0;
};

struct ZipBounds {
  uint64_t file_octets = 0;
  uint64_t unpacked_octets = 0;
  size_t entries = 0;
};

// kLimitExceeded beyond the bounds.
// kRequestMalformed unless the file is its entries, one after another from its first octet to the
// central directory, which ends at the one end record (with its comment) at the end of the file;
// every local header says what the central directory says, and deflated data end where their entry
// does; and for encrypted entries, links,
// methods but stored and deflated, ZIP64 (nothing within the bounds needs it), names outside ASCII
// that are not marked as UTF-8, a second name in an extra field, and two names that are one on some
// file system. (APPNOTE.TXT 4.3.)
absl::StatusOr<ZipOutline> ReadZipOutline(std::FILE* file, const ZipBounds& bounds);

}  // namespace enkrat::asic

#endif  // ENKRAT_ASIC_ZIP_OUTLINE_H_
