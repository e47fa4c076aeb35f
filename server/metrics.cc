#include "server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <utility>
#include <vector>

#include "common/mutex.h"

namespace enkrat::server {
namespace {

// Seconds; from a cache hit to the longest deadline.
const prometheus::Histogram::BucketBoundaries& Buckets() {
  static const auto& buckets = *new prometheus::Histogram::BucketBoundaries{
      0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30};
  return buckets;
}

// Seconds; finer, for what takes a fraction of a millisecond.
const prometheus::Histogram::BucketBoundaries& StepBuckets() {
  static const auto& buckets = *new prometheus::Histogram::BucketBoundaries{
      0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5};
  return buckets;
}

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& calls =
      prometheus::BuildCounter()
          .Name("enkrat_calls_total")
          .Help("Finished calls by method and by Reason (README, table of errors).")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds =
      prometheus::BuildHistogram()
          .Name("enkrat_call_seconds")
          .Help("Time from a call's admission to its answer.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& sessions =
      prometheus::BuildCounter()
          .Name("enkrat_sessions_total")
          .Help("Signing sessions that ended after their intent was recorded, by Reason.")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& steps =
      prometheus::BuildHistogram()
          .Name("enkrat_step_seconds")
          .Help("Time of each step of a signing session (docs/life_of_a_signature.md).")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& ocsp = prometheus::BuildCounter()
                                                      .Name("enkrat_ocsp_responses_total")
                                                      .Help("Answered OCSP requests by Reason.")
                                                      .Register(registry);
  prometheus::Family<prometheus::Counter>& timestamps =
      prometheus::BuildCounter()
          .Name("enkrat_timestamps_total")
          .Help("Answered timestamp queries (RFC 3161) by door and by Reason.")
          .Register(registry);
  prometheus::Counter& documents = prometheus::BuildCounter()
                                       .Name("enkrat_documents_signed_total")
                                       .Help("Documents whose signature was released.")
                                       .Register(registry)
                                       .Add({});
  Mutex mutex;
  std::vector<std::pair<prometheus::Gauge*, std::function<double()>>> gauges ABSL_GUARDED_BY(mutex);
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::CountCall(absl::string_view method, absl::string_view reason, absl::Duration took) {
  const std::string name(method);
  families_->calls.Add({{"method", name}, {"reason", std::string(reason)}}).Increment();
  families_->seconds.Add({{"method", name}}, Buckets()).Observe(absl::ToDoubleSeconds(took));
}

void Metrics::CountSession(absl::string_view reason, size_t documents) {
  families_->sessions.Add({{"reason", std::string(reason)}}).Increment();
  families_->documents.Increment(static_cast<double>(documents));
}

void Metrics::CountStep(absl::string_view step, absl::Duration took) {
  families_->steps.Add({{"step", std::string(step)}}, StepBuckets())
      .Observe(absl::ToDoubleSeconds(took));
}

void Metrics::CountOcsp(absl::string_view result) {
  families_->ocsp.Add({{"result", std::string(result)}}).Increment();
}

void Metrics::CountTimestamp(absl::string_view via, absl::string_view result) {
  families_->timestamps.Add({{"via", std::string(via)}, {"result", std::string(result)}})
      .Increment();
}

void Metrics::AddGauge(const std::string& name, const std::string& help,
                       std::function<double()> read) {
  prometheus::Gauge& gauge =
      prometheus::BuildGauge().Name(name).Help(help).Register(families_->registry).Add({});
  MutexLock lock(families_->mutex);
  families_->gauges.emplace_back(&gauge, std::move(read));
}

std::string Metrics::Text() {
  {
    MutexLock lock(families_->mutex);
    for (auto& [gauge, read] : families_->gauges) gauge->Set(read());
  }
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace enkrat::server
