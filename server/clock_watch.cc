#include "server/clock_watch.h"

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/time_text.h"

namespace enkrat::server {
namespace {

void Log(const tsa::ClockEvent& event, Logger& logger) {
  const std::string at = TimeText(event.at);
  const std::initializer_list<LogField> fields = {
      {"event", tsa::ClockEventName(event.kind)}, {"at", at}, {"detail", event.detail}};
  switch (event.kind) {
    case tsa::ClockEventKind::kLost:
      return logger.Error("ALARM: the clock cannot be trusted; no timestamps are issued", fields);
    case tsa::ClockEventKind::kStepped:
      return logger.Error("the clock was stepped", fields);
    case tsa::ClockEventKind::kLeapMissed:
      return logger.Warning("an announced leap second was not made", fields);
    case tsa::ClockEventKind::kRegained:
      return logger.Info("the clock is trusted; timestamps are issued", fields);
    case tsa::ClockEventKind::kLeapAnnounced:
      return logger.Info("a leap second is announced", fields);
    case tsa::ClockEventKind::kLeapSecond:
      return logger.Info("a leap second was made", fields);
  }
}

}  // namespace

void ClockWatch::Start() {
  Report();
  polls_ = std::make_unique<PeriodicTask>(options_.poll_interval, [this] {
    options_.guard->Poll();
    return true;
  });
  looks_ = std::make_unique<PeriodicTask>(kLookInterval, [this] {
    options_.guard->Look();
    Report();
    return true;
  });
}

void ClockWatch::Report() {
  for (const tsa::ClockEvent& event : options_.guard->TakeEvents()) {
    Log(event, *options_.logger);
    if (options_.ledger == nullptr) continue;
    const nlohmann::json facts = {{"event", std::string(tsa::ClockEventName(event.kind))},
                                  {"detail", event.detail},
                                  {"since_boot_s", absl::ToDoubleSeconds(event.since_boot)}};
    const absl::Status recorded = options_.ledger->RecordEvent(
        {.step = absl::StrCat("clock-", tsa::ClockEventName(event.kind)),
         .at = event.at,
         .facts_json = facts.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)});
    if (!recorded.ok()) {
      options_.logger->Error("evidence was not recorded", {{"why", recorded.message()}});
    }
  }
}

void AddClockGauges(const tsa::ClockGuard& guard, Metrics& metrics) {
  const auto add = [&](const char* name, const char* help,
                       double (*read)(const tsa::ClockGuard::State&)) {
    metrics.AddGauge(name, help, [&guard, read] { return read(guard.state()); });
  };
  using State = tsa::ClockGuard::State;
  add("enkrat_clock_available", "1 while the clock is trusted with timestamps.",
      [](const State& state) { return state.available.ok() ? 1.0 : 0.0; });
  add("enkrat_clock_offset_seconds", "What the NTP servers say must be added to the clock.",
      [](const State& state) {
        return state.network ? absl::ToDoubleSeconds(state.network->offset) : 0.0;
      });
  add("enkrat_clock_root_distance_seconds", "How wrong the NTP servers' word may be.",
      [](const State& state) {
        return state.network ? absl::ToDoubleSeconds(state.network->root_distance) : 0.0;
      });
  add("enkrat_clock_kernel_error_seconds", "How wrong the kernel says that the clock may be.",
      [](const State& state) { return absl::ToDoubleSeconds(state.kernel_error); });
  add("enkrat_clock_polls", "Polls of the clock's witnesses since the start.",
      [](const State& state) { return static_cast<double>(state.polls); });
  add("enkrat_clock_failed_polls", "Those of them that were not good.",
      [](const State& state) { return static_cast<double>(state.failed_polls); });
  add("enkrat_clock_losses", "How often the clock stopped being trusted since the start.",
      [](const State& state) { return static_cast<double>(state.losses); });
}

}  // namespace enkrat::server
