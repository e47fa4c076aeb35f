#include "server/timestamping_settings.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "common/loopback.h"
#include "common/object_identifier.h"
#include "common/status_macros.h"
#include "server/settings.h"
#include "server/settings_words.h"

namespace enkrat::server {
namespace {

namespace v1 = config::v1;

constexpr char kField[] = "timestamping.own";
constexpr char kOutside[] = "timestamping.outside";
constexpr int kMostFurtherUnits = 16;
constexpr uint32_t kMostRequests = 100'000;
constexpr uint32_t kMostGoodPolls = 100;

absl::Status CheckClockValues(const v1::ClockConfig& clock) {
  const std::string field = absl::StrCat(kField, ".clock");
  const absl::Duration interval = DurationFrom(clock.poll_interval());
  if (interval < absl::Milliseconds(100) || interval > absl::Hours(1)) {
    return Invalid(absl::StrCat(field, ".poll_interval"), "is not between 100ms and 1h");
  }
  if (clock.good_polls() > kMostGoodPolls) {
    return Invalid(absl::StrCat(field, ".good_polls"), "is more than 100");
  }
  if (clock.ntp_servers().empty()) return absl::OkStatus();
  const SystemClock system_clock;
  const absl::Status made = tsa::NtpPoll::Create(NtpOptionsFrom(clock, &system_clock)).status();
  return made.ok() ? made : Invalid(field, made.message());
}

struct DurationBounds {
  const char* key;
  absl::Duration value;
  absl::Duration least;
  absl::Duration most;
};

absl::Status CheckOutsideValues(const v1::OutsideTsa& outside) {
  const bool plain = absl::StartsWith(outside.url(), "http://");
  if (!absl::StartsWith(outside.url(), "https://") && !plain) {
    return Invalid(absl::StrCat(kOutside, ".url"), "is neither https nor http");
  }
  if (plain && !outside.allow_plain_http() && !IsLoopbackUrl(outside.url())) {
    return Invalid(absl::StrCat(kOutside, ".url"),
                   "is http at another machine, which allow_plain_http would allow");
  }
  for (const DurationBounds& each :
       {DurationBounds{"timeout", DurationFrom(outside.timeout()), absl::Milliseconds(10),
                       absl::Seconds(60)},
        DurationBounds{"status_interval", DurationFrom(outside.status_interval()),
                       absl::Seconds(10), absl::Hours(24)},
        DurationBounds{"status_timeout", DurationFrom(outside.status_timeout()),
                       absl::Milliseconds(100), absl::Seconds(60)}}) {
    if (each.value >= each.least && each.value <= each.most) continue;
    return Invalid(absl::StrCat(kOutside, ".", each.key),
                   absl::StrCat("is not between ", absl::FormatDuration(each.least), " and ",
                                absl::FormatDuration(each.most)));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<UnitSettings> UnitsFrom(const v1::Config& config) {
  if (!config.timestamping().has_own()) return {};
  const v1::OwnTimestampingUnit& own = config.timestamping().own();
  std::vector<UnitSettings> units = {{.chain_file = own.chain_file(),
                                      .policy_oid = own.policy_oid(),
                                      .key_label = config.hsm().timestamping_key(),
                                      .qualified = own.qualified()}};
  for (const v1::FurtherTimestampingUnit& unit : own.further_units()) {
    units.push_back({.chain_file = unit.chain_file(),
                     .policy_oid = unit.policy_oid(),
                     .key_label = unit.key_label(),
                     .qualified = unit.qualified()});
  }
  return units;
}

tsa::NtpPoll::Options NtpOptionsFrom(const v1::ClockConfig& config, const Clock* clock) {
  return {.servers = {config.ntp_servers().begin(), config.ntp_servers().end()},
          .per_poll = static_cast<int>(config.ntp_servers_per_poll()),
          .quorum = static_cast<int>(config.ntp_quorum()),
          .most_apart = DurationFrom(config.ntp_most_apart()),
          .timeout = DurationFrom(config.ntp_timeout()),
          .clock = clock};
}

bool IsRoot(const Bytes& certificate_der) {
  const auto certificate = ParseCertificate(certificate_der);
  const bool is_root = certificate.ok() && X509_self_signed(certificate->get(), 1) == 1;
  DrainOpenSslErrors();
  return is_root;
}

absl::Status CheckOutsideRoots(const std::vector<Bytes>& trusted_der) {
  if (std::any_of(trusted_der.begin(), trusted_der.end(), IsRoot)) return absl::OkStatus();
  return Invalid(absl::StrCat(kOutside, ".trust_file"), "there is no root in it");
}

absl::Status CheckTimestampingValues(const v1::Config& config) {
  if (!config.timestamping().has_own()) return CheckOutsideValues(config.timestamping().outside());
  const v1::OwnTimestampingUnit& own = config.timestamping().own();
  if (own.further_units_size() > kMostFurtherUnits) {
    return Invalid(absl::StrCat(kField, ".further_units"), "at most 16");
  }
  const absl::Duration accuracy = DurationFrom(own.accuracy());
  if (accuracy < absl::Milliseconds(1) || accuracy > absl::Seconds(1)) {
    return Invalid(absl::StrCat(kField, ".accuracy"),
                   "is not between 1ms and 1s (EN 319 422 5.2.2)");
  }
  if (own.http_requests_per_second() > kMostRequests) {
    return Invalid(absl::StrCat(kField, ".http_requests_per_second"), "is more than 100000");
  }
  std::set<std::string> chain_files = {own.chain_file()};
  for (int i = 0; i < own.further_units_size(); ++i) {
    const std::string field = absl::StrCat(kField, ".further_units[", i, "]");
    const std::string& chain_file = own.further_units(i).chain_file();
    if (chain_file.empty()) return Invalid(absl::StrCat(field, ".chain_file"), "is needed");
    if (!chain_files.insert(chain_file).second) {
      return Invalid(absl::StrCat(field, ".chain_file"), "is another unit's");
    }
    if (!OidContent(own.further_units(i).policy_oid()).has_value()) {
      return Invalid(absl::StrCat(field, ".policy_oid"), "is not an object identifier");
    }
  }
  return CheckClockValues(own.clock());
}

}  // namespace enkrat::server
