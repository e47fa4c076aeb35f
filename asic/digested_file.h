// A file on disk that was digested once, and is packed later only if it is still the same.
#ifndef ENKRAT_ASIC_DIGESTED_FILE_H_
#define ENKRAT_ASIC_DIGESTED_FILE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/digest.h"

namespace enkrat::asic {

// Reads a regular file from its beginning to its end, once, and digests what went through. Not
// thread-safe.
class DigestingReader {
 public:
  // kNotFound if there is none, kConfigurationInvalid if it is not a regular file that can be read.
  static absl::StatusOr<std::unique_ptr<DigestingReader>> Open(const std::string& path,
                                                               DigestAlgorithm algorithm);
  virtual ~DigestingReader() = default;

  // At the time of Open.
  virtual uint64_t size() const = 0;
  // Octets read into `out`; 0 at the end; kConfigurationInvalid if the file cannot be read.
  virtual absl::StatusOr<size_t> Read(uint8_t* out, size_t most) = 0;
  // Of all that was read.
  virtual absl::StatusOr<Bytes> Digest() = 0;
};

struct FileDigest {
  Bytes digest;
  uint64_t size = 0;
};

// Of a file of at most `most_octets`: kLimitExceeded, or as Open.
absl::StatusOr<FileDigest> DigestFile(const std::string& path, DigestAlgorithm algorithm,
                                      uint64_t most_octets);

}  // namespace enkrat::asic

#endif  // ENKRAT_ASIC_DIGESTED_FILE_H_
