// Verifies a detached CAdES signature: the CMS, its timestamp, and the chain at the time of the
// timestamp. Independent of how the signature was made.
#ifndef ENKRAT_ADES_VERIFIER_H_
#define ENKRAT_ADES_VERIFIER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/digest.h"

namespace enkrat::ades {

// One thing that was looked at.
struct Check {
  std::string name;  // stable, such as "signature-value", "signed-attributes", "timestamp"
  bool passed = false;
  std::string detail;  // one sentence
};

struct Verdict {
  bool valid = false;         // every check passed
  std::vector<Check> checks;  // in order
  std::string level;          // "CAdES B-B" or "CAdES B-T"
  Bytes signer_certificate_der;
  std::string signer_subject;  // RFC 2253 text of the certificate's subject
  std::optional<absl::Time> claimed_signing_time;
  std::optional<absl::Time> timestamp_time;  // genTime of the best timestamp
  absl::Time validated_at;                   // the time at which the signer's chain was checked
};

// Immutable, thread-safe.
class Verifier {
 public:
  struct Options {
    std::vector<Bytes> trusted_roots_der;  // 1..64
    const Clock* clock = nullptr;          // not owned; required
  };
  static absl::StatusOr<std::unique_ptr<Verifier>> Create(Options options);
  ~Verifier();

  // `digest_of` answers the document's digest (it is asked once, for the algorithm that the
  // signature names). A signature that is not good is a Verdict, not an error. kRequestMalformed,
  // kLimitExceeded (over 1 MiB) for octets that are no CMS; `digest_of`'s own errors.
  absl::StatusOr<Verdict> VerifyDetached(
      ByteSpan cms_der, absl::FunctionRef<absl::StatusOr<Bytes>(DigestAlgorithm)> digest_of) const;

 private:
  class Trust;
  Verifier(std::unique_ptr<Trust> trust, const Clock* clock);

  std::unique_ptr<Trust> trust_;
  const Clock* clock_;
};

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_VERIFIER_H_
