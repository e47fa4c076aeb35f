// The certificate register as a running service sees it: always the file's content of now.
#ifndef ENKRAT_SIGNER_CERTIFICATE_REGISTER_READER_H_
#define ENKRAT_SIGNER_CERTIFICATE_REGISTER_READER_H_

#include <sys/stat.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "signer/certificate_register_file.h"

namespace enkrat::signer {

// Thread-safe. Looks at the file's identity, size and time at each call, and reads it when they
// have changed: the writer renames a new file into place, so a change is never missed.
class CertificateRegisterReader {
 public:
  explicit CertificateRegisterReader(const std::string& folder) : file_(folder) {}

  // The register; an empty one if there is no file and never was. Immutable; stays valid for as
  // long as it is held. Errors: CertificateRegisterFile::Read; and kConfigurationInvalid for a file
  // that was there and is gone: a revocation is not undone by removing it.
  absl::StatusOr<std::shared_ptr<const CertificateRegister>> Current() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // What tells one file from its successor.
  struct Version {
    bool there = false;
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    int64_t modified_seconds = 0;
    int64_t modified_nanoseconds = 0;
    bool operator==(const Version&) const = default;
  };
  Version Look() const;

  const CertificateRegisterFile file_;
  Mutex mutex_;
  Version version_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const CertificateRegister> current_ ABSL_GUARDED_BY(mutex_) =
      std::make_shared<const CertificateRegister>();
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CERTIFICATE_REGISTER_READER_H_
