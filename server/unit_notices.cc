#include "server/unit_notices.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/time_text.h"
#include "signer/certificate_description.h"

namespace enkrat::server {
namespace {

constexpr absl::Duration kNotice = absl::Hours(24 * 30);  // as in enkrat doctor
constexpr absl::Duration kNoticeInterval = absl::Hours(24);

// A certificate that lives on is renewed, one that has expired is reissued.
std::string MendingOf(const signer::OwnUnit& own, absl::Time now) {
  const auto facts = signer::DescribeCertificate(own.unit->chain_der().front());
  const bool expired = facts.ok() && now > facts->not_after;
  return absl::StrCat("enkrat certificates ", expired ? "reissue " : "renew ",
                      facts.ok() ? facts->serial_number : "timestamping-unit");
}

bool IsUsable(const signer::OwnUnit& own, absl::Time now) {
  return !own.unit->withdrawn() && own.unit->usable_from() <= now &&
         now <= own.unit->usable_until();
}

}  // namespace

void UnitNotices::Look() {
  const absl::Time now = parts_.clock->Now();
  SayWhoAnswers(now);
  for (const signer::TimestampUnits::Handle& each : parts_.units->All()) {
    if (EndsWithoutHeir(*each, now)) SayWhatEnds(*each, now);
  }
}

void UnitNotices::SayWhoAnswers(absl::Time now) {
  const signer::TimestampUnits::Handle own = parts_.units->Choose({}, now);
  if (own == answering_ || !IsUsable(*own, now)) return;
  answering_ = own;
  Record("timestamping-unit-answers", *own);
}

bool UnitNotices::EndsWithoutHeir(const signer::OwnUnit& own, absl::Time now) const {
  const absl::Time until = own.unit->usable_until();
  if (own.unit->withdrawn() || until - now > kNotice) return false;
  const std::vector<signer::TimestampUnits::Handle> all = parts_.units->All();
  return std::none_of(all.begin(), all.end(), [&](const auto& each) {
    if (each->unit->policy() != own.unit->policy()) return false;
    if (until < now && IsUsable(*each, now)) return true;
    return each->unit->usable_from() <= until && each->unit->usable_until() > until &&
           !each->unit->withdrawn();
  });
}

void UnitNotices::SayWhatEnds(const signer::OwnUnit& own, absl::Time now) {
  const bool over = now > own.unit->usable_until();
  Told& told = told_[own.unit->chain_der().front()];
  if (told.over == over && now - told.at < kNoticeInterval) return;
  told = {.at = now, .over = over};
  const std::string until = TimeText(own.unit->usable_until());
  const std::string mend = MendingOf(own, now);
  if (over) {
    parts_.logger->Error(
        "ALARM: the timestamping unit's key period is over; nothing is timestamped by its policy",
        {{"until", until}, {"mend", mend}});
  } else {
    parts_.logger->Warning("the timestamping unit's key ends soon, and nothing takes over",
                           {{"until", until}, {"mend", mend}});
  }
}

void UnitNotices::Record(const std::string& step, const signer::OwnUnit& own) {
  const auto description = signer::DescribeCertificate(own.unit->chain_der().front());
  const std::string serial = description.ok() ? description->serial_number : "";
  const std::string until = TimeText(own.unit->usable_until());
  parts_.logger->Info(
      step, {{"serial_number", serial}, {"key_label", own.key.label()}, {"usable_until", until}});
  if (parts_.ledger == nullptr) return;
  const nlohmann::json facts = {
      {"serial_number", serial}, {"key_label", own.key.label()}, {"usable_until", until}};
  const absl::Status recorded = parts_.ledger->RecordEvent(
      {.step = step, .at = parts_.clock->Now(), .facts_json = facts.dump()});
  if (!recorded.ok()) {
    parts_.logger->Error("evidence was not recorded", {{"why", recorded.message()}});
  }
}

}  // namespace enkrat::server
