#include "tests/unit/tsa/fake_ntp_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "tsa/ntp_packet.h"

namespace enkrat::tsa {
namespace {

void Put(Bytes& packet, size_t at, size_t size, uint64_t value) {
  for (size_t i = 0; i < size; ++i) {
    packet[at + i] = static_cast<uint8_t>(value >> (8 * (size - 1 - i)));
  }
}

uint64_t Short(absl::Duration duration) {
  return static_cast<uint64_t>(absl::ToDoubleSeconds(duration) * 65536);
}

}  // namespace

uint64_t NtpTimestamp(absl::Time time) {
  const int64_t nanoseconds = absl::ToUnixNanos(time);
  const int64_t seconds = nanoseconds / 1'000'000'000;
  const auto fraction = (static_cast<uint64_t>(nanoseconds % 1'000'000'000) << 32) / 1'000'000'000;
  return static_cast<uint64_t>(seconds + 2'208'988'800) << 32 | (fraction & 0xffffffff);
}

Bytes EncodeNtpAnswer(ByteSpan query, const NtpAnswer& answer) {
  Bytes packet(kNtpPacketSize, 0);
  packet[0] = static_cast<uint8_t>(answer.leap << 6 | answer.version << 3 | answer.mode);
  packet[1] = answer.stratum;
  Put(packet, 4, 4, Short(answer.root_delay));
  Put(packet, 8, 4, Short(answer.root_dispersion));
  Put(packet, 16, 8, NtpTimestamp(answer.now - absl::Seconds(30)));
  for (size_t i = 0; i < 8; ++i) packet[24 + i] = query[40 + i];
  Put(packet, 32, 8, NtpTimestamp(answer.now));
  Put(packet, 40, 8, NtpTimestamp(answer.now));
  return packet;
}

FakeNtpServer::FakeNtpServer(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
  socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

FakeNtpServer::~FakeNtpServer() {
  stop_ = true;
  thread_.join();
  ::close(socket_);
}

std::string FakeNtpServer::address() const { return absl::StrCat("127.0.0.1:", port_); }

void FakeNtpServer::Serve() {
  while (!stop_) {
    pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    uint8_t query[512];
    sockaddr_in from{};
    socklen_t size = sizeof(from);
    const ssize_t got =
        ::recvfrom(socket_, query, sizeof(query), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (got < static_cast<ssize_t>(kNtpPacketSize)) continue;
    ++queries_;
    for (const Bytes& answer : behaviour_(ByteSpan(query, static_cast<size_t>(got)))) {
      ::sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }
}

}  // namespace enkrat::tsa
