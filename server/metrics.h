// The service's figures in Prometheus' text format: what an operator watches and alarms on.
#ifndef ENKRAT_SERVER_METRICS_H_
#define ENKRAT_SERVER_METRICS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace enkrat::server {

// Thread-safe.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  // One finished call: enkrat_calls_total{method,reason} and enkrat_call_seconds{method}. `reason`
  // is a ReasonName, or "OK".
  void CountCall(absl::string_view method, absl::string_view reason, absl::Duration took);

  // One session that ended after its intent: enkrat_sessions_total{reason}, and
  // enkrat_documents_signed_total.
  void CountSession(absl::string_view reason, size_t documents);
  // enkrat_step_seconds{step}: a step of the signing workflow.
  void CountStep(absl::string_view step, absl::Duration took);

  // One answered RFC 3161 query: enkrat_timestamps_total{via,result}. `via` is "http" or "grpc",
  // `result` "OK" or a ReasonName.
  void CountTimestamp(absl::string_view via, absl::string_view result);

  // One answered OCSP request: enkrat_ocsp_responses_total{result}, "OK" or a ReasonName.
  void CountOcsp(absl::string_view result);

  // A gauge that is read whenever the figures are asked for. `read` must stay callable as long as
  // the metrics live.
  void AddGauge(const std::string& name, const std::string& help, std::function<double()> read);

  // text/plain; version=0.0.4.
  std::string Text();

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_METRICS_H_
