// The signing workflow's observer that counts for Prometheus and logs what needs an operator.
#ifndef ENKRAT_SERVER_SESSION_METRICS_H_
#define ENKRAT_SERVER_SESSION_METRICS_H_

#include "common/log.h"
#include "common/reason.h"
#include "server/metrics.h"
#include "signer/session_observer.h"

namespace enkrat::server {

// Thread-safe. Owns nothing.
class SessionMetrics final : public signer::SessionObserver {
 public:
  SessionMetrics(Metrics& metrics, Logger& logger) : metrics_(metrics), logger_(logger) {}

  void StepDone(absl::string_view step, absl::Duration took) override {
    metrics_.CountStep(step, took);
  }

  void SessionEnded(const absl::Status& status, size_t documents) override {
    if (status.ok()) return metrics_.CountSession("OK", documents);
    const Reason reason = ReasonOf(status);
    metrics_.CountSession(ReasonName(reason), documents);
    if (reason == Reason::kKeyDestructionUnconfirmed ||
        reason == Reason::kSignatureSelfCheckFailed || reason == Reason::kLintFailed ||
        reason == Reason::kProfileRejected || reason == Reason::kPinRejected) {
      logger_.Error("ALARM: an operator is needed",
                    {{"reason", ReasonName(reason)}, {"why", status.message()}});
    }
  }

 private:
  Metrics& metrics_;
  Logger& logger_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_SESSION_METRICS_H_
