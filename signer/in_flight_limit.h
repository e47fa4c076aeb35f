// How many calls are in the house at once, in all and for each relying party. gRPC's own stream
// limit does not bound work (docs/stack.md): a client that opens and resets streams gets past it.
#ifndef ENKRAT_SIGNER_IN_FLIGHT_LIMIT_H_
#define ENKRAT_SIGNER_IN_FLIGHT_LIMIT_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "common/mutex.h"

namespace enkrat::signer {

// Thread-safe. Must outlive its tickets.
class InFlightLimit {
 public:
  // One call's place; given back on destruction. Move-only.
  class Ticket {
   public:
    Ticket(Ticket&& other) noexcept;
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket();

   private:
    friend class InFlightLimit;
    Ticket(InFlightLimit* limit, std::string who) : limit_(limit), who_(std::move(who)) {}

    InFlightLimit* limit_;
    std::string who_;
  };

  explicit InFlightLimit(size_t total) : total_limit_(total) {}

  // A place for a call of `who`, of whom at most `limit_for_who` may be inside. kOverloaded, with a
  // retry delay, when the house is full; kRateLimited when `who` is.
  absl::StatusOr<Ticket> Enter(const std::string& who, size_t limit_for_who)
      ABSL_LOCKS_EXCLUDED(mutex_);

  size_t inside() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Leave(const std::string& who) ABSL_LOCKS_EXCLUDED(mutex_);

  const size_t total_limit_;
  mutable Mutex mutex_;
  size_t total_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, size_t> by_who_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_IN_FLIGHT_LIMIT_H_
