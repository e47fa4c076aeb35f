// The gRPC calls that are in the house: told when it closes, and shown out when their client does
// not take the answer. gRPC has no such limit of its own: an answer that nobody reads would stay in
// memory, with its place, as long as the connection.
#ifndef ENKRAT_SERVER_OPEN_CALLS_H_
#define ENKRAT_SERVER_OPEN_CALLS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"

namespace enkrat::server {

// Thread-safe.
class OpenCalls {
 public:
  struct Options {
    const Clock* clock = nullptr;                         // not owned
    absl::Duration longest_delivery = absl::Seconds(30);  // of an answer that was made
  };
  using Id = uint64_t;

  explicit OpenCalls(Options options) : options_(options) {}

  // A call comes in. `cancelled` is set when its work is no longer wanted, at once if the house
  // is closed. `cancel` resets its stream; it must neither block nor call back into this object.
  // Both live until Leave.
  Id Enter(std::atomic<bool>& cancelled, std::function<void()> cancel) ABSL_LOCKS_EXCLUDED(mutex_);
  // Its answer is about to be sent.
  void Answered(Id id) ABSL_LOCKS_EXCLUDED(mutex_);
  // No longer so: work goes on. For calls whose client is waited for more than once.
  void Working(Id id) ABSL_LOCKS_EXCLUDED(mutex_);
  // It is gone.
  void Leave(Id id) ABSL_LOCKS_EXCLUDED(mutex_);

  // Resets the calls whose answer was not taken in time; to be asked every second or so. How many.
  size_t CancelUndelivered() ABSL_LOCKS_EXCLUDED(mutex_);
  // Closes the house: whatever still works is to stop, also what comes later.
  void StopWork() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Entry {
    std::atomic<bool>* cancelled = nullptr;
    std::function<void()> cancel;
    absl::Duration answered = absl::InfiniteDuration();  // SinceBoot
  };

  const Options options_;
  Mutex mutex_;
  std::map<Id, Entry> calls_ ABSL_GUARDED_BY(mutex_);
  Id last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_OPEN_CALLS_H_
