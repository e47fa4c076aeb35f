#include "tsa/ntp_poll.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::tsa {
namespace {

constexpr size_t kMostServers = 32;
constexpr int kMostPerPoll = 16;

absl::Status Invalid(absl::string_view why) {
  return MakeError(Reason::kConfigurationInvalid, why);
}

absl::Status CheckNumbers(const NtpPoll::Options& options) {
  if (options.clock == nullptr) return Invalid("NTP servers cannot be asked without a clock");
  if (options.servers.empty() || options.servers.size() > kMostServers) {
    return Invalid("1 to 32 NTP servers are needed");
  }
  if (options.per_poll < 1 || options.per_poll > kMostPerPoll) {
    return Invalid("1 to 16 NTP servers are asked at once");
  }
  if (options.quorum < 1 || options.quorum > options.per_poll ||
      2 * options.quorum <= options.per_poll) {
    return Invalid("the quorum is not more than half of the NTP servers asked at once");
  }
  if (options.most_apart <= absl::ZeroDuration() || options.most_apart > absl::Seconds(1)) {
    return Invalid("NTP servers agree within more than 0 s and at most 1 s");
  }
  if (options.timeout < absl::Milliseconds(1) || options.timeout > absl::Seconds(30)) {
    return Invalid("the NTP timeout is not between 1 ms and 30 s");
  }
  return absl::OkStatus();
}

// 0 to `most` - 1. The bias of the remainder is below 2^-50.
size_t Lot(size_t most) {
  uint64_t number = 0;
  for (const uint8_t octet : RandomBytes(8)) number = number << 8 | octet;
  return static_cast<size_t>(number % most);
}

}  // namespace

absl::StatusOr<std::unique_ptr<NtpPoll>> NtpPoll::Create(Options options) {
  const int configured = static_cast<int>(options.servers.size());
  options.per_poll = std::min(options.per_poll, std::max(configured, 1));
  options.quorum = std::min(options.quorum, options.per_poll);
  ENKRAT_RETURN_IF_ERROR(CheckNumbers(options));
  if (options.exchange == nullptr) {
    options.exchange = [timeout = options.timeout,
                        clock = options.clock](const std::vector<NtpServer>& servers) {
      return AskNtpServers(servers, timeout, *clock);
    };
  }
  std::unique_ptr<NtpPoll> poll(new NtpPoll(std::move(options)));
  std::set<std::pair<std::string, std::string>> seen;
  for (const std::string& text : poll->options_.servers) {
    ENKRAT_ASSIGN_OR_RETURN(NtpServer server, ParseNtpServer(text));
    // One server would count twice.
    if (!seen.emplace(server.host, server.port).second) {
      return Invalid(absl::StrCat("NTP server \"", text, "\" is there twice"));
    }
    poll->servers_.push_back({.address = std::move(server)});
  }
  return poll;
}

std::vector<NtpPoll::Server*> NtpPoll::Draw() {
  const absl::Duration now = options_.clock->SinceBoot();
  std::vector<Server*> drawn;
  for (Server& server : servers_) {
    if (server.left_alone_until <= now) drawn.push_back(&server);
  }
  for (size_t i = 0; i + 1 < drawn.size(); ++i) {
    std::swap(drawn[i], drawn[i + Lot(drawn.size() - i)]);
  }
  drawn.resize(std::min(drawn.size(), static_cast<size_t>(options_.per_poll)));
  return drawn;
}

absl::StatusOr<NetworkTime> NtpPoll::Ask() {
  const std::vector<Server*> drawn = Draw();
  std::vector<NtpServer> addresses;
  for (const Server* server : drawn) addresses.push_back(server->address);
  const std::vector<NtpReply> replies = options_.exchange(addresses);
  std::vector<NtpSample> samples;
  for (size_t i = 0; i < std::min(replies.size(), drawn.size()); ++i) {
    if (replies[i].sample.ok()) samples.push_back(*replies[i].sample);
    if (replies[i].kiss_of_death) {
      drawn[i]->left_alone_until = options_.clock->SinceBoot() + kLeftAlone;
    }
  }
  return Agree(std::move(samples), static_cast<size_t>(options_.quorum), options_.most_apart);
}

absl::StatusOr<NetworkTime> Agree(std::vector<NtpSample> samples, size_t quorum,
                                  absl::Duration most_apart) {
  if (samples.empty() || samples.size() < quorum) {
    return MakeError(
        Reason::kTimestampUnavailable,
        absl::StrCat("of the NTP servers ", samples.size(), " answered, ", quorum, " are needed"));
  }
  std::sort(samples.begin(), samples.end(),
            [](const NtpSample& a, const NtpSample& b) { return a.offset < b.offset; });
  // The largest group whose ends are not too far apart.
  size_t begin = 0;
  size_t size = 0;
  for (size_t first = 0; first < samples.size(); ++first) {
    size_t end = first + 1;
    while (end < samples.size() && samples[end].offset - samples[first].offset <= most_apart) ++end;
    if (end - first > size) {
      begin = first;
      size = end - first;
    }
  }
  if (size < quorum || 2 * size <= samples.size()) {
    return MakeError(Reason::kTimestampUnavailable,
                     absl::StrCat("of the NTP servers ", size, " agree, ", quorum, " are needed"));
  }
  const auto group = absl::MakeConstSpan(samples).subspan(begin, size);
  const NtpSample& best = *std::min_element(
      group.begin(), group.end(),
      [](const NtpSample& a, const NtpSample& b) { return a.root_distance < b.root_distance; });
  // Who says to be near may lie, but not by more than the others are away.
  const absl::Duration spread =
      std::max(group.back().offset - best.offset, best.offset - group.front().offset);
  const auto announcing = std::count_if(
      group.begin(), group.end(), [](const NtpSample& sample) { return sample.leap_announced; });
  return NetworkTime{.offset = best.offset,
                     .root_distance = best.root_distance + spread,
                     .agreeing = static_cast<int>(size),
                     .leap_announced = 2 * announcing > static_cast<int64_t>(size)};
}

}  // namespace enkrat::tsa
