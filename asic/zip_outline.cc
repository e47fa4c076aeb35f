#include "asic/zip_outline.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "asic/deflated_data.h"
#include "asic/entry_name.h"
#include "common/bytes.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::asic {
namespace {

constexpr uint32_t kLocalHeader = 0x04034b50;
constexpr uint32_t kCentralHeader = 0x02014b50;
constexpr uint32_t kEndRecord = 0x06054b50;
constexpr uint32_t kZip64Locator = 0x07064b50;
constexpr size_t kLocalHeaderSize = 30;
constexpr size_t kCentralHeaderSize = 46;
constexpr size_t kEndRecordSize = 22;
constexpr size_t kZip64LocatorSize = 20;
constexpr size_t kLongestComment = 0xffff;
constexpr size_t kMostDirectoryOctets = size_t{4} << 20;
constexpr uint32_t kInZip64 = 0xffffffff;

// General purpose flags: what the compression chose, sizes behind the data, UTF-8.
constexpr uint16_t kDescriptorFlag = 1 << 3;
constexpr uint16_t kUtf8Flag = 1 << 11;
constexpr uint16_t kKnownFlags = 0x0006 | kDescriptorFlag | kUtf8Flag;
constexpr uint16_t kUnicodePathExtra = 0x7075;
constexpr uint16_t kStored = 0;
constexpr uint16_t kDeflated = 8;

absl::Status Malformed(absl::string_view what) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat("the ZIP ", what));
}

uint16_t Read16(ByteSpan octets, size_t at) {
  return static_cast<uint16_t>(octets[at] | octets[at + 1] << 8);
}
uint32_t Read32(ByteSpan octets, size_t at) {
  return static_cast<uint32_t>(Read16(octets, at)) | static_cast<uint32_t>(Read16(octets, at + 2))
                                                         << 16;
}

absl::StatusOr<Bytes> ReadAt(std::FILE* file, uint64_t offset, size_t size) {
  Bytes octets(size);
  if (fseeko(file, static_cast<off_t>(offset), SEEK_SET) != 0 ||
      std::fread(octets.data(), 1, size, file) != size) {
    return Malformed("ends too early");
  }
  return octets;
}

struct Directory {
  uint64_t offset = 0;
  size_t size = 0;
  size_t entries = 0;
};

// Both headers of an entry, as far as they must agree.
struct Header {
  uint16_t flags = 0;
  uint16_t method = 0;
  uint32_t crc = 0;
  uint32_t packed = 0;
  uint32_t unpacked = 0;
  uint64_t offset = 0;
  std::string name;
  uint64_t at = 0;  // of the central one itself
};

// The end record is where a comment of its length would end the file, and there is one such place.
absl::StatusOr<size_t> FindEndRecord(ByteSpan tail) {
  std::optional<size_t> found;
  for (size_t at = 0; at + kEndRecordSize <= tail.size(); ++at) {
    if (Read32(tail, at) != kEndRecord) continue;
    if (at + kEndRecordSize + Read16(tail, at + 20) != tail.size()) continue;
    if (found.has_value()) return Malformed("has two end records");
    found = at;
  }
  if (!found.has_value()) return Malformed("has no end record at its end");
  return *found;
}

absl::StatusOr<Directory> FindDirectory(std::FILE* file, uint64_t file_size,
                                        const ZipBounds& bounds) {
  const size_t tail_size = std::min<uint64_t>(file_size, kEndRecordSize + kLongestComment);
  ENKRAT_ASSIGN_OR_RETURN(const Bytes tail, ReadAt(file, file_size - tail_size, tail_size));
  ENKRAT_ASSIGN_OR_RETURN(const size_t at, FindEndRecord(tail));
  const ByteSpan record = ByteSpan(tail).subspan(at);
  const Directory directory{
      .offset = Read32(record, 16), .size = Read32(record, 12), .entries = Read16(record, 10)};
  const bool zip64 =
      at >= kZip64LocatorSize && Read32(tail, at - kZip64LocatorSize) == kZip64Locator;
  if (zip64 || directory.offset == kInZip64) return Malformed("is a ZIP64");
  if (Read32(record, 4) != 0 || Read16(record, 8) != directory.entries) {
    return Malformed("is in several parts");
  }
  if (directory.entries > bounds.entries || directory.size > kMostDirectoryOctets) {
    return MakeError(Reason::kLimitExceeded, "the ZIP has too many entries");
  }
  if (directory.offset + directory.size != file_size - tail_size + at) {
    return Malformed("has octets between its directory and its end record");
  }
  return directory;
}

// Whether another name than the header's is in the extra field, which some programs prefer.
bool HasSecondName(ByteSpan extra) {
  while (extra.size() >= 4) {
    if (Read16(extra, 0) == kUnicodePathExtra) return true;
    const size_t size = 4 + size_t{Read16(extra, 2)};
    if (size > extra.size()) return false;
    extra.remove_prefix(size);
  }
  return false;
}

absl::Status CheckHeader(const Header& header, ByteSpan extra) {
  if ((header.flags & 1) != 0) return Malformed("has an encrypted entry");
  if ((header.flags & ~kKnownFlags) != 0) return Malformed("has an entry of an unknown kind");
  if (header.method != kStored && header.method != kDeflated) {
    return Malformed("has an entry that is packed in an unknown way");
  }
  if (header.packed == kInZip64 || header.unpacked == kInZip64 || header.offset == kInZip64) {
    return Malformed("is a ZIP64");
  }
  if (HasSecondName(extra)) return Malformed("has an entry with two names");
  const bool ascii = std::all_of(header.name.begin(), header.name.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!ascii && (header.flags & kUtf8Flag) == 0) {
    return Malformed("has a name whose encoding is not said");
  }
  if (header.method == kStored && (header.packed != header.unpacked)) {
    return Malformed("has a stored entry of two sizes");
  }
  return absl::OkStatus();
}

// Of a UNIX: file type bits of a symbolic link, a device, a pipe.
bool IsSpecialFile(uint16_t made_by, uint32_t external_attributes) {
  const uint32_t type = external_attributes >> 16 & 0170000;
  return made_by >> 8 == 3 && type != 0 && type != 0100000 && type != 0040000;
}

// Takes one header off the directory.
absl::StatusOr<Header> TakeCentralHeader(ByteSpan& directory) {
  if (directory.size() < kCentralHeaderSize || Read32(directory, 0) != kCentralHeader) {
    return Malformed("has a broken directory");
  }
  const size_t name_size = Read16(directory, 28);
  const size_t extra_size = Read16(directory, 30);
  const size_t size = kCentralHeaderSize + name_size + extra_size + Read16(directory, 32);
  if (directory.size() < size) return Malformed("has a broken directory");
  Header header{.flags = Read16(directory, 8),
                .method = Read16(directory, 10),
                .crc = Read32(directory, 16),
                .packed = Read32(directory, 20),
                .unpacked = Read32(directory, 24),
                .offset = Read32(directory, 42),
                .name = ToString(directory.subspan(kCentralHeaderSize, name_size))};
  ENKRAT_RETURN_IF_ERROR(
      CheckHeader(header, directory.subspan(kCentralHeaderSize + name_size, extra_size)));
  if (IsSpecialFile(Read16(directory, 4), Read32(directory, 38))) {
    return Malformed("has an entry that is a link or device");
  }
  directory.remove_prefix(size);
  return header;
}

// Where the entry's data ends, if its local header says what the central one says.
absl::StatusOr<uint64_t> CheckLocalHeader(std::FILE* file, const Header& central) {
  ENKRAT_ASSIGN_OR_RETURN(const Bytes fixed, ReadAt(file, central.offset, kLocalHeaderSize));
  const size_t name_size = Read16(fixed, 26);
  const size_t extra_size = Read16(fixed, 28);
  ENKRAT_ASSIGN_OR_RETURN(const Bytes variable,
                          ReadAt(file, central.offset + kLocalHeaderSize, name_size + extra_size));
  const bool later = (central.flags & kDescriptorFlag) != 0;
  const auto agrees = [&](size_t at, uint32_t value) {
    return Read32(fixed, at) == value || (later && Read32(fixed, at) == 0);
  };
  const bool same = Read32(fixed, 0) == kLocalHeader && Read16(fixed, 6) == central.flags &&
                    Read16(fixed, 8) == central.method && agrees(14, central.crc) &&
                    agrees(18, central.packed) && agrees(22, central.unpacked) &&
                    ByteSpan(variable).subspan(0, name_size) == AsSpan(central.name);
  if (!same) return Malformed("says two things about an entry");
  if (HasSecondName(ByteSpan(variable).subspan(name_size))) {
    return Malformed("has an entry with two names");
  }
  return central.offset + kLocalHeaderSize + variable.size() + central.packed;
}

// From the file's first octet to the directory there is nothing but entries, one after another; the
// sizes behind an entry's data are 12 octets, or 16 with their signature.
absl::Status CheckNoGaps(std::FILE* file, std::vector<Header> headers, uint64_t directory_offset) {
  std::sort(headers.begin(), headers.end(),
            [](const Header& a, const Header& b) { return a.offset < b.offset; });
  uint64_t end = 0;
  bool descriptor = false;
  const auto follows = [&](uint64_t next) {
    return descriptor ? next == end + 12 || next == end + 16 : next == end;
  };
  for (const Header& header : headers) {
    if (!follows(header.offset)) return Malformed("has octets that belong to no entry");
    ENKRAT_ASSIGN_OR_RETURN(end, CheckLocalHeader(file, header));
    descriptor = (header.flags & kDescriptorFlag) != 0;
  }
  return follows(directory_offset) ? absl::OkStatus()
                                   : Malformed("has octets that belong to no entry");
}

// For each entry, in its place in the directory, where the one behind it in the file begins.
std::vector<uint64_t> EndsOf(const std::vector<Header>& headers, uint64_t directory_offset) {
  std::set<uint64_t> places = {directory_offset};
  for (const Header& header : headers) places.insert(header.offset);
  std::vector<uint64_t> ends;
  for (const Header& header : headers) ends.push_back(*places.upper_bound(header.offset));
  return ends;
}

absl::Status CheckPackedData(std::FILE* file, const std::vector<Header>& headers) {
  for (const Header& header : headers) {
    if (header.method != kDeflated) continue;
    ENKRAT_ASSIGN_OR_RETURN(const Bytes local, ReadAt(file, header.offset, kLocalHeaderSize));
    ENKRAT_RETURN_IF_ERROR(CheckDeflatedData(
        file, {.offset = header.offset + kLocalHeaderSize + Read16(local, 26) + Read16(local, 28),
               .packed_octets = header.packed,
               .unpacked_octets = header.unpacked}));
  }
  return absl::OkStatus();
}

// After CheckNoGaps.
absl::StatusOr<std::vector<ZipEntry>> EntriesOf(const std::vector<Header>& headers,
                                                uint64_t directory_offset,
                                                const ZipBounds& bounds) {
  const std::vector<uint64_t> ends = EndsOf(headers, directory_offset);
  std::vector<ZipEntry> entries;
  std::set<std::string> keys;
  uint64_t unpacked = 0;
  for (const Header& header : headers) {
    absl::string_view name = header.name;
    const bool folder = absl::ConsumeSuffix(&name, "/");
    // META-INF/ itself is a folder by this name only.
    if (!folder || name != absl::StripSuffix(kMetaInf, "/")) {
      ENKRAT_RETURN_IF_ERROR(CheckEntryName(name));
    }
    if (folder && header.unpacked != 0) return Malformed("has a folder with content");
    ENKRAT_ASSIGN_OR_RETURN(std::string key, NameKey(name));
    if (!keys.insert(std::move(key)).second) return Malformed("has a name twice");
    unpacked += header.unpacked;
    if (unpacked > bounds.unpacked_octets) {
      return MakeError(Reason::kLimitExceeded, "the ZIP is too large when unpacked");
    }
    entries.push_back({.name = std::string(name),
                       .folder = folder,
                       .stored = header.method == kStored,
                       .unpacked_octets = header.unpacked,
                       .begin = header.offset,
                       .end = ends[entries.size()],
                       .directory_header = header.at});
  }
  return entries;
}

}  // namespace

absl::StatusOr<ZipOutline> ReadZipOutline(std::FILE* file, const ZipBounds& bounds) {
  if (fseeko(file, 0, SEEK_END) != 0) return Malformed("cannot be read");
  const off_t size = ftello(file);
  if (size < static_cast<off_t>(kEndRecordSize)) return Malformed("has no end record at its end");
  if (static_cast<uint64_t>(size) > bounds.file_octets) {
    return MakeError(Reason::kLimitExceeded, "the container is too large");
  }
  ENKRAT_ASSIGN_OR_RETURN(const Directory directory,
                          FindDirectory(file, static_cast<uint64_t>(size), bounds));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes octets, ReadAt(file, directory.offset, directory.size));
  std::vector<Header> headers;
  ByteSpan rest = octets;
  for (size_t i = 0; i < directory.entries; ++i) {
    const uint64_t at = directory.offset + (octets.size() - rest.size());
    ENKRAT_ASSIGN_OR_RETURN(Header header, TakeCentralHeader(rest));
    header.at = at;
    headers.push_back(std::move(header));
  }
  if (!rest.empty()) return Malformed("has a broken directory");
  ENKRAT_RETURN_IF_ERROR(CheckNoGaps(file, headers, directory.offset));
  ENKRAT_ASSIGN_OR_RETURN(std::vector<ZipEntry> entries,
                          EntriesOf(headers, directory.offset, bounds));
  ENKRAT_RETURN_IF_ERROR(CheckPackedData(file, headers));
  return ZipOutline{.entries = std::move(entries),
                    .directory_begin = directory.offset,
                    .end_record_begin = directory.offset + directory.size,
                    .file_octets = static_cast<uint64_t>(size)};
}

}  // namespace enkrat::asic
