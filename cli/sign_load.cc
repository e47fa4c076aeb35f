#include "cli/sign_load.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <utility>

#include "absl/time/clock.h"
#include "cli/answer_sample.h"
#include "common/reason.h"
#include "enkrat/v1/signing_service.pb.h"

namespace enkrat::cli {
namespace {

constexpr uint64_t kSampleEvery = 50;
constexpr size_t kSampleLimit = 200;

class Run {
 public:
  Run(const SignLoadOptions& options, const std::vector<std::unique_ptr<Client>>& clients,
      RequestSupply& supply, Progress& progress)
      : options_(options),
        clients_(clients),
        supply_(supply),
        progress_(progress),
        begin_(absl::Now() + options.warm_up),
        end_(begin_ + options.length),
        recorder_(begin_, end_) {}

  LoadReport Closed() {
    for (size_t slot = 0; slot < options_.concurrency; ++slot) {
      Enter();
      Continue(*clients_[slot % clients_.size()]);
    }
    return Finish("closed");
  }

  LoadReport Open() {
    const absl::Duration gap = absl::Seconds(1) / options_.rate;
    absl::Time due = absl::Now();
    for (size_t i = 0; due < end_; ++i, due += gap) {
      progress_.Report(i, 0);
      if (const absl::Time now = absl::Now(); due > now) absl::SleepFor(due - now);
      if (Running() >= options_.concurrency) {
        recorder_.Record(MakeError(Reason::kOverloaded, "too many calls wait"), due,
                         absl::ZeroDuration());
        continue;
      }
      std::shared_ptr<const v1::SignRequest> request = supply_.Take();
      if (request == nullptr) break;
      Enter();
      Start(*clients_[i % clients_.size()], std::move(request), due, [this] { Leave(); });
    }
    if (absl::Now() < end_) ran_dry_ = true;
    return Finish("open");
  }

 private:
  void Enter() ABSL_LOCKS_EXCLUDED(mutex_) {
    const MutexLock lock(mutex_);
    ++running_;
  }
  void Leave() ABSL_LOCKS_EXCLUDED(mutex_) {
    const MutexLock lock(mutex_);
    last_end_ = std::max(last_end_, absl::Now());
    if (--running_ == 0) idle_.notify_all();
  }
  size_t Running() const ABSL_LOCKS_EXCLUDED(mutex_) {
    const MutexLock lock(mutex_);
    return running_;
  }

  // One slot of the closed loop: the next call, or the slot's end.
  void Continue(Client& client) {
    const absl::Time now = absl::Now();
    if (away_) return Leave();
    std::shared_ptr<const v1::SignRequest> request = now < end_ ? supply_.Take() : nullptr;
    if (request == nullptr) {
      if (now < end_) ran_dry_ = true;
      Leave();
      return;
    }
    Start(client, std::move(request), now, [this, &client] { Continue(client); });
  }

  void Start(Client& client, std::shared_ptr<const v1::SignRequest> request, absl::Time due,
             std::function<void()> next) {
    const v1::SignRequest& message = *request;
    client.StartSign(message, [this, request = std::move(request), due, next = std::move(next)](
                                  const absl::Status& status, const v1::SignResponse& response) {
      const absl::Time now = absl::Now();
      recorder_.Record(status, now, now - due);
      if (status.ok()) sample_.Offer(request, response);
      // Without a service a closed loop would only spin.
      if (absl::IsUnavailable(status) && ReasonOf(status) == Reason::kInternal) away_ = true;
      next();
    });
  }

  LoadReport Finish(const char* mode) {
    WaitUntilIdle();
    LoadReport report;
    report.mode = mode;
    report.ran_dry = ran_dry_;
    report.elapsed = std::max(std::min(LastEnd(), end_) - begin_, absl::ZeroDuration());
    recorder_.AddTo(report);
    sample_.AddTo(report);
    return report;
  }

  void WaitUntilIdle() ABSL_LOCKS_EXCLUDED(mutex_) {
    const auto whole = static_cast<uint64_t>(absl::ToInt64Milliseconds(end_ - begin_));
    const MutexLock lock(mutex_);
    while (running_ > 0) {
      idle_.wait_for(mutex_, std::chrono::milliseconds(200));
      const auto done = absl::ToInt64Milliseconds(absl::Now() - begin_);
      progress_.Report(std::min(static_cast<uint64_t>(std::max<int64_t>(done, 0)), whole), whole);
    }
  }
  absl::Time LastEnd() const ABSL_LOCKS_EXCLUDED(mutex_) {
    const MutexLock lock(mutex_);
    return last_end_;
  }

  const SignLoadOptions options_;
  const std::vector<std::unique_ptr<Client>>& clients_;
  RequestSupply& supply_;
  Progress& progress_;
  const absl::Time begin_;
  const absl::Time end_;
  LoadRecorder recorder_;
  AnswerSample sample_{kSampleEvery, kSampleLimit};
  std::atomic<bool> ran_dry_ = false;
  std::atomic<bool> away_ = false;  // a call did not reach the service
  mutable Mutex mutex_;
  CondVar idle_;
  size_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time last_end_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace

LoadReport RunSignLoad(const SignLoadOptions& options,
                       const std::vector<std::unique_ptr<Client>>& clients, RequestSupply& supply,
                       Progress& progress) {
  Run run(options, clients, supply, progress);
  return options.open_loop ? run.Open() : run.Closed();
}

}  // namespace enkrat::cli
