#include "asic/zip_writer.h"

#include <fcntl.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "asic/digested_file.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::asic {
namespace {

// 1980-01-01, the first day that a ZIP can say; the time of signing is in the signature.
constexpr zip_uint16_t kNoTime = 0;
constexpr zip_uint16_t kFirstDay = 0x21;
constexpr zip_uint32_t kPlainFile = 0100644u << 16;

absl::Status CannotWrite(const std::string& path, absl::string_view why) {
  return MakeError(Reason::kConfigurationInvalid, absl::StrCat(path, ": cannot be written: ", why));
}

// What libzip reads a file through: opened when its turn comes, compared at its end.
class FileSource {
 public:
  FileSource(ZipWriter::FileToAdd file, uint64_t size, std::shared_ptr<absl::Status> error)
      : file_(std::move(file)), size_(size), error_(std::move(error)) {
    zip_error_init(&zip_error_);
  }
  ~FileSource() { zip_error_fini(&zip_error_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  static zip_int64_t Call(void* self, void* data, zip_uint64_t size, zip_source_cmd_t command) {
    FileSource* const source = static_cast<FileSource*>(self);
    if (command == ZIP_SOURCE_FREE) {
      delete source;
      return 0;
    }
    return source->Answer(data, size, command);
  }

 private:
  zip_int64_t Answer(void* data, zip_uint64_t size, zip_source_cmd_t command) {
    switch (command) {
      case ZIP_SOURCE_OPEN:
        return Result(Open());
      case ZIP_SOURCE_READ:
        return Read(static_cast<uint8_t*>(data), size);
      case ZIP_SOURCE_CLOSE:
        reader_.reset();
        return 0;
      case ZIP_SOURCE_STAT:
        return Stat(static_cast<zip_stat_t*>(data));
      case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&zip_error_, data, size);
      case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
                                              ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
                                              -1);
      default:
        zip_error_set(&zip_error_, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
  }

  zip_int64_t Result(const absl::Status& status) {
    if (status.ok()) return 0;
    *error_ = status;
    zip_error_set(&zip_error_, ZIP_ER_READ, 0);
    return -1;
  }

  absl::Status Open() {
    ENKRAT_ASSIGN_OR_RETURN(reader_, DigestingReader::Open(file_.path, file_.algorithm));
    return absl::OkStatus();
  }

  zip_int64_t Read(uint8_t* out, zip_uint64_t most) {
    const absl::StatusOr<size_t> got = reader_->Read(out, static_cast<size_t>(most));
    if (!got.ok()) return Result(got.status());
    if (*got == 0 && most > 0) return Result(CheckDigest());
    return static_cast<zip_int64_t>(*got);
  }

  absl::Status CheckDigest() {
    if (checked_) return absl::OkStatus();
    checked_ = true;
    ENKRAT_ASSIGN_OR_RETURN(const Bytes digest, reader_->Digest());
    return digest == file_.digest ? absl::OkStatus()
                                  : MakeError(Reason::kRequestMalformed,
                                              absl::StrCat(file_.path, ": has changed meanwhile"));
  }

  zip_int64_t Stat(zip_stat_t* stat) const {
    zip_stat_init(stat);
    stat->valid = ZIP_STAT_SIZE;
    stat->size = size_;
    return sizeof(*stat);
  }

  const ZipWriter::FileToAdd file_;
  const uint64_t size_;
  const std::shared_ptr<absl::Status> error_;
  std::unique_ptr<DigestingReader> reader_;
  bool checked_ = false;
  zip_error_t zip_error_;
};

// A copy that libzip frees.
zip_source_t* CopyOf(zip_t* archive, ByteSpan content) {
  void* const copy = std::malloc(content.empty() ? 1 : content.size());
  if (copy == nullptr) return nullptr;
  if (!content.empty()) std::memcpy(copy, content.data(), content.size());
  zip_source_t* const source = zip_source_buffer(archive, copy, content.size(), 1);
  if (source == nullptr) std::free(copy);
  return source;
}

bool Sync(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return synced;
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

ZipWriter::ZipWriter(std::string path, std::string draft, zip* archive)
    : path_(std::move(path)), draft_(std::move(draft)), archive_(archive) {}

absl::StatusOr<std::unique_ptr<ZipWriter>> ZipWriter::Create(const std::string& path) {
  std::string draft = absl::StrCat(path, ".", ToHex(RandomBytes(4)), ".part");
  int error = 0;
  zip_t* const archive = zip_open(draft.c_str(), ZIP_CREATE | ZIP_EXCL, &error);
  if (archive == nullptr) return CannotWrite(path, "libzip cannot make it");
  return std::unique_ptr<ZipWriter>(new ZipWriter(path, std::move(draft), archive));
}

ZipWriter::~ZipWriter() {
  if (archive_ != nullptr) zip_discard(archive_);
  ::unlink(draft_.c_str());
}

absl::Status ZipWriter::Add(absl::string_view name, zip_source* source, bool deflate) {
  if (source == nullptr) return CannotWrite(path_, "no memory");
  const bool ascii = std::all_of(name.begin(), name.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  const zip_int64_t index = zip_file_add(archive_, std::string(name).c_str(), source,
                                         ascii ? ZIP_FL_ENC_GUESS : ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return CannotWrite(path_, zip_strerror(archive_));
  }
  const zip_uint64_t entry = static_cast<zip_uint64_t>(index);
  const bool good =
      zip_set_file_compression(archive_, entry, deflate ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0) == 0 &&
      zip_file_set_dostime(archive_, entry, kNoTime, kFirstDay, 0) == 0 &&
      zip_file_set_external_attributes(archive_, entry, 0, ZIP_OPSYS_UNIX, kPlainFile) == 0;
  return good ? absl::OkStatus() : CannotWrite(path_, zip_strerror(archive_));
}

absl::Status ZipWriter::AddStored(absl::string_view name, ByteSpan content) {
  return Add(name, CopyOf(archive_, content), /*deflate=*/false);
}

absl::Status ZipWriter::AddDeflated(absl::string_view name, ByteSpan content) {
  return Add(name, CopyOf(archive_, content), /*deflate=*/true);
}

absl::Status ZipWriter::AddFile(absl::string_view name, const FileToAdd& file) {
  ENKRAT_ASSIGN_OR_RETURN(const std::unique_ptr<DigestingReader> reader,
                          DigestingReader::Open(file.path, file.algorithm));
  auto source = std::make_unique<FileSource>(file, reader->size(), file_error_);
  zip_source_t* const zip_source = zip_source_function(archive_, FileSource::Call, source.get());
  if (zip_source != nullptr) static_cast<void>(source.release());  // libzip's now
  return Add(name, zip_source, /*deflate=*/true);
}

absl::Status ZipWriter::Publish() {
  if (zip_close(archive_) != 0) {
    const absl::Status error =
        file_error_->ok() ? CannotWrite(path_, zip_strerror(archive_)) : *file_error_;
    zip_discard(std::exchange(archive_, nullptr));
    return error;
  }
  archive_ = nullptr;
  const bool published = Sync(draft_, O_RDONLY) && ::rename(draft_.c_str(), path_.c_str()) == 0 &&
                         Sync(FolderOf(path_), O_RDONLY | O_DIRECTORY);
  return published ? absl::OkStatus() : CannotWrite(path_, std::strerror(errno));
}

}  // namespace enkrat::asic
