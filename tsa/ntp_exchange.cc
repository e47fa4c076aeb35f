#include "tsa/ntp_exchange.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/random.h"
#include "common/reason.h"

namespace enkrat::tsa {
namespace {

constexpr int kMostDatagrams = 8;  // of one server in one exchange

absl::Status Useless(absl::string_view why) {
  return MakeError(Reason::kTimestampUnavailable, why);
}

uint64_t NewNonce() {
  uint64_t nonce = 0;
  for (const uint8_t octet : RandomBytes(8)) nonce = nonce << 8 | octet;
  return nonce == 0 ? 1 : nonce;
}

// A question on its way. Owns its socket.
class Question {
 public:
  Question(const NtpServer& server, const Clock& clock) : clock_(clock), nonce_(NewNonce()) {
    const addrinfo hints{.ai_flags = AI_ADDRCONFIG,
                         .ai_family = AF_UNSPEC,
                         .ai_socktype = SOCK_DGRAM,
                         .ai_protocol = 0,
                         .ai_addrlen = 0,
                         .ai_addr = nullptr,
                         .ai_canonname = nullptr,
                         .ai_next = nullptr};
    addrinfo* found = nullptr;
    if (::getaddrinfo(server.host.c_str(), server.port.c_str(), &hints, &found) != 0) {
      result_.sample = Useless("the server's name cannot be resolved");
      return;
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
    socket_ = ::socket(found->ai_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const Bytes query = EncodeNtpQuery(nonce_);
    sent_ = clock_.Now();
    sent_since_boot_ = clock_.SinceBoot();
    if (socket_ < 0 || ::connect(socket_, found->ai_addr, found->ai_addrlen) != 0 ||
        ::send(socket_, query.data(), query.size(), 0) != static_cast<ssize_t>(query.size())) {
      End(Useless("the server cannot be reached"));
    }
  }
  ~Question() {
    if (socket_ >= 0) ::close(socket_);
  }
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  int socket() const { return socket_; }  // negative once it is answered
  NtpReply TakeReply() { return std::move(result_); }

  // What has come. Datagrams that are not the answer are passed over: anybody can forge one.
  void Read() {
    std::array<uint8_t, 512> datagram;
    const ssize_t size = ::recv(socket_, datagram.data(), datagram.size(), 0);
    const absl::Duration took = clock_.SinceBoot() - sent_since_boot_;
    if (size < 0) {
      if (errno != EAGAIN && errno != EINTR) End(Useless("the server cannot be reached"));
      return;
    }
    const ByteSpan answer(datagram.data(), static_cast<size_t>(size));
    absl::StatusOr<NtpSample> sample =
        ReadNtpAnswer(answer, {.nonce = nonce_, .sent = sent_, .took = took});
    result_.kiss_of_death = IsKissOfDeath(answer, nonce_);
    if (sample.ok() || result_.kiss_of_death || ++datagrams_ == kMostDatagrams) {
      End(std::move(sample));
    } else {
      result_.sample = std::move(sample);  // unless a better one comes
    }
  }

 private:
  void End(absl::StatusOr<NtpSample> sample) {
    result_.sample = std::move(sample);
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  const Clock& clock_;
  const uint64_t nonce_;
  int socket_ = -1;
  absl::Time sent_;
  absl::Duration sent_since_boot_;
  int datagrams_ = 0;
  NtpReply result_{.sample = Useless("the server did not answer in time")};
};

// Until all have answered, or the time is over.
void Await(std::vector<std::unique_ptr<Question>>& questions, absl::Duration timeout,
           const Clock& clock) {
  const absl::Duration until = clock.SinceBoot() + timeout;
  while (true) {
    std::vector<pollfd> waiting;
    std::vector<Question*> whose;
    for (const auto& question : questions) {
      if (question->socket() < 0) continue;
      waiting.push_back({.fd = question->socket(), .events = POLLIN, .revents = 0});
      whose.push_back(question.get());
    }
    const absl::Duration left = until - clock.SinceBoot();
    if (waiting.empty() || left <= absl::ZeroDuration()) return;
    const auto milliseconds = static_cast<int>(absl::ToInt64Milliseconds(left)) + 1;
    if (::poll(waiting.data(), waiting.size(), milliseconds) < 0 && errno != EINTR) return;
    for (size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].revents != 0) whose[i]->Read();
    }
  }
}

}  // namespace

absl::StatusOr<NtpServer> ParseNtpServer(absl::string_view text) {
  const auto invalid = [&] {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat("\"", text, "\" is not a server, nor server:port"));
  };
  NtpServer server;
  absl::string_view host = text;
  absl::string_view port;
  if (absl::ConsumePrefix(&host, "[")) {
    const size_t end = host.find(']');
    if (end == absl::string_view::npos) return invalid();
    port = host.substr(end + 1);
    host = host.substr(0, end);
    if (!port.empty() && !absl::ConsumePrefix(&port, ":")) return invalid();
    if (port.empty() && text.back() == ':') return invalid();
  } else if (std::count(host.begin(), host.end(), ':') == 1) {
    const size_t colon = host.find(':');
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
    if (port.empty()) return invalid();
  }
  const auto visible = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == ':';
  };
  if (host.empty() || host.size() > 253 || !std::all_of(host.begin(), host.end(), visible)) {
    return invalid();
  }
  uint32_t number = 0;
  if (!port.empty() && (!absl::SimpleAtoi(port, &number) || number == 0 || number > 65535)) {
    return invalid();
  }
  server.host = std::string(host);
  if (!port.empty()) server.port = absl::StrCat(number);
  return server;
}

std::vector<NtpReply> AskNtpServers(const std::vector<NtpServer>& servers, absl::Duration timeout,
                                    const Clock& clock) {
  std::vector<std::unique_ptr<Question>> questions;
  questions.reserve(servers.size());
  for (const NtpServer& server : servers) {
    questions.push_back(std::make_unique<Question>(server, clock));
  }
  Await(questions, timeout, clock);
  std::vector<NtpReply> replies;
  replies.reserve(questions.size());
  for (const auto& question : questions) replies.push_back(question->TakeReply());
  return replies;
}

}  // namespace enkrat::tsa
