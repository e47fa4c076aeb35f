// enkrat rp: the applications that may ask for signatures. Works on the configuration and its
// folder, whether the service runs or not.
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "cli/relying_party_change.h"
#include "cli/relying_party_list.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "server/relying_party_folder.h"

namespace enkrat::cli {
namespace {

constexpr char kRunning[] = "a running service takes it up within a second";

struct RpArguments {
  std::string config_file = "/etc/enkrat/config.yaml";
  NewRelyingParty party;
  std::string from_file;
};

// What was done to whom.
void Report(const Context& context, const RpArguments& arguments, const std::string& done,
            bool changed, const std::string& file) {
  if (context.json) {
    context.out << nlohmann::ordered_json{{"id", arguments.party.id},
                                          {"done", done},
                                          {"changed", changed},
                                          {"file", file}}
                       .dump(2)
                << "\n";
    return;
  }
  context.out << arguments.party.id << ": "
              << (changed ? absl::StrCat(done, " (", file, "); ", kRunning)
                          : absl::StrCat("was ", done, " already"))
              << "\n";
}

absl::Status RunAdd(const RpArguments& arguments, const Context& context) {
  NewRelyingParty party = arguments.party;
  std::string yaml;
  if (!arguments.from_file.empty()) {
    if (!party.names.empty() || !party.levels.empty()) {
      return UsageError(
          "--from is the whole relying party: neither --san nor --level goes with it");
    }
    ENKRAT_ASSIGN_OR_RETURN(const Bytes text,
                            ReadFile(arguments.from_file, server::kMaxRelyingPartyFileSize));
    yaml = ToString(text);
  } else {
    if (party.levels.empty()) party.levels = {"advanced"};
    // The word that `enkrat sign --level` takes.
    std::replace(party.levels.begin(), party.levels.end(), std::string("advanced-qc"),
                 std::string("advanced_with_qualified_certificate"));
    yaml = RelyingPartyYaml(party);
  }
  ENKRAT_ASSIGN_OR_RETURN(const auto change, RelyingPartyChange::Begin(arguments.config_file));
  ENKRAT_RETURN_IF_ERROR(change->Add(party.id, std::move(yaml)));
  Report(context, arguments, "added", true, change->FileOf(party.id));
  return absl::OkStatus();
}

absl::Status RunSwitch(const RpArguments& arguments, bool disabled, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const auto change, RelyingPartyChange::Begin(arguments.config_file));
  ENKRAT_ASSIGN_OR_RETURN(const bool changed, change->SetDisabled(arguments.party.id, disabled));
  Report(context, arguments, disabled ? "disabled" : "enabled", changed,
         change->FileOf(arguments.party.id));
  return absl::OkStatus();
}

absl::Status RunRemove(const RpArguments& arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const auto change, RelyingPartyChange::Begin(arguments.config_file));
  ENKRAT_RETURN_IF_ERROR(change->Remove(arguments.party.id));
  Report(context, arguments, "removed", true, change->FileOf(arguments.party.id));
  return absl::OkStatus();
}

absl::Status RunList(const RpArguments& arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<RelyingPartyFacts> parties,
                          ListRelyingParties(arguments.config_file));
  context.out << (context.json ? JsonOf(parties) : TableOf(parties));
  return absl::OkStatus();
}

absl::Status RunShow(const RpArguments& arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<RelyingPartyFacts> parties,
                          ListRelyingParties(arguments.config_file));
  const auto found = std::find_if(parties.begin(), parties.end(), [&](const auto& party) {
    return party.id == arguments.party.id;
  });
  if (found == parties.end()) {
    return MakeError(Reason::kNotFound,
                     absl::StrCat("there is no relying party '", arguments.party.id, "'"));
  }
  context.out << (context.json ? JsonOf(*found) : TextOf(*found));
  return absl::OkStatus();
}

using Action = absl::Status (*)(const RpArguments&, const Context&);

// `enkrat rp <name> [ID] --config FILE`.
CLI::App* AddOne(CLI::App& group, const std::string& name, const std::string& what, bool of_one,
                 const std::shared_ptr<RpArguments>& arguments, Action action, Context& context) {
  CLI::App* command = group.add_subcommand(name, what);
  if (of_one) command->add_option("ID", arguments->party.id, "its id")->required();
  command->add_option("--config", arguments->config_file, "enkratd's configuration file")
      ->capture_default_str();
  command->footer(absl::StrCat("Example:\n  enkrat rp ", name, of_one ? " portal" : "",
                               name == "add" ? " --san DNS:portal.bank.example" : "",
                               " --config /etc/enkrat/config.yaml"));
  command->callback(
      [=, &context] { context.command = [=, &context] { return action(*arguments, context); }; });
  return command;
}

void AddAdd(CLI::App& group, Context& context) {
  auto arguments = std::make_shared<RpArguments>();
  CLI::App* command =
      AddOne(group, "add", "Add one: a file in the folder, checked before it is written",
             /*of_one=*/true, arguments, &RunAdd, context);
  command
      ->add_option("--san", arguments->party.names,
                   "name in its client certificate, DNS:... or URI:...; once for each")
      ->allow_extra_args(false);
  command
      ->add_option(
          "--level", arguments->party.levels,
          "what it may ask for: advanced (default), advanced-qc or qualified; once for each")
      ->allow_extra_args(false);
  command->add_option("--from", arguments->from_file,
                      "YAML file with all its settings (RelyingPartyConfig), copied as it is");
}

}  // namespace

void AddRpCommand(CLI::App& app, Context& context) {
  CLI::App* group =
      app.add_subcommand("rp", "Add, list, disable and remove the relying parties of enkratd");
  group->require_subcommand(1);
  group->footer("Example:\n  enkrat rp list --config /etc/enkrat/config.yaml");
  AddAdd(*group, context);
  const auto add = [&](const std::string& name, const std::string& what, bool of_one,
                       Action action) {
    AddOne(*group, name, what, of_one, std::make_shared<RpArguments>(), action, context);
  };
  add("list", "List all: where each is written, whether it is disabled, levels and limits", false,
      &RunList);
  add("show", "Show one", true, &RunShow);
  add("enable", "Let it call again", true, [](const RpArguments& arguments, const Context& c) {
    return RunSwitch(arguments, /*disabled=*/false, c);
  });
  add("disable", "Refuse its calls, and end those that run", true,
      [](const RpArguments& arguments, const Context& c) {
        return RunSwitch(arguments, /*disabled=*/true, c);
      });
  add("remove", "Remove its file; its sessions and certificates stay in the ledger", true,
      &RunRemove);
}

}  // namespace enkrat::cli
