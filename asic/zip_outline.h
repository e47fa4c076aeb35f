// Where the entries of a ZIP lie, read strictly: whatever two programs could understand differently
// is refused, so that what is judged here is what everybody else unpacks.
#ifndef ENKRAT_ASIC_ZIP_OUTLINE_H_
#define ENKRAT_ASIC_ZIP_OUTLINE_H_

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
};

struct ZipBounds {
  uint64_t file_octets = 0;
  uint64_t unpacked_octets = 0;
  size_t entries = 0;
};

// The entries, in the order of the central directory. kLimitExceeded beyond the bounds.
// kRequestMalformed unless the file is its entries, one after another from its first octet to the
// central directory, which ends at the one end record (with its comment) at the end of the file;
// every local header says what the central directory says; and for encrypted entries, links,
// methods but stored and deflated, ZIP64 (nothing within the bounds needs it), names outside ASCII
// that are not marked as UTF-8, a second name in an extra field, and two names that are one on some
// file system. (APPNOTE.TXT 4.3.)
absl::StatusOr<std::vector<ZipEntry>> ReadZipOutline(std::FILE* file, const ZipBounds& bounds);

}  // namespace enkrat::asic

#endif  // ENKRAT_ASIC_ZIP_OUTLINE_H_
