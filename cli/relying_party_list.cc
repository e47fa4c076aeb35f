#include "cli/relying_party_list.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"
#include "server/relying_party_folder.h"
#include "server/settings.h"
#include "signer/signature_level.h"

namespace enkrat::cli {
namespace {

using Json = nlohmann::ordered_json;

RelyingPartyFacts FactsOf(const server::CallerDirectory::Entry& entry, const std::string& source,
                          const std::string& file) {
  const signer::RelyingParty& party = entry.relying_party;
  RelyingPartyFacts facts = {.id = party.id,
                             .source = source,
                             .file = file,
                             .disabled = party.disabled->load(),
                             .names = entry.certificate_sans,
                             .levels = {},
                             .max_in_flight = party.max_in_flight,
                             .calls_per_second = party.calls_per_second,
                             .burst = party.burst,
                             .sessions_per_day = party.sessions_per_day};
  for (const auto& [key, policy] : party.policies) {
    facts.levels.push_back(
        absl::StrCat(signer::KindName(key.kind), " ", signer::LevelName(key.level)));
  }
  return facts;
}

std::string LimitsOf(const RelyingPartyFacts& party) {
  std::string text = absl::StrCat(party.max_in_flight, " at once");
  if (party.calls_per_second > 0) {
    absl::StrAppend(&text, ", ", party.calls_per_second, "/s (burst ", party.burst, ")");
  }
  if (party.sessions_per_day > 0) absl::StrAppend(&text, ", ", party.sessions_per_day, "/day");
  return text;
}

Json FieldsOf(const RelyingPartyFacts& party) {
  Json json = {{"id", party.id},
               {"source", party.source},
               {"file", party.file},
               {"disabled", party.disabled},
               {"certificate_sans", party.names},
               {"levels", party.levels},
               {"max_in_flight", party.max_in_flight}};
  if (party.calls_per_second > 0) {
    json["calls_per_second"] = party.calls_per_second;
    json["burst"] = party.burst;
  }
  if (party.sessions_per_day > 0) json["sessions_per_day"] = party.sessions_per_day;
  return json;
}

std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

absl::StatusOr<std::vector<RelyingPartyFacts>> ListRelyingParties(const std::string& config_file) {
  ENKRAT_ASSIGN_OR_RETURN(const server::Config config, server::LoadSettings(config_file));
  const std::string& folder = config.relying_parties_folder();
  std::vector<server::RelyingPartyFile> files;
  if (!folder.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(files,
                            server::ReadRelyingPartyFolder(folder, server::FolderOwner::kAnybody));
  }
  ENKRAT_RETURN_IF_ERROR(server::CallersWith(config, files).status());
  std::vector<RelyingPartyFacts> parties;
  for (const auto& configured : config.relying_parties()) {
    ENKRAT_ASSIGN_OR_RETURN(const auto entry, server::CallerFrom(configured, config, "config"));
    parties.push_back(FactsOf(entry, "config", config_file));
  }
  ENKRAT_ASSIGN_OR_RETURN(const auto entries, server::EntriesFrom(files, config));
  for (size_t i = 0; i < entries.size(); ++i) {
    parties.push_back(FactsOf(entries[i], "folder", absl::StrCat(folder, "/", files[i].name)));
  }
  return parties;
}

std::string TableOf(const std::vector<RelyingPartyFacts>& parties) {
  size_t width = 2;
  size_t levels_width = 6;
  for (const RelyingPartyFacts& party : parties) {
    width = std::max(width, party.id.size());
    levels_width = std::max(levels_width, absl::StrJoin(party.levels, ", ").size());
  }
  const auto line = [&](const std::string& id, const std::string& source, const std::string& state,
                        const std::string& levels, const std::string& limits) {
    return absl::StrFormat("%-*s  %-6s  %-8s  %-*s  %s\n", static_cast<int>(width), id, source,
                           state, static_cast<int>(levels_width), levels, limits);
  };
  std::string table = line("ID", "SOURCE", "STATE", "LEVELS", "LIMITS");
  for (const RelyingPartyFacts& party : parties) {
    table += line(party.id, party.source, party.disabled ? "disabled" : "enabled",
                  absl::StrJoin(party.levels, ", "), LimitsOf(party));
  }
  return table;
}

std::string TextOf(const RelyingPartyFacts& party) {
  return absl::StrCat("id: ", party.id, "\nstate: ", party.disabled ? "disabled" : "enabled",
                      "\nsource: ", party.source, "\nfile: ", party.file,
                      "\ncertificate names: ", absl::StrJoin(party.names, ", "),
                      "\nlevels: ", absl::StrJoin(party.levels, ", "),
                      "\nlimits: ", LimitsOf(party), "\n");
}

std::string JsonOf(const std::vector<RelyingPartyFacts>& parties) {
  Json json = {{"relying_parties", Json::array()}};
  for (const RelyingPartyFacts& party : parties) json["relying_parties"].push_back(FieldsOf(party));
  return Dump(json);
}

std::string JsonOf(const RelyingPartyFacts& party) { return Dump(FieldsOf(party)); }

}  // namespace enkrat::cli
