// Sign requests for a load run, each with an ID token of its own from the demo's identity
// provider, made before they are needed.
#ifndef ENKRAT_CLI_REQUEST_SUPPLY_H_
#define ENKRAT_CLI_REQUEST_SUPPLY_H_

#include <deque>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/demo_login.h"
#include "cli/wire.h"
#include "common/mutex.h"

namespace enkrat::v1 {
class SignRequest;
}

namespace enkrat::cli {

// Content of a document of a load run: whoever holds the request can make it again and verify.
std::string LoadDocument(const std::string& request_id, size_t index);

// Thread-safe.
class RequestSupply {
 public:
  struct Options {
    LoginArguments login = {};  // nonce is not used
    std::string relying_party = {};
    SignChoice choice = {};
    size_t documents = 1;                        // a request
    size_t stock = 10'000;                       // requests kept ready; tokens age while they wait
    size_t total = 10'000;                       // requests in all
    absl::Duration timeout = absl::Seconds(60);  // of one call to the provider
  };

  // Returns when `stock` (or `total`) requests are ready; a thread makes the rest while the run
  // goes on. Errors as LoginMany.
  static absl::StatusOr<std::unique_ptr<RequestSupply>> Create(const Options& options);
  ~RequestSupply();

  // The next request; null if there is none now.
  std::shared_ptr<const v1::SignRequest> Take() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  explicit RequestSupply(const Options& options) : options_(options) {}

  absl::Status Make(size_t count) ABSL_LOCKS_EXCLUDED(mutex_);
  void Refill(const std::stop_token& stop) ABSL_LOCKS_EXCLUDED(mutex_);

  const Options options_;
  size_t made_ = 0;  // by Create, then by the thread alone
  Mutex mutex_;
  CondVar taken_;
  std::deque<std::shared_ptr<const v1::SignRequest>> ready_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::jthread refill_;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_REQUEST_SUPPLY_H_
