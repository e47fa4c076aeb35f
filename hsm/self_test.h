// The start-up self-test of a token: one whole life of a one-time key, step by step, before
// anything is served.
#ifndef ENKRAT_HSM_SELF_TEST_H_
#define ENKRAT_HSM_SELF_TEST_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/signing_key.h"
#include "hsm/session_pool.h"

namespace enkrat::hsm {

struct SelfTestCheck {
  std::string name;  // "ECDSA-P256: the private value cannot be read"
  absl::Status status;
  std::string detail;  // what the token answered
};

struct SelfTestReport {
  // In the order they ran; ends with the first failure of each algorithm.
  std::vector<SelfTestCheck> checks;

  // OK, or the first failure. kConfigurationInvalid for a token that yields extractable,
  // non-sensitive or non-local keys or whose destroyed keys still answer: it must not be used.
  absl::Status status() const;
};

struct SelfTestOptions {
  std::vector<KeyAlgorithm> algorithms = {KeyAlgorithm::kEcdsaP256};
  absl::Time deadline = absl::InfiniteFuture();  // to get a session
};

// Generates, signs, verifies and destroys a key of each algorithm with a session of the pool.
SelfTestReport RunSelfTest(SessionPool& pool, const SelfTestOptions& options);

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_SELF_TEST_H_
