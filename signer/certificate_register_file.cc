#include "signer/certificate_register_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::signer {
namespace {

constexpr size_t kMaxFileSize = 16 * 1024 * 1024;

// Whoever could write it could bring a revoked certificate back to life.
absl::Status CheckOwner(const std::string& path) {
  struct stat file {};
  struct stat folder {};
  const std::string parent = path.substr(0, path.rfind('/') + 1);
  if (::lstat(path.c_str(), &file) != 0 || ::stat(parent.c_str(), &folder) != 0) {
    return MakeError(Reason::kConfigurationInvalid, absl::StrCat(path, ": cannot be looked at"));
  }
  const bool owned = file.st_uid == 0 || file.st_uid == ::geteuid() || file.st_uid == folder.st_uid;
  if (!S_ISREG(file.st_mode) || !owned || (file.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return MakeError(
        Reason::kConfigurationInvalid,
        absl::StrCat(path, ": is not a file that the owner of its folder alone can write"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<CertificateRegister>> CertificateRegisterFile::Read() const {
  if (!FileExists(path_)) return std::nullopt;
  ENKRAT_RETURN_IF_ERROR(CheckOwner(path_));
  const absl::StatusOr<Bytes> content = ReadFile(path_, kMaxFileSize);
  if (!content.ok()) {
    return MakeError(Reason::kConfigurationInvalid, content.status().message());
  }
  absl::StatusOr<CertificateRegister> made = CertificateRegister::FromJson(ToString(*content));
  if (!made.ok()) return WithContext(made.status(), path_);
  return std::make_optional(*std::move(made));
}

absl::Status CertificateRegisterFile::Write(const CertificateRegister& content) const {
  const std::string json = content.ToJson();
  return WriteFile(path_, AsSpan(json),
                   {.mode = 0644, .regardless_of_umask = true, .overwrite = true})
      .status();
}

}  // namespace enkrat::signer
