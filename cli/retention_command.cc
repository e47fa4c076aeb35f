// enkrat retention: which sessions' personal data is due, and its erasure.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/erasure_report.h"
#include "cli/operator_client.h"
#include "cli/outcome.h"
#include "common/status_macros.h"
#include "common/time_text.h"
#include "enkrat/v1/operator_service.pb.h"
#include "signer/message_time.h"

namespace enkrat::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  std::string config_file = "/etc/enkrat/config.yaml";
  std::string due_before;
  std::string reason;
  uint32_t limit = 1000;
  bool yes = false;
};

Json AsJson(const v1::DueSession& session) {
  return {{"session_id", session.session_id()},
          {"relying_party", session.relying_party()},
          {"serial_number", session.serial_number()},
          {"ended_at", TimeText(signer::TimeFrom(session.ended_at()))},
          {"due_at", TimeText(signer::TimeFrom(session.due_at()))}};
}

// Page by page, so that any number can be listed.
absl::Status List(const Arguments& arguments, const Context& context) {
  v1::ListRetentionRequest request;
  request.set_page_size(1000);
  if (!arguments.due_before.empty()) {
    absl::Time before;
    std::string error;
    if (!absl::ParseTime("%Y-%m-%d", arguments.due_before, &before, &error)) {
      return UsageError("--due-before is a date such as 2037-01-31");
    }
    signer::FillTime(before, *request.mutable_due_before());
  }
  ENKRAT_ASSIGN_OR_RETURN(
      const auto client, OperatorClient::Create(arguments.config_file, context.connection.timeout));
  size_t count = 0;
  Json sessions = Json::array();
  do {
    v1::ListRetentionResponse page;
    ENKRAT_RETURN_IF_ERROR(client->ListRetention(request, &page));
    for (const v1::DueSession& session : page.sessions()) {
      ++count;
      if (context.json) {
        sessions.push_back(AsJson(session));
      } else {
        context.out << absl::StreamFormat("%s  due %s  %s\n", session.session_id(),
                                          TimeText(signer::TimeFrom(session.due_at())),
                                          session.relying_party());
      }
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (context.json) {
    context.out << Json{{"sessions", std::move(sessions)}}.dump(2) << "\n";
  } else {
    context.out << count << " sessions are due\n";
  }
  return absl::OkStatus();
}

absl::Status Erase(const Arguments& arguments, const Context& context) {
  if (!arguments.yes) {
    return UsageError(
        "what is erased cannot be brought back: look at `enkrat retention list`, then say --yes");
  }
  ENKRAT_ASSIGN_OR_RETURN(
      const auto client, OperatorClient::Create(arguments.config_file, context.connection.timeout));
  v1::EraseDueRequest request;
  request.set_reason(arguments.reason);
  request.set_limit(arguments.limit);
  v1::EraseDueResponse response;
  ENKRAT_RETURN_IF_ERROR(client->EraseDue(request, &response));
  ErasureReport report;
  for (const v1::ErasedSession& session : response.sessions()) report.Add(session);
  report.NoteWiped(response.wiped());
  context.out << (context.json ? report.AsJson() : report.AsText());
  return absl::OkStatus();
}

void AddConfig(CLI::App& command, Arguments& arguments) {
  command.add_option("--config", arguments.config_file, "enkratd's configuration file")
      ->capture_default_str();
}

}  // namespace

void AddRetentionCommand(CLI::App& app, Context& context) {
  CLI::App* group =
      app.add_subcommand("retention", "List or erase personal data whose retention has ended");
  group->require_subcommand(1);
  group->footer("Example:\n  enkrat retention list --config /etc/enkrat/config.yaml");
  auto arguments = std::make_shared<Arguments>();
  CLI::App* list = group->add_subcommand("list", "List the sessions that are due, by their ids");
  AddConfig(*list, *arguments);
  list->add_option("--due-before", arguments->due_before,
                   "due by this date (UTC); without it, now");
  list->footer("Example:\n  enkrat retention list --due-before 2037-01-31 --json");
  list->callback(
      [=, &context] { context.command = [=, &context] { return List(*arguments, context); }; });
  CLI::App* erase = group->add_subcommand(
      "erase", "Erase certificates, identities and results of sessions that are due");
  AddConfig(*erase, *arguments);
  erase
      ->add_option("--reason", arguments->reason,
                   "why: a code, such as a ticket, of letters, digits and .:_/- (no names)")
      ->required();
  erase->add_option("--limit", arguments->limit, "at most so many sessions")->capture_default_str();
  erase->add_flag("--yes", arguments->yes, "erase; it cannot be undone");
  erase->footer(
      "Evidence, serial numbers, fingerprints and times stay. Say it again until nothing is due.\n"
      "Example:\n  enkrat retention erase --reason RETENTION-2037-01 --yes");
  erase->callback(
      [=, &context] { context.command = [=, &context] { return Erase(*arguments, context); }; });
}

}  // namespace enkrat::cli
