#include "asic/digested_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::asic {
namespace {

constexpr size_t kPiece = 64 * 1024;

absl::Status CannotRead(const std::string& path) {
  return MakeError(errno == ENOENT ? Reason::kNotFound : Reason::kConfigurationInvalid,
                   absl::StrCat(path, ": cannot be read: ", std::strerror(errno)));
}

class DescriptorReader final : public DigestingReader {
 public:
  DescriptorReader(std::string path, int descriptor, EvpMdCtxPtr context)
      : path_(std::move(path)), descriptor_(descriptor), context_(std::move(context)) {}
  ~DescriptorReader() override { ::close(descriptor_); }
  DescriptorReader(const DescriptorReader&) = delete;
  DescriptorReader& operator=(const DescriptorReader&) = delete;

  absl::Status Start() {
    struct stat facts {};
    if (::fstat(descriptor_, &facts) != 0) return CannotRead(path_);
    if (!S_ISREG(facts.st_mode)) {
      return MakeError(Reason::kConfigurationInvalid, absl::StrCat(path_, ": is not a file"));
    }
    size_ = static_cast<uint64_t>(facts.st_size);
    return absl::OkStatus();
  }

  uint64_t size() const override { return size_; }

  absl::StatusOr<size_t> Read(uint8_t* out, size_t most) override {
    ssize_t got = -1;
    do {
      got = ::read(descriptor_, out, most);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return CannotRead(path_);
    if (EVP_DigestUpdate(context_.get(), out, static_cast<size_t>(got)) != 1) {
      return OpenSslError(Reason::kInternal, "cannot digest a file");
    }
    return static_cast<size_t>(got);
  }

  absl::StatusOr<Bytes> Digest() override {
    Bytes digest(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    if (EVP_DigestFinal_ex(context_.get(), digest.data(), &size) != 1) {
      return OpenSslError(Reason::kInternal, "cannot digest a file");
    }
    digest.resize(size);
    return digest;
  }

 private:
  const std::string path_;
  const int descriptor_;
  const EvpMdCtxPtr context_;
  uint64_t size_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<DigestingReader>> DigestingReader::Open(const std::string& path,
                                                                       DigestAlgorithm algorithm) {
  EvpMdCtxPtr context(EVP_MD_CTX_new());
  if (EVP_DigestInit_ex(context.get(), DigestMethod(algorithm), nullptr) != 1) {
    return OpenSslError(Reason::kInternal, "cannot digest a file");
  }
  // O_NONBLOCK: opening a pipe does not wait for its writer; of files it means nothing.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return CannotRead(path);
  auto reader = std::make_unique<DescriptorReader>(path, descriptor, std::move(context));
  ENKRAT_RETURN_IF_ERROR(reader->Start());
  return reader;
}

absl::StatusOr<FileDigest> DigestFile(const std::string& path, DigestAlgorithm algorithm,
                                      uint64_t most_octets) {
  ENKRAT_ASSIGN_OR_RETURN(const std::unique_ptr<DigestingReader> reader,
                          DigestingReader::Open(path, algorithm));
  if (reader->size() > most_octets) {
    return MakeError(Reason::kLimitExceeded, absl::StrCat(path, ": is too large"));
  }
  FileDigest result;
  std::array<uint8_t, kPiece> piece;
  while (true) {
    ENKRAT_ASSIGN_OR_RETURN(const size_t got, reader->Read(piece.data(), piece.size()));
    if (got == 0) break;
    result.size += got;
    if (result.size > most_octets) {
      return MakeError(Reason::kLimitExceeded, absl::StrCat(path, ": is too large"));
    }
  }
  ENKRAT_ASSIGN_OR_RETURN(result.digest, reader->Digest());
  return result;
}

}  // namespace enkrat::asic
