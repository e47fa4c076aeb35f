#include "signer/certificate_register_reader.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::signer {

CertificateRegisterReader::Version CertificateRegisterReader::Look() const {
  struct stat facts {};
  if (::lstat(file_.path().c_str(), &facts) != 0) return {};
  return {.there = true,
          .device = facts.st_dev,
          .inode = facts.st_ino,
          .size = facts.st_size,
          .modified_seconds = facts.st_mtim.tv_sec,
          .modified_nanoseconds = facts.st_mtim.tv_nsec};
}

absl::StatusOr<std::shared_ptr<const CertificateRegister>> CertificateRegisterReader::Current() {
  MutexLock lock(mutex_);
  // Looked at before it is read: a file that is replaced in between is read again next time.
  const Version version = Look();
  if (version == version_) return current_;
  ENKRAT_ASSIGN_OR_RETURN(std::optional<CertificateRegister> content, file_.Read());
  if (!content.has_value()) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat(file_.path(), ": was there and is gone"));
  }
  current_ = std::make_shared<const CertificateRegister>(*std::move(content));
  version_ = version;
  return current_;
}

}  // namespace enkrat::signer
