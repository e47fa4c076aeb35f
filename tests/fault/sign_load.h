// A closed loop of Sign calls that keeps what every one of them came to.
#ifndef ENKRAT_TESTS_FAULT_SIGN_LOAD_H_
#define ENKRAT_TESTS_FAULT_SIGN_LOAD_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/mutex.h"
#include "tests/fault/signing_client.h"

namespace enkrat::testing {

struct SignedCall {
  v1::SignRequest request;
  SignAnswer answer;
};

// Thread-safe.
class SignLoad {
 public:
  struct Options {
    std::string target = {};
    size_t concurrency = 12;
    std::function<v1::SignRequest()> next = {};  // from any thread
    absl::Duration timeout = absl::Seconds(30);  // of a call
  };

  // Starts `concurrency` calls; another one whenever one is answered.
  explicit SignLoad(Options options);
  ~SignLoad();

  // Until so many calls in all were answered, whatever the answer. False: not within the timeout.
  bool WaitForAnswers(size_t count, absl::Duration timeout = absl::Seconds(60));
  // The same for calls that the service completed.
  bool WaitForSignatures(size_t count, absl::Duration timeout = absl::Seconds(60));
  // The same for calls that failed.
  bool WaitForFailures(size_t count, absl::Duration timeout = absl::Seconds(60));
  // The calls under way, oldest first, are reset: `count` of them at most.
  void Cancel(size_t count);
  // No more calls, but for those that are on the point of starting.
  void Stop();
  // Stops, waits for the calls under way, and gives what all of them came to.
  std::vector<SignedCall> Finish();

 private:
  void StartOne();
  void Ended(size_t number, const v1::SignRequest& request, const SignAnswer& answer);
  bool WaitFor(const size_t& counter, size_t count, absl::Duration timeout);

  const Options options_;
  Mutex mutex_;
  CondVar changed_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  size_t started_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t answered_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t signed_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t failed_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<size_t, std::shared_ptr<SigningClient::Call>> calls_ ABSL_GUARDED_BY(mutex_);
  std::vector<SignedCall> ended_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<SigningClient> client_;  // last: its destruction waits for the calls
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_FAULT_SIGN_LOAD_H_
