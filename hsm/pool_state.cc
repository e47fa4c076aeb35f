#include "hsm/pool_state.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::hsm {
namespace {

// So many broken sessions may stay open beside the working ones before the pool recycles.
constexpr size_t kMaxBrokenSessions = 64;

TokenConnection::Options ConnectionOptions(Module& module, PoolCounters& counters,
                                           SessionPool::Options& options) {
  return {.surroundings = {.module = &module,
                           .clock = options.clock,
                           .logger = options.logger,
                           .counters = &counters},
          .token_label = options.token_label,
          .pin = std::move(options.pin)};
}

}  // namespace

SessionPool::State::State(Module& module, Options options)
    : module_(module),
      options_(std::move(options)),
      recycle_after_keys_(options_.recycle_after_keys.value_or(module.quirks().recycle_after_keys)),
      connection_(ConnectionOptions(module, counters_, options_)),
      pause_(options_.breaker_first_pause) {
  ++module_.pools();
}

SessionPool::State::~State() {
  // A lease that outlives its pool would return its session into freed memory.
  if (leased_ != 0) std::abort();
  --module_.pools();
}

absl::Status SessionPool::State::Start() {
  ENKRAT_ASSIGN_OR_RETURN(TokenConnection::Sessions sessions,
                          connection_.Connect(options_.sessions));
  const MutexLock lock(mutex_);
  idle_ = std::move(sessions);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<Session>> SessionPool::State::Acquire(absl::Time deadline) {
  const MutexLock lock(mutex_);
  ENKRAT_RETURN_IF_ERROR(Availability());
  if (deadline <= options_.clock->Now()) {
    return MakeError(Reason::kDeadlineTooShort, "no time is left for the HSM");
  }
  const bool must_wait = !queue_.empty() || NextStep() == Step::kWait;
  if (must_wait && queue_.size() >= options_.waiting_limit) {
    return WithRetryDelay(
        MakeError(Reason::kOverloaded, "too many callers wait for a session of the HSM"),
        absl::Seconds(1));
  }
  Caller caller;
  const auto place = queue_.insert(queue_.end(), &caller);
  absl::StatusOr<std::shared_ptr<Session>> session = WaitInQueue(caller, deadline);
  queue_.erase(place);
  WakeHead();
  return session;
}

absl::StatusOr<std::shared_ptr<Session>> SessionPool::State::WaitInQueue(Caller& caller,
                                                                         absl::Time deadline) {
  for (;;) {
    ENKRAT_RETURN_IF_ERROR(Availability());
    const Step step = queue_.front() == &caller ? NextStep() : Step::kWait;
    switch (step) {
      case Step::kLend: {
        std::unique_ptr<Session> session = std::move(idle_.back());
        idle_.pop_back();
        return Lend(std::move(session));
      }
      case Step::kReplace: {
        absl::StatusOr<std::unique_ptr<Session>> session = Replace();
        if (session.ok()) return Lend(*std::move(session));
        if (!connect_due_) return session.status();
        break;
      }
      case Step::kConnect:
        ENKRAT_RETURN_IF_ERROR(Connect());
        break;
      case Step::kWait: {
        const absl::Duration left = deadline - options_.clock->Now();
        if (left <= absl::ZeroDuration()) {
          return MakeError(Reason::kDeadlineTooShort, "no session of the HSM came free in time");
        }
        if (left == absl::InfiniteDuration()) {
          caller.turn.wait(mutex_);
        } else if (caller.turn.wait_for(mutex_, absl::ToChronoMicroseconds(left)) ==
                       std::cv_status::timeout &&
                   !(queue_.front() == &caller && NextStep() != Step::kWait)) {
          return MakeError(Reason::kDeadlineTooShort, "no session of the HSM came free in time");
        }
        break;
      }
    }
  }
}

absl::Status SessionPool::State::Availability() const {
  if (pin_rejected_) {
    return MakeError(Reason::kPinRejected, "the token has refused the PIN; it is not sent again");
  }
  const absl::Duration pause = breaker_open_until_ - options_.clock->SinceBoot();
  if (pause <= absl::ZeroDuration()) return absl::OkStatus();
  return WithRetryDelay(MakeError(Reason::kHsmUnavailable, "the connection to the HSM is lost"),
                        pause);
}

bool SessionPool::State::RecycleDue() const {
  const uint64_t keys = counters_.keys_generated - keys_at_last_connect_;
  return recycle_requested_ || broken_.size() > kMaxBrokenSessions ||
         (recycle_after_keys_ != 0 && keys >= recycle_after_keys_);
}

SessionPool::State::Step SessionPool::State::NextStep() const {
  if (busy_) return Step::kWait;
  if (connect_due_ || RecycleDue()) return leased_ == 0 ? Step::kConnect : Step::kWait;
  if (!idle_.empty()) return Step::kLend;
  return to_replace_ > 0 ? Step::kReplace : Step::kWait;
}

std::shared_ptr<Session> SessionPool::State::Lend(std::unique_ptr<Session> session) {
  ++leased_;
  return std::shared_ptr<Session>(session.release(), [this](Session* back) { Return(back); });
}

void SessionPool::State::Return(Session* session) {
  std::unique_ptr<Session> back(session);
  const MutexLock lock(mutex_);
  --leased_;
  if (back->reconnect_requested()) {
    connect_due_ = true;
    if (on_probation_) OpenBreaker();
  }
  if (back->quarantined()) {
    counters_.sessions_quarantined.fetch_add(1);
    broken_.push_back(std::move(back));
    ++to_replace_;
  } else {
    on_probation_ = false;
    if (!connect_due_) pause_ = options_.breaker_first_pause;
    idle_.push_back(std::move(back));
  }
  WakeHead();
}

absl::StatusOr<std::unique_ptr<Session>> SessionPool::State::Replace() {
  // Counted as a lease, so that nobody connects anew meanwhile.
  ++leased_;
  --to_replace_;
  busy_ = true;
  TokenConnection::Sessions to_close;
  if (!module_.quirks().close_sessions_only_when_idle || leased_ == 1) broken_.swap(to_close);
  bool reconnect = false;
  mutex_.Unlock();
  to_close.clear();
  absl::StatusOr<std::unique_ptr<Session>> session = connection_.OpenSession(reconnect);
  mutex_.Lock();
  --leased_;
  busy_ = false;
  if (!session.ok()) ++to_replace_;
  connect_due_ = connect_due_ || reconnect;
  return session;
}

absl::Status SessionPool::State::Connect() {
  const bool planned = !connect_due_;
  TokenConnection::Sessions old = std::move(idle_);
  std::move(broken_.begin(), broken_.end(), std::back_inserter(old));
  idle_.clear();
  broken_.clear();
  connect_due_ = busy_ = true;
  mutex_.Unlock();
  const absl::Status ended = connection_.Disconnect(std::move(old));
  absl::StatusOr<TokenConnection::Sessions> sessions =
      ended.ok() ? connection_.Connect(options_.sessions) : ended;
  // Gives back to the system what the module kept of its keys until C_Finalize (SoftHSM 2.6.1).
  if (planned) malloc_trim(0);
  mutex_.Lock();
  busy_ = false;
  if (!sessions.ok()) {
    NoteConnectionFailed(sessions.status());
    return Availability();
  }
  NoteConnected(*std::move(sessions), planned);
  return absl::OkStatus();
}

void SessionPool::State::NoteConnected(TokenConnection::Sessions sessions, bool planned) {
  idle_ = std::move(sessions);
  to_replace_ = 0;
  connect_due_ = recycle_requested_ = false;
  on_probation_ = !planned;
  keys_at_last_connect_ = counters_.keys_generated;
  breaker_open_until_ = -absl::InfiniteDuration();
  (planned ? counters_.recycles : counters_.reconnects).fetch_add(1);
  if (options_.logger != nullptr) {
    options_.logger->Info("connected to the HSM anew", {{"planned", planned}});
  }
}

void SessionPool::State::NoteConnectionFailed(const absl::Status& status) {
  counters_.reconnects_failed.fetch_add(1);
  pin_rejected_ = ReasonOf(status) == Reason::kPinRejected;
  OpenBreaker();
  if (options_.logger != nullptr) {
    options_.logger->Error("cannot connect to the HSM",
                           {{"reason", ReasonName(ReasonOf(status))}, {"error", status.message()}});
  }
}

void SessionPool::State::OpenBreaker() {
  breaker_open_until_ = options_.clock->SinceBoot() + pause_;
  pause_ = std::min(2 * pause_, options_.breaker_longest_pause);
  WakeAll();
}

void SessionPool::State::RequestRecycle() {
  const MutexLock lock(mutex_);
  recycle_requested_ = true;
  WakeHead();
}

void SessionPool::State::CheckRoot() {
  if (!connection_.RootBroken()) return;
  const MutexLock lock(mutex_);
  connect_due_ = true;
}

// Not for nothing: under load that would be once more for each session.
void SessionPool::State::WakeHead() {
  if (!queue_.empty() && NextStep() != Step::kWait) queue_.front()->turn.notify_one();
}

void SessionPool::State::WakeAll() {
  for (Caller* caller : queue_) caller->turn.notify_one();
}

PoolStatistics SessionPool::State::Statistics() const {
  const MutexLock lock(mutex_);
  return {.keys_generated = counters_.keys_generated,
          .keys_destroyed = counters_.keys_destroyed,
          .destructions_unconfirmed = counters_.destructions_unconfirmed,
          .signatures = counters_.signatures,
          .sessions_quarantined = counters_.sessions_quarantined,
          .reconnects = counters_.reconnects,
          .reconnects_failed = counters_.reconnects_failed,
          .recycles = counters_.recycles,
          .sessions_leased = leased_,
          .callers_waiting = queue_.size(),
          .available = Availability().ok()};
}

}  // namespace enkrat::hsm
