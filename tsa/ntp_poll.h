// What several NTP servers together say about the clock: some are asked, by lot, and as many must
// agree as the quorum says. A local chronyd is asked like any other server (docs/adr).
#ifndef ENKRAT_TSA_NTP_POLL_H_
#define ENKRAT_TSA_NTP_POLL_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "tsa/network_time.h"
#include "tsa/ntp_exchange.h"

namespace enkrat::tsa {

// Asks each server once (AskNtpServers, or what stands for it in tests).
using NtpExchange = std::function<std::vector<NtpReply>(const std::vector<NtpServer>&)>;

// Of one thread.
class NtpPoll {
 public:
  struct Options {
    std::vector<std::string> servers = {};  // ParseNtpServer; 1 to 32, no two alike
    int per_poll = 4;                       // servers that are asked at once, by lot; 1 to 16
    int quorum = 3;                         // must agree; all, where fewer servers are configured
    // Servers agree whose offsets lie within it of one another.
    absl::Duration most_apart = absl::Milliseconds(100);
    absl::Duration timeout = absl::Seconds(2);  // of a poll
    const Clock* clock = nullptr;               // not owned; required
    NtpExchange exchange = nullptr;             // default: over the network
  };

  // A server that sent a kiss-of-death is left alone for so long (RFC 5905 7.4).
  static constexpr absl::Duration kLeftAlone = absl::Hours(1);

  // kConfigurationInvalid; a quorum must be more than half of per_poll, so that there are no two.
  static absl::StatusOr<std::unique_ptr<NtpPoll>> Create(Options options);

  // Blocks for the timeout at most. Of those that agree the one with the least root distance is
  // believed, and is taken to be wrong by as much as the others are away, besides.
  // kTimestampUnavailable if fewer than the quorum answered well, or agreed.
  absl::StatusOr<NetworkTime> Ask();

 private:
  struct Server {
    NtpServer address;
    absl::Duration left_alone_until = -absl::InfiniteDuration();  // since boot
  };
  explicit NtpPoll(Options options) : options_(std::move(options)) {}
  std::vector<Server*> Draw();

  Options options_;
  std::vector<Server> servers_;
};

// The verdict over the samples of one poll.
absl::StatusOr<NetworkTime> Agree(std::vector<NtpSample> samples, size_t quorum,
                                  absl::Duration most_apart);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_NTP_POLL_H_
