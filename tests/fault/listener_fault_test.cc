// gRPC 1.51.1 never accepts again after one exhaustion of file descriptors (CVE-2023-4785): the
// service must notice that of itself (server/watchdog.h).
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <iostream>

#include "absl/strings/numbers.h"
#include "tests/fault/faulty_service.h"
#include "tests/support/status_matchers.h"

namespace enkrat::testing {
namespace {

constexpr int kExitDeaf = 3;  // enkratd --help
constexpr rlim_t kFewDescriptors = 80;
constexpr size_t kCrowd = 200;

// Connections that say nothing; closed at the end.
class Crowd {
 public:
  Crowd(const std::string& target, size_t size) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    uint32_t port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(target.substr(target.rfind(':') + 1), &port));
    address.sin_port = htons(static_cast<uint16_t>(port));
    for (size_t i = 0; i < size; ++i) {
      const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      // Whether it is accepted is what is tried here.
      (void)!connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
      sockets_.push_back(socket);
    }
  }
  ~Crowd() {
    for (const int socket : sockets_) close(socket);
  }

 private:
  std::vector<int> sockets_;
};

TEST(ListenerFault, ServiceThatRanOutOfDescriptorsServesAgainOrEndsAsDeaf) {
  FaultyService service({.settings = {{"server.watchdog_interval", "200ms"}}});
  ASSERT_THAT(service.Start(), IsOk());
  Subprocess& daemon = service.environment().daemon();
  rlimit limit{};
  ASSERT_EQ(prlimit(daemon.pid(), RLIMIT_NOFILE, nullptr, &limit), 0);
  limit.rlim_cur = kFewDescriptors;
  ASSERT_EQ(prlimit(daemon.pid(), RLIMIT_NOFILE, &limit, nullptr), 0);
  {
    const Crowd crowd(service.environment().grpc_target(), kCrowd);
    // gRPC says so in the log when it cannot accept; the watchdog may be faster.
    daemon.WaitForLine("Too many open files", absl::Seconds(5));
  }

  bool serves = false;
  std::optional<int> exit_code;
  const absl::Time end = absl::Now() + absl::Seconds(45);
  while (!serves && !exit_code.has_value() && absl::Now() < end) {
    exit_code = daemon.WaitForExit(absl::Milliseconds(200));
    if (exit_code.has_value()) break;
    serves = service.Connect().Sign(service.requests().Make(), absl::Seconds(2)).status.ok();
  }
  std::cout << (serves ? "it serves again" : "it does not serve") << std::endl;
  if (serves) exit_code = service.environment().Terminate();
  EXPECT_EQ(exit_code, serves ? 0 : kExitDeaf) << daemon.err();
  ASSERT_THAT(service.Start(), IsOk());
  EXPECT_THAT(service.Connect().Sign(service.requests().Make()).status, IsOk());
}

}  // namespace
}  // namespace enkrat::testing
