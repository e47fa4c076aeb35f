// One question to each of several NTP servers at once, over UDP.
#ifndef ENKRAT_TSA_NTP_EXCHANGE_H_
#define ENKRAT_TSA_NTP_EXCHANGE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "tsa/ntp_packet.h"

namespace enkrat::tsa {

// "192.0.2.1", "192.0.2.1:123", "[2001:db8::1]:123", "ntp.example.si:123"; without a port: 123.
struct NtpServer {
  std::string host;
  std::string port = "123";
};
// kConfigurationInvalid.
absl::StatusOr<NtpServer> ParseNtpServer(absl::string_view text);

// What became of the question to one server.
struct NtpReply {
  absl::StatusOr<NtpSample> sample;
  bool kiss_of_death = false;
};

// A reply for each server, in their order. Blocks for at most `timeout`, and for as long as the
// resolver takes where servers are names. Sockets are connected, so that only the server's own
// octets are read; of them at most eight datagrams each. The nonces are random.
std::vector<NtpReply> AskNtpServers(const std::vector<NtpServer>& servers, absl::Duration timeout,
                                    const Clock& clock);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_NTP_EXCHANGE_H_
