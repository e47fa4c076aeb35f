// Group commit: writes that arrive while one commit is on its way to the disk share the next one.
#include "store/commit_queue.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "common/wake_up.h"

namespace enkrat::store {

// One blocked caller. Each is woken by itself, so that the end of a batch wakes each caller once
// and nobody else. Shared, because either may be done with it first: the caller gives up on a disk
// that hangs.
struct CommitQueue::Waiter {
  Waiter(Write w, bool outside) : write(std::move(w)), outside_transactions(outside) {}

  // The answer; nullopt if it takes longer than `longest_wait`.
  std::optional<absl::Status> Wait(absl::Duration longest_wait) {
    const auto until = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(longest_wait);
    return finished.WaitUntil(until) ? std::make_optional(status) : std::nullopt;
  }

  const Write write;
  const bool outside_transactions;
  absl::Status status;  // the thread's own until it has finished, then nobody writes it
  WakeUp finished;
};

CommitQueue::CommitQueue(std::unique_ptr<SqliteConnection> writer, Options options)
    : options_(options), writer_(std::move(writer)), thread_([this] { Work(); }) {}

CommitQueue::~CommitQueue() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    arrived_.notify_one();
  }
  thread_.join();
}

absl::Status CommitQueue::Commit(Write write) {
  return Enqueue(std::make_shared<Waiter>(std::move(write), /*outside=*/false));
}

absl::Status CommitQueue::Maintain(Write work) {
  return Enqueue(std::make_shared<Waiter>(std::move(work), /*outside=*/true));
}

absl::Status CommitQueue::Enqueue(std::shared_ptr<Waiter> waiter) {
  bool first = false;
  {
    MutexLock lock(mutex_);
    if (queue_.size() >= options_.queue_limit) {
      return MakeError(Reason::kOverloaded, "too many writes wait for the ledger");
    }
    first = queue_.empty();
    queue_.push_back(waiter);
  }
  if (first) arrived_.notify_one();
  if (const auto answer = waiter->Wait(options_.longest_wait); answer.has_value()) return *answer;
  return GiveUp(waiter);
}

absl::Status CommitQueue::GiveUp(const std::shared_ptr<Waiter>& waiter) {
  {
    MutexLock lock(mutex_);
    const auto place = std::find(queue_.begin(), queue_.end(), waiter);
    if (place != queue_.end()) queue_.erase(place);
  }
  // It may have finished just now.
  if (const auto answer = waiter->Wait(absl::ZeroDuration()); answer.has_value()) return *answer;
  return MakeError(Reason::kStoreUnavailable, "the disk does not answer");
}

size_t CommitQueue::waiting() const {
  MutexLock lock(mutex_);
  return queue_.size();
}

void CommitQueue::Work() {
  for (Batch batch = TakeBatch(); !batch.empty(); batch = TakeBatch()) {
    Serve(batch);
    // The callers that were just woken may have their next write ready: with them in it the next
    // batch is twice as large under load. A lonely caller is not made to wait.
    if (batch.size() > 1) std::this_thread::yield();
  }
}

CommitQueue::Batch CommitQueue::TakeBatch() {
  MutexLock lock(mutex_);
  while (queue_.empty() && !stopping_) arrived_.wait(mutex_);
  return std::exchange(queue_, {});
}

void CommitQueue::Serve(const Batch& batch) {
  Batch writes;
  Batch others;
  for (const auto& waiter : batch) {
    (waiter->outside_transactions ? others : writes).push_back(waiter);
  }
  if (!writes.empty()) CommitBatch(writes);
  for (const auto& waiter : others) {
    waiter->status = waiter->write(*writer_);
    waiter->finished.Give();
  }
}

void CommitQueue::CommitBatch(const Batch& batch) {
  const absl::Status status = RunBatch(batch);
  if (!status.ok()) {
    if (writer_->InTransaction()) writer_->Execute("ROLLBACK").IgnoreError();
    // Each its own: ThreadSanitizer cannot see into the reference count of a shared absl::Status.
    for (const auto& waiter : batch) {
      waiter->status = MakeError(Reason::kStoreUnavailable, status.message());
    }
  } else {
    ++commits_;
    for (const auto& waiter : batch) writes_ += waiter->status.ok() ? 1 : 0;
  }
  NoteOutcome(status);
  for (const auto& waiter : batch) waiter->finished.Give();
}

// An error is the whole batch's, whatever its reason: kStoreUnavailable to those who wait.
absl::Status CommitQueue::RunBatch(const Batch& batch) {
  if (writer_->FileIsGone()) {
    return MakeError(Reason::kStoreUnavailable, "the ledger's file was moved or deleted");
  }
  absl::Status status = writer_->Query("BEGIN IMMEDIATE").Run();
  for (size_t i = 0; status.ok() && i < batch.size(); ++i) status = RunOne(*batch[i]);
  if (status.ok()) status = writer_->Query("COMMIT").Run();
  return status;
}

// An error means that the batch is lost: the disk is in trouble, or SQLite has rolled everything
// back by itself (it does so after some errors). Any other error of the write stays with its
// waiter.
absl::Status CommitQueue::RunOne(Waiter& waiter) {
  ENKRAT_RETURN_IF_ERROR(writer_->Query("SAVEPOINT one_write").Run());
  waiter.status = waiter.write(*writer_);
  if (!waiter.status.ok()) {
    if (ReasonOf(waiter.status) == Reason::kStoreUnavailable) return waiter.status;
    ENKRAT_RETURN_IF_ERROR(writer_->Query("ROLLBACK TO one_write").Run());
  }
  return writer_->Query("RELEASE one_write").Run();
}

void CommitQueue::NoteOutcome(const absl::Status& status) {
  if (status.ok() != failing_) return;
  failing_ = !status.ok();
  if (options_.logger == nullptr) return;
  if (failing_) {
    options_.logger->Error("the ledger cannot commit", {{"cause", status.message()}});
  } else {
    options_.logger->Info("the ledger commits again");
  }
}

}  // namespace enkrat::store
