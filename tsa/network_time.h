// How far the clock is from what NTP servers say.
#ifndef ENKRAT_TSA_NETWORK_TIME_H_
#define ENKRAT_TSA_NETWORK_TIME_H_

#include <functional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace enkrat::tsa {

struct NetworkTime {
  absl::Duration offset;         // what must be added to our clock; RFC 5905 8, theta
  absl::Duration root_distance;  // how wrong that may be, lambda of RFC 5905 11.2
  int agreeing = 0;              // servers that agree
  bool leap_announced = false;   // most of them announce a leap second (LI 1 or 2)
};

// Asks over the network, and blocks. kTimestampUnavailable if too few servers answered, or too few
// agreed.
using AskNetworkTime = std::function<absl::StatusOr<NetworkTime>()>;

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_NETWORK_TIME_H_
