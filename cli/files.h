// The files that a command is given and makes, with exit codes for what goes wrong (common/file.h
// reads and writes them).
#ifndef ENKRAT_CLI_FILES_H_
#define ENKRAT_CLI_FILES_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/file.h"

namespace enkrat::cli {

// The whole file. Unavailable (exit code 2) if it cannot be read; kLimitExceeded beyond
// `limit_bytes`.
absl::StatusOr<Bytes> ReadFile(const std::string& path, size_t limit_bytes);

// Digest of a file of any size, read in pieces. `progress`, if set, gets octets done and in all.
absl::StatusOr<Bytes> DigestFile(const std::string& path, DigestAlgorithm algorithm,
                                 const std::function<void(uint64_t, uint64_t)>& progress = {});

struct WriteOptions {
  mode_t mode = 0644;      // before the umask
  bool overwrite = false;  // otherwise a usage error if `path` exists, whoever made it and when
};

// `path` is whole, or as it was. Unavailable if the folder cannot be written.
absl::Status WriteFile(const std::string& path, ByteSpan content, const WriteOptions& options);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_FILES_H_
