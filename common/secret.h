// Secrets: memory that is wiped when it goes, and files that only their owner can read.
#ifndef ENKRAT_COMMON_SECRET_H_
#define ENKRAT_COMMON_SECRET_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"

namespace enkrat {

// A PIN, a password or key octets. Move-only; wiped on destruction; cannot be printed by accident.
class Secret {
 public:
  Secret() = default;
  explicit Secret(ByteSpan octets) : octets_(octets.begin(), octets.end()) {}
  explicit Secret(absl::string_view text) : Secret(AsSpan(text)) {}
  Secret(Secret&& other) noexcept : octets_(std::move(other.octets_)) { other.octets_.clear(); }
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { Wipe(); }

  ByteSpan Reveal() const { return octets_; }
  bool empty() const { return octets_.empty(); }

 private:
  void Wipe();

  Bytes octets_;
};

// Reads a secret of at most 4096 octets; one line ending at its end is dropped.
// kConfigurationInvalid, with the path and how to mend it, unless it is a regular file that belongs
// to this process's user or root and that nobody but its owner can read or write (mode 0400 or
// 0600).
absl::StatusOr<Secret> ReadSecretFile(const std::string& path);

// Creates `path` with mode 0400 and writes the secret, durably. kConfigurationInvalid if it exists.
absl::Status WriteSecretFile(const std::string& path, ByteSpan secret);

}  // namespace enkrat

#endif  // ENKRAT_COMMON_SECRET_H_
