#include "cli/rejected_assertions.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "common/time_text.h"

namespace enkrat::cli {
namespace {

constexpr size_t kMostEvents = 1000;  // the ledger's own limit
constexpr char kStep[] = "assertion-rejected";

// Facts are ours and JSON; a damaged file is shown, not hidden.
nlohmann::ordered_json FactsOf(const store::EvidenceRecord& record) {
  auto facts = nlohmann::ordered_json::parse(record.facts_json, nullptr, /*exceptions=*/false);
  return facts.is_object() ? facts : nlohmann::ordered_json{{"damaged", record.facts_json}};
}

std::string Dump(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

absl::StatusOr<RejectedAssertions> FindRejectedAssertions(store::Ledger& ledger, absl::Time since) {
  ENKRAT_ASSIGN_OR_RETURN(std::vector<store::EvidenceRecord> events,
                          ledger.Events(since, kMostEvents));
  RejectedAssertions rejected{.cut_off = events.size() == kMostEvents};
  for (store::EvidenceRecord& event : events) {
    if (event.step == kStep) rejected.records.push_back(std::move(event));
  }
  return rejected;
}

std::string AsText(const RejectedAssertions& rejected) {
  std::string text;
  for (const store::EvidenceRecord& record : rejected.records) {
    absl::StrAppend(&text, TimeText(record.at), "  ", Dump(FactsOf(record), -1), "\n");
  }
  absl::StrAppend(&text, rejected.records.size(), " rejected",
                  rejected.cut_off ? "; there are later ones: give a shorter --since" : "", "\n");
  return text;
}

std::string AsJson(const RejectedAssertions& rejected) {
  nlohmann::ordered_json json = {{"rejected", nlohmann::ordered_json::array()},
                                 {"cut_off", rejected.cut_off}};
  for (const store::EvidenceRecord& record : rejected.records) {
    json["rejected"].push_back({{"at", TimeText(record.at)}, {"facts", FactsOf(record)}});
  }
  return Dump(json, 2) + "\n";
}

}  // namespace enkrat::cli
