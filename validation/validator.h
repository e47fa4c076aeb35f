// Validates signatures of any issuer: CAdES and plain CMS, PAdES and older PDF signatures, ASiC,
// RFC 3161 tokens (ETSI EN 319 102-1). Independent of how, and by whom, they were made.
#ifndef ENKRAT_VALIDATION_VALIDATOR_H_
#define ENKRAT_VALIDATION_VALIDATOR_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/validation_data.h"
#include "validation/certificate_path.h"
#include "validation/report.h"
#include "validation/trust_store.h"

namespace enkrat::validation {

struct ValidationLimits {
  uint64_t max_document_octets = uint64_t{100} << 20;
  uint64_t max_signature_octets = uint64_t{4} << 20;  // of one CMS
  int max_signatures = 64;
  int max_timestamps = 64;                      // of one signature, all kinds
  absl::Duration max_time = absl::Seconds(30);  // the rest is reported as kTryLater
};

// Immutable, thread-safe.
class Validator {
 public:
  struct Options {
    const TrustStore* trust = nullptr;  // not owned; required
    const Clock* clock = nullptr;       // not owned; required
    RevocationRule revocation = RevocationRule::kWholePath;
    ValidationLimits limits = {};
  };
  static absl::StatusOr<std::unique_ptr<Validator>> Create(Options options);
  ~Validator();

  struct Input {
    std::string path;  // what is to be validated: PDF, container, CMS or token (told by its octets)
    // The content of a detached CMS, or what a token was made over; any number, the one whose
    // digest fits is meant. Paths, or digests when the document is not at hand.
    std::vector<std::string> detached_paths;
    std::vector<Bytes> detached_digests;
    // Certificates and revocation data that the caller has; believed no more than embedded ones.
    ValidationData more;
    // Gets what is missing. Not owned; null: nothing is fetched (the default). For this call alone.
    RevocationFetcher* fetcher = nullptr;
    // By the wall clock: a call's deadline, if the validator's own limit is not nearer.
    absl::Time stop_at = absl::InfiniteFuture();
    // Validate as of then (EN 319 102-1 5.1.2); without: now.
    std::optional<absl::Time> at;
  };
  // A bad signature is a report, not an error. kRequestMalformed for octets of no known format,
  // kPdfDamaged, kPdfEncrypted, kLimitExceeded.
  absl::StatusOr<Report> Validate(const Input& input) const;

 private:
  class Engine;
  explicit Validator(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_VALIDATOR_H_
