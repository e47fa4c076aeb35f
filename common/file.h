// Whole files: read with a bound, and written so that a reader finds the old one or the new one.
#ifndef ENKRAT_COMMON_FILE_H_
#define ENKRAT_COMMON_FILE_H_

#include <sys/types.h>

#include <string>

#include "absl/status/statusor.h"
#include "common/bytes.h"

namespace enkrat {

// The octets of a file of at most `most_octets`. Errors name the file: kNotFound if there is none,
// kLimitExceeded if it is longer, kConfigurationInvalid if it cannot be read.
absl::StatusOr<Bytes> ReadFile(const std::string& path, size_t most_octets);

struct WriteFileOptions {
  mode_t mode = 0644;
  bool regardless_of_umask = false;
  bool overwrite = false;  // otherwise what stands at `path`, whoever made it and when, stays
};

// Writes beside `path`, syncs, and renames (or links, without `overwrite`) into place: `path` is
// whole, or as it was. False if something stood there and stays. kConfigurationInvalid, naming the
// file, if it cannot be written.
absl::StatusOr<bool> WriteFile(const std::string& path, ByteSpan content,
                               const WriteFileOptions& options);

// Whether anything stands there, be it a link to nowhere.
bool FileExists(const std::string& path);

}  // namespace enkrat

#endif  // ENKRAT_COMMON_FILE_H_
