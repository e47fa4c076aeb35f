#include "hsm/self_test.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/random.h"
#include "common/reason.h"
#include "hsm/key_attributes.h"
#include "hsm/one_time_key.h"

namespace enkrat::hsm {
namespace {

// A promise that the token itself breaks is nothing a retry could mend.
absl::Status AsTokenDefect(const absl::Status& status) {
  const bool defect = !status.ok() && (ReasonOf(status) == Reason::kInternal ||
                                       ReasonOf(status) == Reason::kKeyDestructionUnconfirmed);
  if (!defect) return status;
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat("the token must not be used: ", status.message()));
}

// One algorithm's life of a key. Add answers whether to go on.
class AlgorithmTest {
 public:
  AlgorithmTest(KeyAlgorithm algorithm, SelfTestReport& report)
      : algorithm_(algorithm), report_(report) {}

  void Run(SessionLease& lease) {
    absl::StatusOr<OneTimeKey> key =
        lease.GenerateOneTimeKey({.algorithm = algorithm_, .label = "enkrat-self-test"});
    if (!Add("a one-time key is generated and keeps its promises", key.status(),
             key.ok() ? absl::StrCat("made by ", key->attributes().generation_mechanism) : "")) {
      return;
    }
    // Generate has refused any other token already; the report states it by itself.
    Add("the private value cannot be read", absl::OkStatus(), key->attributes().value_read_result);
    if (!Sign(*key)) return;
    const absl::StatusOr<DestructionReceipt> receipt = std::move(*key).Destroy();
    Add("the key is destroyed and the token denies it", receipt.status(),
        receipt.ok()
            ? absl::StrCat(receipt->private_object_answer(), ", ", receipt->public_object_answer())
            : "");
  }

 private:
  bool Sign(OneTimeKey& key) {
    const DigestAlgorithm digest_algorithm = DefaultDigest(algorithm_);
    const Bytes digest = ComputeDigest(digest_algorithm, RandomBytes(32));
    const absl::StatusOr<Bytes> signature = key.SignDigest(digest_algorithm, digest);
    if (!Add("a digest is signed", signature.status(), "")) return false;
    return Add("the signature verifies with the public key",
               key.public_key().VerifyDigest(digest_algorithm, digest, *signature), "");
  }

  bool Add(absl::string_view name, const absl::Status& status, std::string detail) {
    report_.checks.push_back({.name = absl::StrCat(KeyAlgorithmName(algorithm_), ": ", name),
                              .status = AsTokenDefect(status),
                              .detail = std::move(detail)});
    return status.ok();
  }

  const KeyAlgorithm algorithm_;
  SelfTestReport& report_;
};

}  // namespace

absl::Status SelfTestReport::status() const {
  for (const SelfTestCheck& check : checks) {
    if (!check.status.ok()) return WithContext(check.status, check.name);
  }
  return absl::OkStatus();
}

SelfTestReport RunSelfTest(SessionPool& pool, const SelfTestOptions& options) {
  SelfTestReport report;
  for (const KeyAlgorithm algorithm : options.algorithms) {
    // A lease each: a session that failed is not used for the next algorithm.
    absl::StatusOr<SessionLease> lease = pool.Acquire(options.deadline);
    if (!lease.ok()) {
      report.checks.push_back(
          {.name = "a session is free", .status = lease.status(), .detail = ""});
      break;
    }
    AlgorithmTest(algorithm, report).Run(*lease);
  }
  return report;
}

}  // namespace enkrat::hsm
