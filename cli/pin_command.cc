// enkrat pin: a person's signing PIN, from enrolment to revocation.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/files.h"
#include "cli/intent.h"
#include "cli/outcome.h"
#include "cli/pin_arguments.h"
#include "cli/pin_status.h"
#include "cli/typed_secret.h"
#include "common/bytes.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/activation_service.pb.h"
#include "signer/activation_binding.h"

namespace enkrat::cli {
namespace {

using signer::ActivationOperation;

// The transport PIN and the PUK, which nobody can show again.
absl::Status TellEnrolment(const v1::EnrolResponse& response, const PinArguments& arguments,
                           const Context& context) {
  nlohmann::ordered_json json = PinStatusJson(response.status());
  json["transport_pin"] = response.transport_pin();
  json["puk"] = response.puk();
  const std::string text = context.json ? json.dump(2) + "\n"
                                        : absl::StrCat("transport PIN   ", response.transport_pin(),
                                                       "\nPUK             ", response.puk(), "\n");
  if (arguments.output.empty()) {
    context.out << text;
  } else {
    const absl::Status written =
        WriteFile(arguments.output, AsSpan(absl::string_view(text)), {.mode = 0600});
    ENKRAT_RETURN_IF_ERROR(
        WithContext(written,
                    "the PIN is enrolled, but its PUK is lost: `enkrat pin revoke`, then "
                    "enrol again"));
    context.err << "wrote " << arguments.output << "\n";
  }
  context.err << "Neither can be shown again. Keep the PUK apart; `enkrat pin activate` replaces "
                 "the transport PIN.\n";
  return absl::OkStatus();
}

absl::Status RunEnrol(PinArguments arguments, const Context& context) {
  ENKRAT_RETURN_IF_ERROR(CheckPinArguments(arguments));
  if (!arguments.output.empty() && FileExists(arguments.output)) {
    return UsageError(absl::StrCat(arguments.output, " exists already"));
  }
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  v1::EnrolRequest request;
  ENKRAT_RETURN_IF_ERROR(
      LogInForPin(arguments, ActivationOperation::kEnrol, context, request.mutable_person()));
  v1::EnrolResponse response;
  ENKRAT_RETURN_IF_ERROR(client->Enrol(request, &response));
  return TellEnrolment(response, arguments, context);
}

// What a command that replaces the PIN asks for, and by what.
struct SecretsWanted {
  const char* old_name;
  const char* old_option;
};

struct Secrets {
  Secret old_secret;
  Secret new_pin;
};

absl::StatusOr<Secrets> ReadSecrets(const PinArguments& arguments, const SecretsWanted& wanted,
                                    const Context& context) {
  Secrets secrets;
  ENKRAT_ASSIGN_OR_RETURN(secrets.old_secret, ReadPersonSecret({.name = wanted.old_name,
                                                                .file = arguments.old_secret_file,
                                                                .option = wanted.old_option},
                                                               context.err));
  ENKRAT_ASSIGN_OR_RETURN(secrets.new_pin, ReadPersonSecret({.name = "new PIN",
                                                             .file = arguments.new_pin_file,
                                                             .option = "--new-pin-file",
                                                             .twice = true},
                                                            context.err));
  return secrets;
}

// A command that replaces the PIN, and one that needs no secret.
template <typename Request, typename Response>
struct ReplacingCommand {
  std::string name;
  std::string what;
  ActivationOperation operation;
  SecretsWanted wanted;
  std::string* (Request::*old_secret)();
  absl::Status (Client::*call)(const Request&, Response*);
};
template <typename Request, typename Response>
struct PlainCommand {
  std::string name;
  std::string what;
  ActivationOperation operation;
  absl::Status (Client::*call)(const Request&, Response*);
};

// Secrets are read before the login, which ages.
template <typename Request, typename Response>
absl::Status RunReplace(PinArguments arguments, const Context& context,
                        const ReplacingCommand<Request, Response>& how) {
  ENKRAT_RETURN_IF_ERROR(CheckPinArguments(arguments));
  ENKRAT_ASSIGN_OR_RETURN(const Secrets secrets, ReadSecrets(arguments, how.wanted, context));
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  Request request;
  ENKRAT_RETURN_IF_ERROR(LogInForPin(arguments, how.operation, context, request.mutable_person()));
  *(request.*how.old_secret)() = ToString(secrets.old_secret.Reveal());
  request.set_new_pin(ToString(secrets.new_pin.Reveal()));
  Response response;
  ENKRAT_RETURN_IF_ERROR((client.get()->*how.call)(request, &response));
  TellPinStatus(response.status(), context);
  return absl::OkStatus();
}

template <typename Request, typename Response>
absl::Status RunPlain(PinArguments arguments, const Context& context,
                      const PlainCommand<Request, Response>& how) {
  ENKRAT_RETURN_IF_ERROR(CheckPinArguments(arguments));
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  Request request;
  ENKRAT_RETURN_IF_ERROR(LogInForPin(arguments, how.operation, context, request.mutable_person()));
  Response response;
  ENKRAT_RETURN_IF_ERROR((client.get()->*how.call)(request, &response));
  TellPinStatus(response.status(), context);
  return absl::OkStatus();
}

absl::Status RunBinding(PinArguments arguments, const std::string& word, const Context& context) {
  if (arguments.relying_party.empty()) return UsageError("--relying-party is needed");
  const auto operation = ParsePinOperation(word);
  if (!operation.has_value()) {
    return UsageError("OPERATION is enrol, activate, change, unblock, status or revoke");
  }
  if (arguments.request_id.empty()) arguments.request_id = NewRequestId();
  const auto binding =
      signer::ComputeActivationBinding(arguments.relying_party, *operation, arguments.request_id);
  if (context.json) {
    context.out << nlohmann::ordered_json{{"request_id", arguments.request_id},
                                          {"nonce", ToBase64Url(binding)},
                                          {"authn_request_id", "_" + ToHex(binding)}}
                       .dump()
                << "\n";
  } else {
    context.out << "request_id " << arguments.request_id << "\nnonce      " << ToBase64Url(binding)
                << "\nSAML ID    _" << ToHex(binding) << "\n";
  }
  return absl::OkStatus();
}

template <typename Runner>
void OnCommand(CLI::App* command, Context& context, Runner run) {
  command->callback([=, &context] { context.command = run; });
}

template <typename Request, typename Response>
void AddReplacing(CLI::App& group, Context& context,
                  const ReplacingCommand<Request, Response>& how) {
  auto arguments = std::make_shared<PinArguments>();
  CLI::App* command = AddPinAct(group, how.name, how.what, *arguments);
  command->add_option(how.wanted.old_option, arguments->old_secret_file,
                      absl::StrCat("file with the ", how.wanted.old_name));
  command->add_option("--new-pin-file", arguments->new_pin_file, "file with the new PIN");
  OnCommand(command, context, [=, &context] { return RunReplace(*arguments, context, how); });
}

template <typename Request, typename Response>
void AddPlain(CLI::App& group, Context& context, const PlainCommand<Request, Response>& how) {
  auto arguments = std::make_shared<PinArguments>();
  CLI::App* command = AddPinAct(group, how.name, how.what, *arguments);
  OnCommand(command, context, [=, &context] { return RunPlain(*arguments, context, how); });
}

void AddEnrol(CLI::App& group, Context& context) {
  auto arguments = std::make_shared<PinArguments>();
  CLI::App* command =
      AddPinAct(group, "enrol", "Get a transport PIN and a PUK, shown once", *arguments);
  command->add_option("--out", arguments->output, "file for the two, mode 0600, instead of here");
  OnCommand(command, context, [=, &context] { return RunEnrol(*arguments, context); });
}

void AddBinding(CLI::App& group, Context& context) {
  auto arguments = std::make_shared<PinArguments>();
  auto word = std::make_shared<std::string>();
  CLI::App* command = group.add_subcommand(
      "binding", "Compute the nonce to log a person in with, for one of the others");
  command->add_option("OPERATION", *word, "enrol, activate, change, unblock, status or revoke")
      ->required();
  command->add_option("--relying-party", arguments->relying_party,
                      "id under which the service knows this application");
  command->add_option("--request-id", arguments->request_id, "UUID of the act; default: a new one");
  command->footer("Example:\n  enkrat pin binding enrol --relying-party demo");
  OnCommand(command, context, [=, &context] { return RunBinding(*arguments, *word, context); });
}

}  // namespace

void AddPinCommand(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("pin", "A person's signing PIN and its PUK");
  group->require_subcommand(1);
  group->footer(
      "Examples:\n  enkrat pin enrol --token token.jwt --request-id REQUEST_ID --out pin.txt\n"
      "  enkrat pin status --token token.jwt --request-id REQUEST_ID");
  AddEnrol(*group, context);
  AddReplacing<v1::ActivateRequest, v1::ActivateResponse>(
      *group, context,
      {.name = "activate",
       .what = "Replace the transport PIN by one of your own",
       .operation = ActivationOperation::kActivate,
       .wanted = {"transport PIN", "--transport-pin-file"},
       .old_secret = &v1::ActivateRequest::mutable_transport_pin,
       .call = &Client::Activate});
  AddReplacing<v1::ChangeRequest, v1::ChangeResponse>(
      *group, context,
      {.name = "change",
       .what = "Replace the PIN by another",
       .operation = ActivationOperation::kChange,
       .wanted = {"PIN", "--pin-file"},
       .old_secret = &v1::ChangeRequest::mutable_old_pin,
       .call = &Client::ChangePin});
  AddReplacing<v1::UnblockRequest, v1::UnblockResponse>(
      *group, context,
      {.name = "unblock",
       .what = "Set a new PIN by the PUK",
       .operation = ActivationOperation::kUnblock,
       .wanted = {"PUK", "--puk-file"},
       .old_secret = &v1::UnblockRequest::mutable_puk,
       .call = &Client::Unblock});
  AddPlain<v1::GetStatusRequest, v1::GetStatusResponse>(
      *group, context,
      {.name = "status",
       .what = "Where the PIN stands",
       .operation = ActivationOperation::kGetStatus,
       .call = &Client::GetPinStatus});
  AddPlain<v1::RevokeRequest, v1::RevokeResponse>(*group, context,
                                                  {.name = "revoke",
                                                   .what = "End the PIN for good",
                                                   .operation = ActivationOperation::kRevoke,
                                                   .call = &Client::RevokePin});
  AddBinding(*group, context);
}

}  // namespace enkrat::cli
