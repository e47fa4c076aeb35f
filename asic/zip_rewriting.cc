#include "asic/zip_rewriting.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::asic {
namespace {

// Headers as in APPNOTE.TXT 4.3.7, 4.3.12 and 4.3.16: where the fields are that change.
constexpr size_t kLocalHeaderSize = 30;
constexpr size_t kLocalFlags = 6;
constexpr size_t kLocalCrc = 14;  // then both sizes
constexpr size_t kLocalNameSize = 26;
constexpr size_t kLocalExtraSize = 28;
constexpr size_t kCentralFlags = 8;
constexpr size_t kCentralCrc = 16;
constexpr size_t kCentralOffset = 42;
constexpr size_t kEndDirectoryOffset = 16;

constexpr uint8_t kNotHowPacked = 0xf1;  // all but: deflated how hard, sizes behind the data
constexpr size_t kMostOctets = size_t{16} << 20;
constexpr uint64_t kMostFileOctets = 0x7fffffff;
constexpr size_t kPiece = 64 * 1024;

absl::Status Changed() {
  return MakeError(Reason::kRequestMalformed, "the ZIP has changed meanwhile");
}

void Write32(Bytes& octets, size_t at, uint64_t value) {
  for (size_t i = 0; i < 4; ++i) octets[at + i] = static_cast<uint8_t>(value >> 8 * i);
}

absl::StatusOr<Bytes> ReadAt(int file, uint64_t offset, size_t size) {
  Bytes octets(size);
  size_t done = 0;
  while (done < size) {
    const ssize_t got =
        ::pread(file, octets.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Changed();
    done += static_cast<size_t>(got);
  }
  return octets;
}

// A file in the making: whole, or not there.
class NewFile {
 public:
  explicit NewFile(const std::string& path)
      : path_(path),
        file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)) {}
  ~NewFile() {
    if (file_ < 0) return;
    ::close(file_);
    ::unlink(path_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  uint64_t size() const { return size_; }

  absl::Status Write(ByteSpan octets) {
    if (file_ < 0) return CannotWrite();
    size_ += octets.size();
    while (!octets.empty()) {
      const ssize_t written = ::write(file_, octets.data(), octets.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return CannotWrite();
      octets.remove_prefix(static_cast<size_t>(written));
    }
    return absl::OkStatus();
  }

  absl::Status CopyFrom(int source, uint64_t begin, uint64_t end) {
    while (begin < end) {
      const size_t size = static_cast<size_t>(std::min<uint64_t>(kPiece, end - begin));
      ENKRAT_ASSIGN_OR_RETURN(const Bytes piece, ReadAt(source, begin, size));
      ENKRAT_RETURN_IF_ERROR(Write(piece));
      begin += size;
    }
    return absl::OkStatus();
  }

  absl::Status Keep(int like) {
    struct stat status = {};
    const bool good = ::fstat(like, &status) == 0 &&
                      ::fchmod(file_, (status.st_mode & 0777) | S_IWUSR) == 0 &&
                      ::fsync(file_) == 0;
    if (!good || ::close(file_) != 0) return CannotWrite();
    file_ = -1;
    return absl::OkStatus();
  }

 private:
  absl::Status CannotWrite() const {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat(path_, ": cannot be written: ", std::strerror(errno)));
  }

  const std::string path_;
  int file_;
  uint64_t size_ = 0;
};

// Without zlib's header and checksum (RFC 1951).
absl::StatusOr<Bytes> Deflate(const Bytes& octets) {
  z_stream stream = {};
  const absl::Status failed = MakeError(Reason::kInternal, "zlib cannot pack");
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return failed;
  }
  Bytes packed(deflateBound(&stream, octets.size()));
  stream.next_in = const_cast<Bytef*>(octets.data());  // not written to
  stream.avail_in = static_cast<uInt>(octets.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  const bool good = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (!good) return failed;
  return packed;
}

// What an entry is from now on.
struct NewEntry {
  Bytes packed;
  uint32_t crc = 0;
  size_t unpacked_octets = 0;

  // Where CRC and sizes stand in a row.
  void WriteSizes(Bytes& header, size_t at) const {
    Write32(header, at, crc);
    Write32(header, at + 4, packed.size());
    Write32(header, at + 8, unpacked_octets);
  }
};

absl::StatusOr<std::map<size_t, NewEntry>> Pack(const ZipOutline& outline,
                                                const std::map<size_t, Bytes>& others) {
  std::map<size_t, NewEntry> packed;
  for (const auto& [index, octets] : others) {
    if (octets.size() > kMostOctets) {
      return MakeError(Reason::kLimitExceeded, "too many octets for an entry of the container");
    }
    NewEntry entry{.packed = octets, .unpacked_octets = octets.size()};
    entry.crc = static_cast<uint32_t>(crc32(0, octets.data(), static_cast<uInt>(octets.size())));
    if (!outline.entries[index].stored) {
      ENKRAT_ASSIGN_OR_RETURN(entry.packed, Deflate(octets));
    }
    packed.emplace(index, std::move(entry));
  }
  return packed;
}

// Copies what nothing changes in, with headers patched where something does.
class Rewriting {
 public:
  Rewriting(int source, const ZipOutline& outline, std::map<size_t, NewEntry> others,
            const std::string& path)
      : source_(source), outline_(outline), others_(std::move(others)), file_(path) {}

  absl::Status Run() {
    ENKRAT_RETURN_IF_ERROR(WriteEntries());
    const uint64_t directory = file_.size();
    ENKRAT_RETURN_IF_ERROR(WriteDirectory());
    ENKRAT_ASSIGN_OR_RETURN(
        Bytes end, ReadAt(source_, outline_.end_record_begin,
                          static_cast<size_t>(outline_.file_octets - outline_.end_record_begin)));
    Write32(end, kEndDirectoryOffset, directory);
    ENKRAT_RETURN_IF_ERROR(file_.Write(end));
    if (file_.size() > kMostFileOctets) {
      return MakeError(Reason::kLimitExceeded, "the container would be too large");
    }
    return file_.Keep(source_);
  }

 private:
  absl::Status WriteEntries() {
    std::vector<size_t> order(outline_.entries.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [this](size_t a, size_t b) {
      return outline_.entries[a].begin < outline_.entries[b].begin;
    });
    begins_.resize(order.size());
    for (const size_t index : order) {
      begins_[index] = file_.size();
      const auto other = others_.find(index);
      const ZipEntry& entry = outline_.entries[index];
      ENKRAT_RETURN_IF_ERROR(other == others_.end()
                                 ? file_.CopyFrom(source_, entry.begin, entry.end)
                                 : WriteOther(entry, other->second));
    }
    return absl::OkStatus();
  }

  absl::Status WriteOther(const ZipEntry& entry, const NewEntry& other) {
    ENKRAT_ASSIGN_OR_RETURN(Bytes header, ReadAt(source_, entry.begin, kLocalHeaderSize));
    const size_t rest =
        static_cast<size_t>(header[kLocalNameSize] | header[kLocalNameSize + 1] << 8) +
        static_cast<size_t>(header[kLocalExtraSize] | header[kLocalExtraSize + 1] << 8);
    header[kLocalFlags] &= kNotHowPacked;
    other.WriteSizes(header, kLocalCrc);
    ENKRAT_RETURN_IF_ERROR(file_.Write(header));
    const uint64_t name = entry.begin + kLocalHeaderSize;
    ENKRAT_RETURN_IF_ERROR(file_.CopyFrom(source_, name, name + rest));
    return file_.Write(other.packed);
  }

  absl::Status WriteDirectory() {
    ENKRAT_ASSIGN_OR_RETURN(Bytes directory, ReadAt(source_, outline_.directory_begin,
                                                    static_cast<size_t>(outline_.end_record_begin -
                                                                        outline_.directory_begin)));
    for (size_t i = 0; i < outline_.entries.size(); ++i) {
      const size_t at =
          static_cast<size_t>(outline_.entries[i].directory_header - outline_.directory_begin);
      Write32(directory, at + kCentralOffset, begins_[i]);
      const auto other = others_.find(i);
      if (other == others_.end()) continue;
      directory[at + kCentralFlags] &= kNotHowPacked;
      other->second.WriteSizes(directory, at + kCentralCrc);
    }
    return file_.Write(directory);
  }

  const int source_;
  const ZipOutline& outline_;
  const std::map<size_t, NewEntry> others_;
  NewFile file_;
  std::vector<uint64_t> begins_;  // of each entry, in the new file
};

}  // namespace

absl::Status RewriteZip(int source, const ZipOutline& outline,
                        const std::map<size_t, Bytes>& others, const std::string& path) {
  ENKRAT_ASSIGN_OR_RETURN(auto packed, Pack(outline, others));
  return Rewriting(source, outline, std::move(packed), path).Run();
}

}  // namespace enkrat::asic
