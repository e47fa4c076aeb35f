#include "tests/fault/sign_load.h"

#include <utility>

namespace enkrat::testing {

SignLoad::SignLoad(Options options)
    : options_(std::move(options)), client_(std::make_unique<SigningClient>(options_.target)) {
  for (size_t i = 0; i < options_.concurrency; ++i) StartOne();
}

SignLoad::~SignLoad() { Finish(); }

void SignLoad::StartOne() {
  v1::SignRequest request = options_.next();
  size_t number = 0;
  {
    const MutexLock lock(mutex_);
    if (stopped_) return;
    number = started_++;
    ++running_;
  }
  auto call = client_->Start(
      request, options_.timeout,
      [this, number, request](const SignAnswer& answer) { Ended(number, request, answer); });
  const MutexLock lock(mutex_);
  const auto place = calls_.emplace(number, call);
  if (!place.second) calls_.erase(place.first);  // it has ended already
}

void SignLoad::Ended(size_t number, const v1::SignRequest& request, const SignAnswer& answer) {
  {
    const MutexLock lock(mutex_);
    ++answered_;
    ++(answer.status.ok() ? signed_ : failed_);
    ended_.push_back({request, answer});
    // A null place tells StartOne that it comes late.
    if (const auto place = calls_.emplace(number, nullptr); !place.second) {
      calls_.erase(place.first);
    }
  }
  StartOne();
  const MutexLock lock(mutex_);
  --running_;
  changed_.notify_all();
}

bool SignLoad::WaitFor(const size_t& counter, size_t count, absl::Duration timeout) {
  const absl::Time end = absl::Now() + timeout;
  const MutexLock lock(mutex_);
  while (counter < count) {
    const absl::Duration left = end - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    changed_.wait_for(mutex_, absl::ToChronoMicroseconds(left));
  }
  return true;
}

bool SignLoad::WaitForAnswers(size_t count, absl::Duration timeout) {
  return WaitFor(answered_, count, timeout);
}

bool SignLoad::WaitForSignatures(size_t count, absl::Duration timeout) {
  return WaitFor(signed_, count, timeout);
}

bool SignLoad::WaitForFailures(size_t count, absl::Duration timeout) {
  return WaitFor(failed_, count, timeout);
}

void SignLoad::Cancel(size_t count) {
  std::vector<std::shared_ptr<SigningClient::Call>> chosen;
  {
    const MutexLock lock(mutex_);
    for (auto place = calls_.begin(); place != calls_.end() && chosen.size() < count; ++place) {
      if (place->second != nullptr) chosen.push_back(place->second);
    }
  }
  for (const auto& call : chosen) call->Cancel();
}

void SignLoad::Stop() {
  const MutexLock lock(mutex_);
  stopped_ = true;
}

std::vector<SignedCall> SignLoad::Finish() {
  const MutexLock lock(mutex_);
  stopped_ = true;
  while (running_ > 0) changed_.wait(mutex_);
  return std::move(ended_);
}

}  // namespace enkrat::testing
