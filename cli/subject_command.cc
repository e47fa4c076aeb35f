// enkrat subject: all that is held on a person, and its erasure.
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/erasure_report.h"
#include "cli/files.h"
#include "cli/operator_client.h"
#include "cli/outcome.h"
#include "cli/pem.h"
#include "common/status_macros.h"
#include "common/time_text.h"
#include "enkrat/v1/operator_service.pb.h"
#include "signer/message_time.h"

namespace enkrat::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kLongestSubject = 1024;

struct Arguments {
  std::string config_file = "/etc/enkrat/config.yaml";
  std::string issuer;
  std::string subject;
  std::string subject_file;  // "-": standard input
  std::string relying_party;
  std::string output;
  std::string reason;
  bool including_certificates = false;
  bool yes = false;
};

// All octets but one line ending at the end.
std::string WithoutLineEnding(std::string text) {
  if (absl::EndsWith(text, "\n")) text.pop_back();
  if (absl::EndsWith(text, "\r")) text.pop_back();
  return text;
}

// A subject's id is personal, and others on the machine see a command's arguments.
absl::StatusOr<std::string> ReadSubject(const Arguments& arguments) {
  if (arguments.subject.empty() == arguments.subject_file.empty()) {
    return UsageError("say who: --subject-file FILE (- for standard input), or --subject ID");
  }
  if (!arguments.subject.empty()) return arguments.subject;
  std::string text;
  if (arguments.subject_file == "-") {
    text.resize(kLongestSubject + 2);
    std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<size_t>(std::cin.gcount()));
  } else {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes octets,
                            ReadFile(arguments.subject_file, kLongestSubject + 2));
    text = ToString(octets);
  }
  text = WithoutLineEnding(std::move(text));
  if (text.empty()) return UsageError("the subject's id is empty");
  return text;
}

absl::Status FillSubject(const Arguments& arguments, v1::Subject& subject) {
  ENKRAT_ASSIGN_OR_RETURN(const std::string id, ReadSubject(arguments));
  subject.set_issuer(arguments.issuer);
  subject.set_subject(id);
  subject.set_relying_party(arguments.relying_party);
  return absl::OkStatus();
}

// JSON of the ledger's; a damaged one is shown as text, not hidden.
Json Parsed(const std::string& text) {
  if (text.empty()) return nullptr;
  Json json = Json::parse(text, nullptr, false);
  return json.is_discarded() ? Json(text) : json;
}

absl::StatusOr<Json> AsJson(const v1::HeldSession& held) {
  Json json = {{"session_id", held.session_id()},
               {"relying_party", held.relying_party()},
               {"request_id", held.request_id()},
               {"state", held.state()},
               {"started_at", TimeText(signer::TimeFrom(held.started_at()))},
               {"ended_at", TimeText(signer::TimeFrom(held.ended_at()))},
               {"kept_until", TimeText(signer::TimeFrom(held.due_at()))},
               {"identity", Parsed(held.identity_json())},
               {"particulars", Parsed(held.particulars_json())},
               {"document_labels", Json::array()}};
  for (const std::string& label : held.document_labels()) json["document_labels"].push_back(label);
  if (held.certificate().empty()) {
    json["certificate_pem"] = nullptr;
  } else {
    ENKRAT_ASSIGN_OR_RETURN(json["certificate_pem"],
                            CertificatesToPem({ToBytes(AsSpan(held.certificate()))}));
  }
  json["problems"] = Json::array();
  for (const v1::HeldProblem& problem : held.problems()) {
    json["problems"].push_back({{"report_id", problem.report_id()},
                                {"kind", problem.kind()},
                                {"reported_at", TimeText(signer::TimeFrom(problem.reported_at()))},
                                {"text", Parsed(problem.text_json())}});
  }
  json["evidence"] = Json::array();
  for (const v1::EvidenceStep& step : held.evidence()) {
    json["evidence"].push_back({{"step", step.step()},
                                {"at", TimeText(signer::TimeFrom(step.at()))},
                                {"facts", Parsed(step.facts_json())}});
  }
  return json;
}

absl::Status Export(const Arguments& arguments, const Context& context) {
  v1::ExportSubjectRequest request;
  ENKRAT_RETURN_IF_ERROR(FillSubject(arguments, *request.mutable_subject()));
  ENKRAT_ASSIGN_OR_RETURN(
      const auto client, OperatorClient::Create(arguments.config_file, context.connection.timeout));
  Json sessions = Json::array();
  do {
    v1::ExportSubjectResponse page;
    ENKRAT_RETURN_IF_ERROR(client->ExportSubject(request, &page));
    for (const v1::HeldSession& held : page.sessions()) {
      ENKRAT_ASSIGN_OR_RETURN(Json session, AsJson(held));
      sessions.push_back(std::move(session));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  const size_t count = sessions.size();
  const Json held = {{"issuer", arguments.issuer},
                     {"subject", request.subject().subject()},
                     {"sessions", std::move(sessions)}};
  const std::string text =
      held.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  if (arguments.output.empty()) {
    context.out << text;
    return absl::OkStatus();
  }
  ENKRAT_RETURN_IF_ERROR(WriteFile(arguments.output, AsSpan(text), {.mode = 0600}));
  context.err << count << " sessions were written to " << arguments.output << "\n";
  return absl::OkStatus();
}

absl::Status Erase(const Arguments& arguments, const Context& context) {
  if (!arguments.yes) {
    return UsageError(
        "what is erased cannot be brought back: look at `enkrat subject export`, then say --yes");
  }
  v1::EraseSubjectRequest request;
  ENKRAT_RETURN_IF_ERROR(FillSubject(arguments, *request.mutable_subject()));
  request.set_reason(arguments.reason);
  request.set_including_certificates(arguments.including_certificates);
  ENKRAT_ASSIGN_OR_RETURN(
      const auto client, OperatorClient::Create(arguments.config_file, context.connection.timeout));
  ErasureReport report;
  do {
    v1::EraseSubjectResponse page;
    ENKRAT_RETURN_IF_ERROR(client->EraseSubject(request, &page));
    for (const v1::ErasedSession& session : page.sessions()) report.Add(session);
    report.NoteWiped(page.wiped());
    report.SetKeptUnder(page.kept_under());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  context.out << (context.json ? report.AsJson() : report.AsText());
  return absl::OkStatus();
}

void AddWho(CLI::App& command, Arguments& arguments) {
  command.add_option("--config", arguments.config_file, "enkratd's configuration file")
      ->capture_default_str();
  command.add_option("--issuer", arguments.issuer, "the identity provider's issuer")->required();
  command.add_option("--subject-file", arguments.subject_file,
                     "file with the provider's id of the person (sub, NameID); - for standard "
                     "input");
  command.add_option("--subject", arguments.subject,
                     "the same as an argument, which others on this machine can see");
  command.add_option("--relying-party", arguments.relying_party,
                     "sessions of this relying party only");
}

}  // namespace

void AddSubjectCommand(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("subject", "Export or erase what is held on a person");
  group->require_subcommand(1);
  group->footer(
      "Example:\n  enkrat subject export --issuer https://idp.example --subject-file sub.txt "
      "-o person.json");
  auto arguments = std::make_shared<Arguments>();
  CLI::App* export_ = group->add_subcommand(
      "export", "Write all that is held on a person as JSON, with certificates in PEM");
  AddWho(*export_, *arguments);
  export_->add_option("-o,--output", arguments->output, "file to make, with mode 0600");
  export_->footer(
      "Example:\n  printf %s \"$SUB\" | enkrat subject export --issuer https://idp.example "
      "--subject-file - -o person.json");
  export_->callback(
      [=, &context] { context.command = [=, &context] { return Export(*arguments, context); }; });
  CLI::App* erase = group->add_subcommand(
      "erase", "Erase what is held on a person, but for what the law has kept; it says which");
  AddWho(*erase, *arguments);
  erase
      ->add_option("--reason", arguments->reason,
                   "why: a code, such as a ticket, of letters, digits and .:_/- (no names)")
      ->required();
  erase->add_flag("--including-certificates", arguments->including_certificates,
                  "certificates and what they rest on too, before their retention has ended");
  erase->add_flag("--yes", arguments->yes, "erase; it cannot be undone");
  erase->footer(
      "Example:\n  enkrat subject erase --issuer https://idp.example --subject-file sub.txt "
      "--reason GDPR-17-0042 --yes");
  erase->callback(
      [=, &context] { context.command = [=, &context] { return Erase(*arguments, context); }; });
}

}  // namespace enkrat::cli
