#include "cli/refusals.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "common/time_text.h"

namespace enkrat::cli {
namespace {

constexpr size_t kMostEvents = 1000;  // the ledger's own limit

// Facts are ours and JSON; a damaged file is shown, not hidden.
nlohmann::ordered_json FactsOf(const store::EvidenceRecord& record) {
  auto facts = nlohmann::ordered_json::parse(record.facts_json, nullptr, /*exceptions=*/false);
  return facts.is_object() ? facts : nlohmann::ordered_json{{"damaged", record.facts_json}};
}

std::string Dump(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

const char* Word(const Refusals& refusals) {
  return refusals.kind == RefusalKind::kAccessDenied ? "denied" : "rejected";
}

}  // namespace

absl::StatusOr<Refusals> FindRefusals(store::Ledger& ledger, RefusalKind kind, absl::Time since) {
  ENKRAT_ASSIGN_OR_RETURN(std::vector<store::EvidenceRecord> events,
                          ledger.Events(since, kMostEvents));
  const absl::string_view step =
      kind == RefusalKind::kAccessDenied ? store::kAccessDeniedStep : store::kRejectedAssertionStep;
  Refusals refusals{.kind = kind, .cut_off = events.size() == kMostEvents};
  for (store::EvidenceRecord& event : events) {
    if (event.step == step) refusals.records.push_back(std::move(event));
  }
  return refusals;
}

std::string AsText(const Refusals& refusals) {
  std::string text;
  for (const store::EvidenceRecord& record : refusals.records) {
    absl::StrAppend(&text, TimeText(record.at), "  ", Dump(FactsOf(record), -1), "\n");
  }
  absl::StrAppend(&text, refusals.records.size(), " ", Word(refusals),
                  refusals.cut_off ? "; there are later ones: give a shorter --since" : "", "\n");
  return text;
}

std::string AsJson(const Refusals& refusals) {
  nlohmann::ordered_json json = {{Word(refusals), nlohmann::ordered_json::array()},
                                 {"cut_off", refusals.cut_off}};
  for (const store::EvidenceRecord& record : refusals.records) {
    json[Word(refusals)].push_back({{"at", TimeText(record.at)}, {"facts", FactsOf(record)}});
  }
  return Dump(json, 2) + "\n";
}

}  // namespace enkrat::cli
