// How many octets of answers may be in the house at once, in all and for each relying party: an
// answer of a thousand documents is some megabytes, and stays until its client has taken it.
#ifndef ENKRAT_SERVER_RESPONSE_BUDGET_H_
#define ENKRAT_SERVER_RESPONSE_BUDGET_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "common/mutex.h"

namespace enkrat::server {

// Thread-safe. Must outlive its reservations.
class ResponseBudget {
 public:
  struct Options {
    size_t total = size_t{256} << 20;  // octets
    size_t for_each = size_t{64} << 20;
  };

  // Octets that are kept for one answer; given back on destruction. Move-only.
  class Reservation {
   public:
    Reservation(Reservation&& other) noexcept;
    Reservation& operator=(Reservation&&) = delete;
    ~Reservation();

    // Corrects an estimate, beyond the budget if it must be: what was signed is not thrown away.
    void Resize(size_t octets);

   private:
    friend class ResponseBudget;
    Reservation(ResponseBudget* budget, std::string who, size_t octets)
        : budget_(budget), who_(std::move(who)), octets_(octets) {}

    ResponseBudget* budget_;
    std::string who_;
    size_t octets_;
  };

  explicit ResponseBudget(Options options) : options_(options) {}

  // kOverloaded, with a retry delay.
  absl::StatusOr<Reservation> Reserve(const std::string& who, size_t octets)
      ABSL_LOCKS_EXCLUDED(mutex_);

  size_t reserved() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Change(const std::string& who, size_t from, size_t to) ABSL_LOCKS_EXCLUDED(mutex_);

  const Options options_;
  mutable Mutex mutex_;
  size_t total_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, size_t> by_who_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_RESPONSE_BUDGET_H_
