// What the service says of its health, as it changes: grpc.health.v1.Health/Watch.
#ifndef ENKRAT_TESTS_FAULT_HEALTH_WATCH_H_
#define ENKRAT_TESTS_FAULT_HEALTH_WATCH_H_

#include <memory>
#include <string>

#include "absl/time/time.h"

namespace enkrat::testing {

// For one thread.
class HealthWatch {
 public:
  explicit HealthWatch(const std::string& target);
  ~HealthWatch();

  // Until the service says so; at once if that was its last word. False: the stream ended or the
  // timeout came first.
  bool WaitUntilServing(absl::Duration timeout = absl::Seconds(30));
  bool WaitUntilNotServing(absl::Duration timeout = absl::Seconds(30));

 private:
  class Stream;  // keeps gRPC out of this header
  std::unique_ptr<Stream> stream_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_FAULT_HEALTH_WATCH_H_
