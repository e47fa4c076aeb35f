#include "signer/ceremony_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::signer {
namespace {

constexpr size_t kMaxFileSize = 256 * 1024;
constexpr mode_t kPublicMode = 0644;

absl::Status FileError(const std::string& path, absl::string_view what) {
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat(path, ": ", what, ": ", std::strerror(errno)));
}

bool WriteAll(int descriptor, absl::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

absl::Status SyncFolder(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return FileError(path, "cannot open the folder");
  const absl::Cleanup closer = [descriptor] { close(descriptor); };
  if (fsync(descriptor) != 0) return FileError(path, "cannot sync the folder");
  return absl::OkStatus();
}

}  // namespace

bool CeremonyFolder::Has(const std::string& name) const {
  struct stat facts {};
  return lstat(PathOf(name).c_str(), &facts) == 0;
}

absl::StatusOr<std::optional<std::string>> CeremonyFolder::Read(const std::string& name) const {
  const std::string path = PathOf(name);
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) return std::nullopt;
  if (descriptor < 0) return FileError(path, "cannot be opened");
  const absl::Cleanup closer = [descriptor] { close(descriptor); };
  std::string content(kMaxFileSize + 1, '\0');
  size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = read(descriptor, content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError(path, "cannot be read");
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > kMaxFileSize) {
    return MakeError(Reason::kConfigurationInvalid, absl::StrCat(path, ": is over 256 KiB"));
  }
  content.resize(size);
  return content;
}

absl::StatusOr<std::vector<Bytes>> CeremonyFolder::ReadCertificates(const std::string& name) const {
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<std::string> pem, Read(name));
  if (pem.has_value()) {
    absl::StatusOr<std::vector<Bytes>> certificates = CertificatesFromPem(*pem);
    if (certificates.ok()) return certificates;
  }
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat(PathOf(name), ": holds no certificate in PEM"));
}

absl::StatusOr<bool> CeremonyFolder::Write(const std::string& name,
                                           absl::string_view content) const {
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<std::string> present, Read(name));
  if (present.has_value() && *present == content) return false;
  const std::string path = PathOf(name);
  const std::string beside = absl::StrCat(path, ".new");
  unlink(beside.c_str());  // of a run that was cut off
  const int descriptor =
      open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kPublicMode);
  if (descriptor < 0) return FileError(path, "cannot be written");
  const bool written = WriteAll(descriptor, content) && fchmod(descriptor, kPublicMode) == 0 &&
                       fsync(descriptor) == 0;
  const bool closed = close(descriptor) == 0;
  if (!written || !closed || rename(beside.c_str(), path.c_str()) != 0) {
    const absl::Status error = FileError(path, "cannot be written");
    unlink(beside.c_str());
    return error;
  }
  ENKRAT_RETURN_IF_ERROR(SyncFolder(path_));
  return true;
}

}  // namespace enkrat::signer
