// A sample of a load run's answers, verified after the run so that it does not slow it down.
#ifndef ENKRAT_CLI_ANSWER_SAMPLE_H_
#define ENKRAT_CLI_ANSWER_SAMPLE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "cli/load_report.h"
#include "common/mutex.h"

namespace enkrat::v1 {
class SignRequest;
class SignResponse;
}  // namespace enkrat::v1

namespace enkrat::cli {

// OK if every signature of the answer is good for the request's documents: raw values with the
// certificate's key, CMS with OpenSSL's CMS_verify over the document and with that certificate.
absl::Status VerifyLoadAnswer(const v1::SignRequest& request, const v1::SignResponse& response);

// Thread-safe.
class AnswerSample {
 public:
  // Keeps every `every`-th answer, at most `limit`.
  AnswerSample(uint64_t every, size_t limit) : every_(every), limit_(limit) {}

  void Offer(std::shared_ptr<const v1::SignRequest> request, const v1::SignResponse& response)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // Verifies what was kept and adds the counts.
  void AddTo(LoadReport& report) const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Pair {
    std::shared_ptr<const v1::SignRequest> request;
    std::shared_ptr<const v1::SignResponse> response;
  };

  const uint64_t every_;
  const size_t limit_;
  mutable Mutex mutex_;
  uint64_t offered_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Pair> kept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_ANSWER_SAMPLE_H_
