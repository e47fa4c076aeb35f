#include "server/outside_units.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ades/embedded_validation_data.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "server/timestamping_settings.h"

namespace enkrat::server {
namespace {

using validation::PathStatus;

constexpr size_t kMostUnits = 16;
constexpr absl::Duration kForgotten = absl::Hours(24);
// How long a TSA that did not answer is not asked again who would; and one that did.
constexpr absl::Duration kFailureStands = absl::Seconds(5);
constexpr absl::Duration kProbeInterval = absl::Minutes(1);
// Of the time for all questions one may take so much: behind a firewall one place in a certificate
// is often dead, and another answers.
constexpr int kShares = 3;
// What may be in every signature: a CRL beyond it would make each of them megabytes.
constexpr size_t kMostOctets = size_t{256} * 1024;
// Of units that the signature's own timestamps are not of.
constexpr size_t kMostOctetsOfOthers = size_t{64} * 1024;
constexpr size_t kMostElements = 48;  // of a signature's 64, ours among them

absl::Status Unavailable(absl::string_view why) {
  return MakeError(Reason::kValidationDataUnavailable, why);
}

absl::Status Revoked() {
  return MakeError(Reason::kTimestampUnavailable, "the outside TSA's unit was revoked");
}

size_t OctetsOf(const ValidationData& data) {
  size_t octets = 0;
  for (const auto* kind : {&data.certificates_der, &data.crls_der, &data.ocsp_responses_der}) {
    for (const Bytes& each : *kind) octets += each.size();
  }
  return octets;
}

}  // namespace

absl::StatusOr<std::unique_ptr<OutsideUnits>> OutsideUnits::Create(Options options) {
  if (options.http == nullptr || options.clock == nullptr || options.logger == nullptr ||
      !options.probe) {
    return MakeError(Reason::kConfigurationInvalid, "a part of the outside units is missing");
  }
  validation::TrustStore::Options anchors;
  std::vector<Bytes> between;
  for (const Bytes& der : options.trusted_der) {
    (IsRoot(der) ? anchors.anchors_der : between).push_back(der);
  }
  ENKRAT_RETURN_IF_ERROR(CheckOutsideRoots(options.trusted_der));
  ENKRAT_ASSIGN_OR_RETURN(auto trust, validation::TrustStore::Create(std::move(anchors)));
  std::unique_ptr<OutsideUnits> units(new OutsideUnits(std::move(options), std::move(trust)));
  units->between_der_ = std::move(between);
  return units;
}

OutsideUnits::OutsideUnits(Options options, std::unique_ptr<validation::TrustStore> trust)
    : options_(std::move(options)), trust_(std::move(trust)) {}
OutsideUnits::~OutsideUnits() = default;

absl::StatusOr<OutsideUnits::UnitPtr> OutsideUnits::Remember(ByteSpan token_der) {
  ENKRAT_ASSIGN_OR_RETURN(tsa::Token token, tsa::ParseToken(token_der));
  const absl::Time now = options_.clock->Now();
  std::vector<Bytes> certificates_der = std::move(token.certificates_der);
  certificates_der.insert(certificates_der.end(), between_der_.begin(), between_der_.end());
  MutexLock lock(mutex_);
  auto found = std::find_if(units_.begin(), units_.end(), [&](const UnitPtr& unit) {
    return unit->certificate_der == token.signer_certificate_der;
  });
  if (found != units_.end()) {
    std::rotate(found, found + 1, units_.end());
    UnitPtr& unit = units_.back();
    unit->seen = now;
    const bool in_vain = !unit->failure.ok() && !unit->revoked() && !unit->asking;
    if (in_vain && unit->certificates_der != certificates_der) {
      // A CA above it may have a new certificate. Whoever holds the unit as it was keeps it.
      unit = std::make_shared<OutsideUnit>(*unit);
      unit->certificates_der = std::move(certificates_der);
    }
    return unit;
  }
  if (units_.size() >= kMostUnits) units_.erase(units_.begin());
  auto unit = std::make_shared<OutsideUnit>();
  unit->certificate_der = std::move(token.signer_certificate_der);
  unit->certificates_der = std::move(certificates_der);
  unit->seen = now;
  units_.push_back(unit);
  return unit;
}

absl::Status OutsideUnits::Note(ByteSpan token_der) {
  ENKRAT_ASSIGN_OR_RETURN(const UnitPtr unit, Remember(token_der));
  MutexLock lock(mutex_);
  return unit->revoked() ? Revoked() : absl::OkStatus();
}

OutsideUnits::UnitPtr OutsideUnits::Latest() const {
  return units_.empty() ? nullptr : units_.back();
}

absl::Status OutsideUnits::Available() const {
  MutexLock lock(mutex_);
  const UnitPtr latest = Latest();
  return latest != nullptr && latest->revoked() ? Revoked() : absl::OkStatus();
}

bool OutsideUnits::StatusAtHand() const {
  MutexLock lock(mutex_);
  const UnitPtr latest = Latest();
  return latest != nullptr && latest->Serves(options_.clock->Now(), absl::InfinitePast());
}

size_t OutsideUnits::StatusOctets() const {
  ValidationData data;
  {
    MutexLock lock(mutex_);
    const UnitPtr latest = Latest();
    if (latest == nullptr || !latest->Serves(options_.clock->Now(), absl::InfinitePast())) return 0;
    data = latest->status->data;
  }
  AddOthers(absl::InfinitePast(), data);
  return OctetsOf(data);
}

bool OutsideUnits::WaitForChange(absl::Time deadline) {
  const absl::Duration left = deadline - options_.clock->Now();
  if (left <= absl::ZeroDuration()) return false;
  changed_.wait_for(mutex_, absl::ToChronoNanoseconds(std::min(left, absl::Seconds(1))));
  return true;
}

absl::StatusOr<OutsideUnits::StatusPtr> OutsideUnits::StatusOf(OutsideUnit& unit,
                                                               absl::Time not_before,
                                                               absl::Time deadline) {
  absl::Duration time;
  {
    MutexLock lock(mutex_);
    while (true) {
      const absl::Time now = options_.clock->Now();
      if (unit.Serves(now, not_before)) return unit.status;
      if (unit.revoked()) return Unavailable("the outside TSA's unit was revoked");
      ENKRAT_RETURN_IF_ERROR(unit.RecentFailure(now));
      if (!unit.asking) break;
      if (!WaitForChange(deadline)) return Unavailable("it was not fetched in time");
    }
    time = deadline - options_.clock->Now();
    if (time <= absl::ZeroDuration()) return Unavailable("no time is left to fetch it");
    unit.asking = true;
  }
  Ask(unit, time);
  MutexLock lock(mutex_);
  if (unit.Serves(options_.clock->Now(), not_before)) return unit.status;
  if (unit.revoked()) return Unavailable("the outside TSA's unit was revoked");
  return unit.failure.ok() ? Unavailable("it was not fetched in time") : unit.failure;
}

void OutsideUnits::Ask(OutsideUnit& unit, absl::Duration time) {
  const absl::Time stop_at = absl::Now() + std::min(time, options_.timeout);
  const absl::Time now = options_.clock->Now();
  PathStatus found;
  const auto fetcher =
      validation::RevocationFetcher::Create({.http = options_.http,
                                             .longest_fetch = options_.timeout / kShares,
                                             .public_addresses_only = !options_.private_addresses});
  if (fetcher.ok()) {
    found = validation::AskPathStatus({.certificate_der = unit.certificate_der,
                                       .certificates_der = &unit.certificates_der,
                                       .now = now,
                                       .stop_at = stop_at},
                                      *trust_, **fetcher);
  }
  if (found.verdict == PathStatus::Verdict::kGood && OctetsOf(found.data) > kMostOctets) {
    found = {.why = absl::StrCat("CRLs and OCSP responses are more than ", kMostOctets, " octets")};
  }
  // A caller in a hurry does not speak for the others.
  const bool cut_short = time < options_.timeout && absl::Now() >= stop_at;
  MutexLock lock(mutex_);
  unit.asking = false;
  changed_.notify_all();
  if (cut_short && found.verdict == PathStatus::Verdict::kUnknown) return;
  unit.Settle(std::move(found), now, options_.clock->Now(), options_.interval, *options_.logger);
}

// Asks the TSA for a timestamp of nothing, one caller for all: its token shows the unit.
absl::Status OutsideUnits::Probe(absl::Time deadline) {
  {
    MutexLock lock(mutex_);
    const UnitPtr before = Latest();
    while (true) {
      if (Latest() != before) return absl::OkStatus();
      if (options_.clock->Now() < next_probe_) return probe_failure_;
      if (!probing_) break;
      if (!WaitForChange(deadline)) return Unavailable("the TSA did not answer in time");
    }
    probing_ = true;
  }
  const absl::Duration time = deadline - options_.clock->Now();
  const absl::StatusOr<Bytes> token = options_.probe(deadline);
  absl::Status known = token.status();
  if (known.ok()) known = Remember(*token).status();
  // As in Ask: a caller in a hurry does not speak for the others.
  const bool late =
      ReasonOf(known) == Reason::kDeadlineTooShort || options_.clock->Now() >= deadline;
  const bool cut_short = !known.ok() && time < options_.timeout && late;
  MutexLock lock(mutex_);
  probing_ = false;
  changed_.notify_all();
  if (cut_short) return known;
  probe_failure_ = known;
  next_probe_ = options_.clock->Now() + (known.ok() ? kProbeInterval : kFailureStands);
  return known;
}

// Who answered last, unless it is known to be worthless: then whoever the TSA has now.
absl::StatusOr<OutsideUnits::UnitPtr> OutsideUnits::Expected(absl::Time deadline) {
  {
    MutexLock lock(mutex_);
    const UnitPtr latest = Latest();
    if (latest != nullptr && !latest->revoked()) return latest;
  }
  ENKRAT_RETURN_IF_ERROR(Probe(deadline));
  MutexLock lock(mutex_);
  const UnitPtr latest = Latest();
  if (latest == nullptr) return Unavailable("the TSA has not answered yet");
  return latest;
}

absl::StatusOr<std::shared_ptr<const ValidationData>> OutsideUnits::About(
    const std::vector<ByteSpan>& tokens_der, absl::Time not_before, absl::Time deadline) {
  not_before = std::min(not_before, options_.clock->Now());  // the TSA's clock may be ahead
  std::vector<UnitPtr> units;
  for (const ByteSpan token : tokens_der) {
    ENKRAT_ASSIGN_OR_RETURN(UnitPtr unit, Remember(token));
    if (std::find(units.begin(), units.end(), unit) == units.end()) {
      units.push_back(std::move(unit));
    }
  }
  if (tokens_der.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(UnitPtr unit, Expected(deadline));
    units.push_back(std::move(unit));
  }
  auto data = std::make_shared<ValidationData>();
  for (const UnitPtr& unit : units) {
    ENKRAT_ASSIGN_OR_RETURN(const StatusPtr status, StatusOf(*unit, not_before, deadline));
    ades::Merge(*data, status->data);
  }
  AddOthers(not_before, *data);
  return data;
}

void OutsideUnits::AddOthers(absl::Time not_before, ValidationData& data) const {
  std::vector<StatusPtr> others;
  {
    MutexLock lock(mutex_);
    const absl::Time now = options_.clock->Now();
    for (auto unit = units_.rbegin(); unit != units_.rend(); ++unit) {
      if ((*unit)->Serves(now, not_before)) others.push_back((*unit)->status);
    }
  }
  const size_t most = OctetsOf(data) + kMostOctetsOfOthers;
  for (const StatusPtr& other : others) {
    ValidationData more = data;
    ades::Merge(more, other->data);
    const bool fits = OctetsOf(more) <= most && more.certificates_der.size() <= kMostElements &&
                      more.crls_der.size() + more.ocsp_responses_der.size() <= kMostElements;
    if (fits) data = std::move(more);
  }
}

std::vector<Bytes> OutsideUnits::IssuersOf(const tsa::Token& token, absl::Time deadline) {
  {
    MutexLock lock(mutex_);
    for (const Path& path : paths_) {
      if (path.signer_der == token.signer_certificate_der) return path.issuers_der;
    }
  }
  const auto fetcher =
      validation::RevocationFetcher::Create({.http = options_.http,
                                             .max_fetches = 8,
                                             .longest_fetch = options_.timeout / kShares,
                                             .public_addresses_only = !options_.private_addresses});
  if (!fetcher.ok()) return {};
  const absl::Duration time = std::min(deadline - options_.clock->Now(), options_.timeout);
  Path path = {.signer_der = token.signer_certificate_der,
               .issuers_der = validation::FindPath({.certificate_der = token.signer_certificate_der,
                                                    .certificates_der = &token.certificates_der,
                                                    .now = options_.clock->Now(),
                                                    .stop_at = absl::Now() + time},
                                                   *trust_, **fetcher)};
  if (path.issuers_der.empty()) return {};
  MutexLock lock(mutex_);
  if (paths_.size() >= kMostUnits) paths_.erase(paths_.begin());
  paths_.push_back(path);
  return path.issuers_der;
}

void OutsideUnits::KeepFresh() {
  UnitPtr due;
  bool probe = false;
  {
    MutexLock lock(mutex_);
    const absl::Time now = options_.clock->Now();
    std::erase_if(units_, [&](const UnitPtr& unit) { return unit->seen + kForgotten < now; });
    for (const UnitPtr& unit : units_) {
      if (unit->asking || now < unit->due) continue;
      if (due == nullptr || unit->due < due->due) due = unit;
    }
    if (due != nullptr) due->asking = true;
    const UnitPtr latest = Latest();
    probe = latest != nullptr && latest->revoked() && !probing_ && now >= next_probe_;
  }
  if (due != nullptr) Ask(*due, options_.timeout);
  // Nothing is stamped while the last unit is a revoked one, so nobody else sees its successor.
  if (probe) Probe(options_.clock->Now() + options_.timeout).IgnoreError();
}

}  // namespace enkrat::server
