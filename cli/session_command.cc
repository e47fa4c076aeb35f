// enkrat session: what became of an act of signing, and its signatures once more.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/document_names.h"
#include "cli/draft_file.h"
#include "cli/files.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/output_plan.h"
#include "cli/pdf_completion.h"
#include "cli/session_summary.h"
#include "cli/sign_outputs.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/signing_service.pb.h"
#include "signer/request_rules.h"

namespace enkrat::cli {
namespace {

struct Arguments {
  std::string request_id;
  std::string document;  // the PDF that was sent to be signed
  OutputArguments outputs = {.documents_are_here = false};
};

const char* AdviceFor(v1::SessionState state) {
  switch (state) {
    case v1::SESSION_STATE_OPEN:
      return "the result is not there yet: ask again in a moment";
    case v1::SESSION_STATE_COMPLETED:
      return "the result has expired at the service; its certificate and evidence remain";
    case v1::SESSION_STATE_FAILED:
    case v1::SESSION_STATE_ABANDONED:
      return "nothing was signed: start over with a new assertion and a new --request-id";
    default:
      return "this program is older than the service";
  }
}

// The session has no signatures to fetch: that is the answer.
absl::Status TellState(const std::string& request_id, const v1::GetSessionResponse& session,
                       const Context& context) {
  nlohmann::ordered_json json = {{"session_id", session.session_id()},
                                 {"request_id", request_id},
                                 {"state", StateText(session.state())}};
  if (!session.failure_reason().empty()) json["failure_reason"] = session.failure_reason();
  json["advice"] = AdviceFor(session.state());
  if (context.json) {
    context.out << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  } else {
    for (const auto& [name, value] : json.items()) {
      context.out << name << ": " << value.get<std::string>() << "\n";
    }
  }
  return NegativeVerdict();
}

absl::Status WriteResult(const Arguments& arguments, const v1::SignResponse& result,
                         const Context& context) {
  ENKRAT_RETURN_IF_ERROR(CheckResult(arguments.request_id, result));
  std::vector<std::string> labels;
  for (const v1::DocumentSignature& signature : result.signatures()) {
    labels.push_back(signature.label());
  }
  ENKRAT_ASSIGN_OR_RETURN(
      const OutputPlan plan,
      PlanOutputs(DocumentNames(labels), FormatOf(result), arguments.outputs, FileExists));
  ENKRAT_RETURN_IF_ERROR(CheckPlaces(plan));
  const std::string session = SessionJson(result);
  ENKRAT_RETURN_IF_ERROR(WriteOutputs(plan, session, result, arguments.outputs.force));
  context.out << (context.json ? session + "\n" : SessionText(plan, result));
  return absl::OkStatus();
}

// A PDF that was sent comes back as what it gets appended.
absl::Status WriteSignedPdf(const Arguments& arguments, const v1::SignResponse& result,
                            const Context& context) {
  if (arguments.document.empty()) {
    return UsageError("the result is a signed PDF: give the PDF that was sent with --document");
  }
  ENKRAT_RETURN_IF_ERROR(CheckResult(arguments.request_id, result));
  OutputArguments outputs = arguments.outputs;
  outputs.documents_are_here = true;
  ENKRAT_ASSIGN_OR_RETURN(
      const OutputPlan plan,
      PlanOutputs({arguments.document}, signer::SignatureFormat::kPadesBT, outputs, FileExists));
  ENKRAT_RETURN_IF_ERROR(CheckPlaces(plan));
  DraftFile copy(plan.documents.front().pdf);
  ENKRAT_RETURN_IF_ERROR(copy.CopyFrom(arguments.document));
  ENKRAT_RETURN_IF_ERROR(
      WithContext(CompletePdf(copy.part(), result.signatures(0)), arguments.document));
  ENKRAT_RETURN_IF_ERROR(copy.Keep(outputs.force));
  const std::string session = SessionJson(result);
  ENKRAT_RETURN_IF_ERROR(WriteSession(plan, session, result, outputs.force));
  context.out << (context.json ? session + "\n" : SessionText(plan, result));
  return absl::OkStatus();
}

absl::Status Run(Arguments arguments, const Context& context) {
  arguments.request_id = absl::AsciiStrToLower(arguments.request_id);
  if (!signer::CheckRequestId(arguments.request_id).ok()) {
    return UsageError("REQUEST_ID is a UUID, as `enkrat sign` prints it");
  }
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  v1::GetSessionRequest request;
  request.set_request_id(arguments.request_id);
  v1::GetSessionResponse session;
  ENKRAT_RETURN_IF_ERROR(client->GetSession(request, &session));
  if (session.state() != v1::SESSION_STATE_COMPLETED || !session.has_result()) {
    return TellState(arguments.request_id, session, context);
  }
  const v1::SignResponse& result = session.result();
  const bool pdf = !result.signatures().empty() && !result.signatures(0).pdf_update().empty();
  if (pdf) return WriteSignedPdf(arguments, result, context);
  if (arguments.document.empty()) return WriteResult(arguments, result, context);
  return UsageError("--document is for a PDF that was sent to be signed: this session has none");
}

}  // namespace

void AddSessionCommand(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("session", "Ask what became of an act of signing");
  group->require_subcommand(1);
  group->footer("Example:\n  enkrat session get REQUEST_ID -o DIR");
  auto arguments = std::make_shared<Arguments>();
  CLI::App* get = group->add_subcommand(
      "get", "Fetch the signatures of an earlier `enkrat sign` again, or say where it stands");
  get->add_option("REQUEST_ID", arguments->request_id, "UUID of the act of signing")->required();
  get->add_option("--document", arguments->document,
                  "the PDF that was sent (sign --upload), to be completed as NAME-signed.pdf");
  AddOutputOptions(*get, arguments->outputs, "the current folder; with --document, beside it");
  get->footer(
      "Files are named after the documents' labels. Exit code 1 if there are no signatures: the "
      "state says why.\n"
      "Example:\n"
      "  enkrat session get 01234567-89ab-4cde-8f01-23456789abcd -o signatures "
      "--session-out session.json\n"
      "  enkrat session get 01234567-89ab-4cde-8f01-23456789abcd --document contract.pdf");
  get->callback(
      [=, &context] { context.command = [=, &context] { return Run(*arguments, context); }; });
}

}  // namespace enkrat::cli
