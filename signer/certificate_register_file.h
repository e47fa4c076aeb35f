// The file that keeps the certificate register, in the ceremony's folder.
#ifndef ENKRAT_SIGNER_CERTIFICATE_REGISTER_FILE_H_
#define ENKRAT_SIGNER_CERTIFICATE_REGISTER_FILE_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "signer/certificate_register.h"

namespace enkrat::signer {

inline constexpr char kRegisterFile[] = "certificate-register.json";

// Not thread-safe: one writer at a time, by the lock of the folder. Public (mode 0644): it holds
// certificates and decisions.
class CertificateRegisterFile {
 public:
  // `folder` exists.
  explicit CertificateRegisterFile(const std::string& folder)
      : path_(folder + "/" + kRegisterFile) {}

  const std::string& path() const { return path_; }

  // nullopt if there is none: a ceremony whose certificates nobody has changed since.
  // kConfigurationInvalid, naming the file, unless it is a plain file that belongs to root, to the
  // caller or to the owner of its folder, that nobody else can write, and that holds a register.
  absl::StatusOr<std::optional<CertificateRegister>> Read() const;
  // Beside, synced, renamed into place. kConfigurationInvalid if the folder cannot be written.
  absl::Status Write(const CertificateRegister& content) const;

 private:
  std::string path_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CERTIFICATE_REGISTER_FILE_H_
