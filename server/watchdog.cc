#include "server/watchdog.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace enkrat::server {
namespace {

// RFC 9113 section 3.4, with an empty SETTINGS frame.
constexpr absl::string_view kPreface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
                                     24 + 9);

// Ready for `events` within the timeout.
bool Ready(int fd, int16_t events, absl::Duration timeout) {
  pollfd poll_fd{.fd = fd, .events = events, .revents = 0};
  return poll(&poll_fd, 1, static_cast<int>(absl::ToInt64Milliseconds(timeout))) == 1;
}

bool Converse(int fd, const addrinfo& address, absl::Duration timeout) {
  if (connect(fd, address.ai_addr, address.ai_addrlen) != 0 && errno != EINPROGRESS) return false;
  if (!Ready(fd, POLLOUT, timeout)) return false;
  if (send(fd, kPreface.data(), kPreface.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(kPreface.size())) {
    return false;
  }
  // An octet, an end or a reset: whatever comes back, somebody has accepted. Where TLS is spoken,
  // gRPC closes a connection that does not begin with a handshake.
  char octet = 0;
  return Ready(fd, POLLIN, timeout) && (recv(fd, &octet, 1, 0) >= 0 || errno == ECONNRESET);
}

}  // namespace

bool ListenerAnswers(const std::string& host, uint16_t port, absl::Duration timeout) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), absl::StrCat(port).c_str(), &hints, &found) != 0) return false;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> address(found, &freeaddrinfo);
  const int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const bool answers = Converse(fd, *address, timeout);
  close(fd);
  return answers;
}

Watchdog::Watchdog(Options options, std::function<bool()> alive, std::function<void()> deaf)
    : task_(options.interval, [this, options, alive = std::move(alive), deaf = std::move(deaf)] {
        failures_ = alive() ? 0 : failures_ + 1;
        if (failures_ < options.tolerance) return true;
        deaf();
        return false;
      }) {}

}  // namespace enkrat::server
