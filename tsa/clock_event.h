// What happened to the clock, and exactly when: for the log and the evidence (EN 319 421
// OVR-7.12-04 to -06: synchronisation, recalibration, loss of it; TIS-7.7.2-09: leap seconds).
#ifndef ENKRAT_TSA_CLOCK_EVENT_H_
#define ENKRAT_TSA_CLOCK_EVENT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace enkrat::tsa {

enum class ClockEventKind {
  kLost,           // timestamps are refused from here on
  kRegained,       // and issued again
  kStepped,        // the clock was set by more than the accuracy
  kLeapAnnounced,  // the kernel will insert or delete a second at the end of the day
  kLeapSecond,     // it did
  kLeapMissed,     // it did not
};
// "lost", "regained", "stepped", "leap-announced", "leap-second", "leap-missed".
absl::string_view ClockEventName(ClockEventKind kind);

struct ClockEvent {
  ClockEventKind kind = ClockEventKind::kLost;
  absl::Time at;              // by the clock that it is about
  absl::Duration since_boot;  // by the one that nothing steps
  std::string detail;         // words of ours and numbers
};

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_CLOCK_EVENT_H_
