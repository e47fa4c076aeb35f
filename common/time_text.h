// Points in time as text: RFC 3339, in UTC.
#ifndef ENKRAT_COMMON_TIME_TEXT_H_
#define ENKRAT_COMMON_TIME_TEXT_H_

#include <string>

#include "absl/time/time.h"

namespace enkrat {

// "2026-01-02T03:04:05.678901Z": to the microsecond, rounded down.
std::string TimeText(absl::Time time);
// "2026-01-02T03:04:05Z": to the second, rounded down.
std::string TimeTextOfSecond(absl::Time time);

}  // namespace enkrat

#endif  // ENKRAT_COMMON_TIME_TEXT_H_
