// A file in the making, beside the one that it becomes: that, or nothing.
#ifndef ENKRAT_CLI_DRAFT_FILE_H_
#define ENKRAT_CLI_DRAFT_FILE_H_

#include <string>

#include "absl/status/status.h"

namespace enkrat::cli {

// Move-only; removes what was not kept.
class DraftFile {
 public:
  explicit DraftFile(std::string path);
  DraftFile(DraftFile&& other) noexcept;
  ~DraftFile();

  // Where to write meanwhile.
  const std::string& part() const { return part_; }
  // Begins with the octets of another file. Unavailable if it cannot be copied.
  absl::Status CopyFrom(const std::string& original);
  // Puts it into its place. A usage error if something stands there, unless `force`.
  absl::Status Keep(bool force);

 private:
  std::string path_;
  std::string part_;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_DRAFT_FILE_H_
