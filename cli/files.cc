#include "cli/files.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/outcome.h"
#include "common/file.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"

namespace enkrat::cli {
namespace {

absl::Status CannotRead(const std::string& path) {
  return UnavailableError(absl::StrCat("cannot read ", path, ": ", strerror(errno)));
}

}  // namespace

absl::StatusOr<Bytes> ReadFile(const std::string& path, size_t limit_bytes) {
  absl::StatusOr<Bytes> content = enkrat::ReadFile(path, limit_bytes);
  if (content.ok() || ReasonOf(content.status()) == Reason::kLimitExceeded) return content;
  return cli::UnavailableError(content.status().message());
}

absl::StatusOr<Bytes> DigestFile(const std::string& path, DigestAlgorithm algorithm,
                                 const std::function<void(uint64_t, uint64_t)>& progress) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return CannotRead(path);
  if (S_ISDIR(info.st_mode)) return UsageError(absl::StrCat(path, " is a folder"));
  std::ifstream in(path, std::ios::binary);
  const EvpMdCtxPtr context(EVP_MD_CTX_new());
  if (!in) return CannotRead(path);
  if (context == nullptr ||
      EVP_DigestInit_ex(context.get(), DigestMethod(algorithm), nullptr) != 1) {
    return OpenSslError(Reason::kInternal, "starting a digest");
  }
  std::vector<char> piece(1024 * 1024);
  uint64_t done = 0;
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    EVP_DigestUpdate(context.get(), piece.data(), static_cast<size_t>(in.gcount()));
    done += static_cast<uint64_t>(in.gcount());
    if (progress) progress(done, static_cast<uint64_t>(info.st_size));
  }
  if (in.bad()) return CannotRead(path);
  Bytes digest(DigestSize(algorithm));
  if (EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
    return OpenSslError(Reason::kInternal, "finishing a digest");
  }
  return digest;
}

absl::Status WriteFile(const std::string& path, ByteSpan content, const WriteOptions& options) {
  const absl::StatusOr<bool> written =
      enkrat::WriteFile(path, content, {.mode = options.mode, .overwrite = options.overwrite});
  if (!written.ok()) return cli::UnavailableError(written.status().message());
  if (!*written) return UsageError(absl::StrCat(path, " exists already"));
  return absl::OkStatus();
}

}  // namespace enkrat::cli
