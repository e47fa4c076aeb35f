// The folder that `enkrat init` fills: made private, and held by one run at a time.
#ifndef ENKRAT_CLI_INIT_FOLDER_H_
#define ENKRAT_CLI_INIT_FOLDER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace enkrat::cli {

// Makes the folder with mode 0700 if it is not there; its parent must be. Unavailable if that
// fails.
absl::Status MakePrivateFolder(const std::string& path);

// Nobody else's ceremony runs in the folder while it lives (flock on the folder).
class FolderLock {
 public:
  // Unavailable if another run holds it.
  static absl::StatusOr<FolderLock> Acquire(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept : descriptor_(other.descriptor_) {
    other.descriptor_ = -1;
  }
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_INIT_FOLDER_H_
