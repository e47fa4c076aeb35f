// Who wants to know how sessions go, for figures and alarms.
#ifndef ENKRAT_SIGNER_SESSION_OBSERVER_H_
#define ENKRAT_SIGNER_SESSION_OBSERVER_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace enkrat::signer {

// Thread-safe implementations; called on the session's thread, so they must not block.
class SessionObserver {
 public:
  virtual ~SessionObserver() = default;
  // A step of the workflow that was done, by its name in the evidence.
  virtual void StepDone(absl::string_view step, absl::Duration took) = 0;
  // A session whose intent had been recorded has ended.
  virtual void SessionEnded(const absl::Status& status, size_t documents) = 0;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SESSION_OBSERVER_H_
