// An NTP server on loopback that answers as the test says, truthfully or not.
#ifndef ENKRAT_TESTS_UNIT_TSA_FAKE_NTP_SERVER_H_
#define ENKRAT_TESTS_UNIT_TSA_FAKE_NTP_SERVER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "common/bytes.h"

namespace enkrat::tsa {

// What an honest server would say at `now`: stratum 2, 10 ms of root delay and dispersion each.
struct NtpAnswer {
  absl::Time now;
  uint8_t leap = 0;
  uint8_t version = 4;
  uint8_t mode = 4;
  uint8_t stratum = 2;
  absl::Duration root_delay = absl::Milliseconds(10);
  absl::Duration root_dispersion = absl::Milliseconds(10);
};
// To a query; its transmit timestamp becomes the origin timestamp.
Bytes EncodeNtpAnswer(ByteSpan query, const NtpAnswer& answer);
// Seconds since 1900 modulo 2^32, and the fraction.
uint64_t NtpTimestamp(absl::Time time);

class FakeNtpServer {
 public:
  // The datagrams to send back for a query, in their order; none for silence.
  using Behaviour = std::function<std::vector<Bytes>(ByteSpan query)>;
  explicit FakeNtpServer(Behaviour behaviour);
  ~FakeNtpServer();

  std::string address() const;  // "127.0.0.1:PORT"
  int queries() const { return queries_; }

 private:
  void Serve();

  const Behaviour behaviour_;
  int socket_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stop_ = false;
  std::atomic<int> queries_ = 0;
  std::thread thread_;
};

}  // namespace enkrat::tsa

#endif  // ENKRAT_TESTS_UNIT_TSA_FAKE_NTP_SERVER_H_
