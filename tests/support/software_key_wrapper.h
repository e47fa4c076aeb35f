// A key wrapper for ledgers in tests, with its key in memory; it can lose it, or be away.
#ifndef ENKRAT_TESTS_SUPPORT_SOFTWARE_KEY_WRAPPER_H_
#define ENKRAT_TESTS_SUPPORT_SOFTWARE_KEY_WRAPPER_H_

#include <atomic>
#include <optional>

#include "common/aead.h"
#include "common/reason.h"
#include "store/key_wrapper.h"

namespace enkrat::testing {

// Thread-safe.
class SoftwareKeyWrapper final : public store::KeyWrapper {
 public:
  // Wrappers of one seed are the same key.
  explicit SoftwareKeyWrapper(uint8_t seed = 1) : key_(kAeadKeyBytes, seed) {}

  absl::StatusOr<Bytes> Wrap(ByteSpan data_key) override {
    ++wraps_;
    if (away_) return MakeError(Reason::kHsmUnavailable, "the test's HSM is away");
    return AeadSeal(key_, data_key, {});
  }
  absl::StatusOr<Secret> Unwrap(ByteSpan wrapped) override {
    ++unwraps_;
    if (away_) return MakeError(Reason::kHsmUnavailable, "the test's HSM is away");
    const std::optional<Bytes> octets = AeadOpen(key_, wrapped, {});
    if (octets.has_value()) return Secret(ByteSpan(*octets));
    return MakeError(Reason::kConfigurationInvalid, "wrapped with another key");
  }

  void SetAway(bool away) { away_ = away; }
  int wraps() const { return wraps_; }
  int unwraps() const { return unwraps_; }

 private:
  const Bytes key_;
  std::atomic<bool> away_{false};
  std::atomic<int> wraps_{0};
  std::atomic<int> unwraps_{0};
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_SOFTWARE_KEY_WRAPPER_H_
