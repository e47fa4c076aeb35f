#include "server/timestamping_core.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/object_identifier.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/time_text.h"
#include "server/certified_key.h"

namespace enkrat::server {
namespace {

constexpr absl::Duration kTakeUpInterval = absl::Seconds(1);
constexpr int kStalePolls = 5;

}  // namespace

absl::StatusOr<std::unique_ptr<TimestampingCore>> TimestampingCore::Create(const Parts& parts) {
  std::unique_ptr<TimestampingCore> core(new TimestampingCore(parts));
  if (!parts.config->timestamping().has_own()) {
    ENKRAT_ASSIGN_OR_RETURN(core->outside_,
                            OutsideTsa::Create({.config = &parts.config->timestamping().outside(),
                                                .fetcher = parts.fetcher,
                                                .clock = parts.clock,
                                                .logger = parts.logger,
                                                .metrics = parts.metrics}));
    return core;
  }
  ENKRAT_RETURN_IF_ERROR(core->OpenClock());
  ENKRAT_RETURN_IF_ERROR(core->OpenUnits());
  core->AwaitMark();
  core->AddGauges();
  return core;
}

TimestampingCore::~TimestampingCore() {
  units_task_.reset();
  watch_.reset();
  if (guard_ == nullptr) return;
  if (const absl::Status settled = guard_->Settle(); !settled.ok()) {
    parts_.logger->Error("the mark of the last timestamp was not written",
                         {{"why", settled.message()}});
  }
}

absl::Status TimestampingCore::OpenClock() {
  const config::v1::OwnTimestampingUnit& own = parts_.config->timestamping().own();
  const absl::Duration interval = DurationFrom(own.clock().poll_interval());
  tsa::ClockGuard::Options options{.accuracy = DurationFrom(own.accuracy()),
                                   .require_synchronised = own.require_synchronised_clock(),
                                   .kernel = tsa::SystemKernelClock(),
                                   .longest_without_poll = kStalePolls * interval,
                                   .good_polls = static_cast<int>(own.clock().good_polls()),
                                   .clock = parts_.clock};
  if (!own.clock().ntp_servers().empty()) {
    ENKRAT_ASSIGN_OR_RETURN(ntp_, tsa::NtpPoll::Create(NtpOptionsFrom(own.clock(), parts_.clock)));
    options.network = [this] { return ntp_->Ask(); };
  }
  ENKRAT_ASSIGN_OR_RETURN(options.mark, tsa::GenTimeMark::Open({.path = own.gen_time_mark_file()}));
  ENKRAT_ASSIGN_OR_RETURN(guard_, tsa::ClockGuard::Create(std::move(options)));
  if (ntp_ != nullptr) guard_->Poll();
  return absl::OkStatus();
}

// A process that was cut off may have covered a moment that it did not use.
void TimestampingCore::AwaitMark() {
  const absl::Duration ahead = guard_->floor() - parts_.clock->Now();
  if (ahead <= absl::ZeroDuration()) return;
  if (ahead <= 2 * tsa::GenTimeMark::Options().ahead) {
    absl::SleepFor(ahead + absl::Milliseconds(1));
    return;
  }
  parts_.logger->Error(
      "ALARM: the clock is behind timestamps that may have been issued; none are until it has "
      "caught up (docs/tsa.md)",
      {{"until", TimeText(guard_->floor())}, {"behind_s", absl::ToDoubleSeconds(ahead)}});
}

absl::StatusOr<signer::TimestampUnits::Handle> TimestampingCore::MakeUnit(
    const UnitSettings& settings) const {
  ENKRAT_ASSIGN_OR_RETURN(std::vector<Bytes> chain, ChainFrom(settings.chain_file));
  absl::StatusOr<std::unique_ptr<tsa::TimestampUnit>> unit = tsa::TimestampUnit::Create(
      {.chain_der = std::move(chain),
       .policy_oid = settings.policy_oid,
       .accuracy = DurationFrom(parts_.config->timestamping().own().accuracy()),
       .qualified = settings.qualified,
       .any_period = true,
       .clock = parts_.clock,
       .clock_guard = guard_.get()});
  if (!unit.ok()) return WithContext(unit.status(), settings.chain_file);
  const std::vector<Bytes>& chain_der = (*unit)->chain_der();
  ENKRAT_ASSIGN_OR_RETURN(hsm::LongLivedKey key,
                          FindCertifiedKey(*parts_.hsm, *parts_.registered,
                                           {.certificate_der = chain_der.front(),
                                            .public_key = (*unit)->public_key(),
                                            .configured_label = settings.key_label}));
  return std::make_shared<const signer::OwnUnit>(
      signer::OwnUnit{.unit = *std::move(unit), .key = std::move(key)});
}

absl::Status TimestampingCore::OpenUnits() {
  std::vector<signer::TimestampUnits::Handle> units;
  absl::Status first_error;
  for (const UnitSettings& settings : UnitsFrom(*parts_.config)) {
    absl::StatusOr<signer::TimestampUnits::Handle> unit = MakeUnit(settings);
    loaded_.push_back({.settings = settings,
                       .held = unit.ok() ? (*unit)->unit->chain_der() : std::vector<Bytes>()});
    if (unit.ok()) {
      units.push_back(*std::move(unit));
      continue;
    }
    if (first_error.ok()) first_error = unit.status();
    parts_.logger->Error("a timestamping unit cannot be used", {{"why", unit.status().message()}});
  }
  // Each policy must be served by somebody.
  for (const UnitSettings& settings : UnitsFrom(*parts_.config)) {
    const std::optional<Bytes> policy = OidContent(settings.policy_oid);
    const bool served = std::any_of(units.begin(), units.end(), [&](const auto& unit) {
      return policy.has_value() && unit->unit->policy() == *policy;
    });
    if (!served) return first_error;
  }
  units_ = std::make_unique<signer::TimestampUnits>(std::move(units));
  auto local = std::make_unique<signer::LocalTimestamper>(*units_, *parts_.hsm, *parts_.clock);
  own_ = local.get();
  timestamper_ = std::move(local);
  return absl::OkStatus();
}

void TimestampingCore::AddGauges() {
  if (parts_.metrics == nullptr) return;
  AddClockGauges(*guard_, *parts_.metrics);
  parts_.metrics->AddGauge(
      "enkrat_timestamping_key_end_seconds",
      "When the key of the unit that answers may sign no more, Unix time.", [this] {
        const auto own = units_->Choose({}, parts_.clock->Now());
        return static_cast<double>(absl::ToUnixSeconds(own->unit->usable_until()));
      });
}

absl::Status TimestampingCore::Available() const {
  if (outside_ != nullptr) return outside_->units().Available();
  if (units_ == nullptr) return absl::OkStatus();
  ENKRAT_RETURN_IF_ERROR(guard_->Available());
  const absl::Time now = parts_.clock->Now();
  const signer::TimestampUnits::Handle own = units_->Choose({}, now);
  if (own->unit->withdrawn() || now < own->unit->usable_from() || now > own->unit->usable_until()) {
    return MakeError(Reason::kTimestampUnavailable, "no timestamping unit is within its period");
  }
  return absl::OkStatus();
}

std::vector<Bytes> TimestampingCore::Chain() const {
  if (units_ == nullptr) return {};
  return units_->Choose({}, parts_.clock->Now())->unit->chain_der();
}

std::vector<WatchedUnit> TimestampingCore::Watched() const {
  std::vector<WatchedUnit> watched;
  if (units_ == nullptr) return watched;
  for (const signer::TimestampUnits::Handle& each : units_->All()) {
    watched.push_back(
        {.chain_der = each->unit->chain_der(), .withdraw = [each] { each->unit->Withdraw(); }});
  }
  return watched;
}

void TimestampingCore::Start(store::Ledger* ledger, Added added) {
  if (outside_ != nullptr) return outside_->Start();
  added_ = std::move(added);
  notices_ = std::make_unique<UnitNotices>(UnitNotices::Parts{
      .units = units_.get(), .ledger = ledger, .logger = parts_.logger, .clock = parts_.clock});
  watch_ = std::make_unique<ClockWatch>(ClockWatch::Options{
      .guard = guard_.get(),
      .poll_interval = DurationFrom(parts_.config->timestamping().own().clock().poll_interval()),
      .ledger = ledger,
      .logger = parts_.logger});
  watch_->Start();
  notices_->Look();
  units_task_ = std::make_unique<PeriodicTask>(kTakeUpInterval, [this] {
    TakeUp();
    notices_->Look();
    return true;
  });
}

void TimestampingCore::TakeUp() {
  for (Loaded& loaded : loaded_) {
    absl::StatusOr<std::vector<Bytes>> chain = ChainFrom(loaded.settings.chain_file);
    if (!chain.ok() || *chain == loaded.held) continue;
    absl::StatusOr<signer::TimestampUnits::Handle> unit = MakeUnit(loaded.settings);
    if (!unit.ok()) {
      // A renewal writes chain, key and register one after the other: what cannot be used yet may
      // be in order a moment later.
      if (*chain != loaded.refused) {
        parts_.logger->Error("ALARM: the new timestamping unit cannot be used",
                             {{"why", unit.status().message()}});
      }
      loaded.refused = *std::move(chain);
      continue;
    }
    loaded.held = *std::move(chain);
    if (const absl::Status told = added_((*unit)->unit->chain_der()); !told.ok()) {
      parts_.logger->Error("validation data will miss a timestamping unit",
                           {{"why", told.message()}});
    }
    notices_->Added(**unit);
    units_->Add(*std::move(unit));
  }
  units_->DropEnded(parts_.clock->Now());
}

}  // namespace enkrat::server
