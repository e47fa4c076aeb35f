// enkrat certificates: what the service issued to this relying party; and, with --config, the
// long-lived certificates of an installation.
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "cli/certificate_encoding.h"
#include "cli/certificate_register_commands.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "cli/pem.h"
#include "cli/session_summary.h"
#include "common/bytes.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/time_text.h"
#include "enkrat/v1/certificate_service.pb.h"
#include "enkrat/v1/signing_service.pb.h"
#include "signer/message_time.h"

namespace enkrat::cli {
namespace {

struct GetArguments {
  std::string serial_number;
  std::string fingerprint;
};

struct ListArguments {
  uint32_t page_size = 100;
  uint32_t limit = 1000;  // certificates printed at most
  std::string config_file;
};

struct ExportArguments {
  std::string request_id;
  GetArguments certificate;
  std::string config_file;
  std::string registered;  // in the register of config_file
  std::string format = "chain";
  std::string output;
  bool force = false;
};

nlohmann::ordered_json Facts(const v1::Certificate& certificate) {
  const ByteSpan fingerprint = AsSpan(absl::string_view(certificate.fingerprint_sha256()));
  return {{"serial_number", certificate.serial_number()},
          {"not_before", TimeText(signer::TimeFrom(certificate.not_before()))},
          {"not_after", TimeText(signer::TimeFrom(certificate.not_after()))},
          {"fingerprint_sha256", ToHex(fingerprint)},
          {"subject", SubjectOf(AsSpan(absl::string_view(certificate.der()))).value_or("")}};
}

std::string Dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

absl::StatusOr<v1::GetCertificateResponse> Fetch(Client& client, const GetArguments& arguments) {
  if (arguments.serial_number.empty() == arguments.fingerprint.empty()) {
    return UsageError("give either --serial or --fingerprint");
  }
  v1::GetCertificateRequest request;
  if (!arguments.serial_number.empty()) {
    request.set_serial_number(arguments.serial_number);
  } else {
    const auto octets = FromHex(arguments.fingerprint);
    if (!octets.has_value() || octets->size() != 32) {
      return UsageError("--fingerprint is the SHA-256 of the certificate: 64 hexadecimal digits");
    }
    request.set_fingerprint_sha256(ToString(*octets));
  }
  v1::GetCertificateResponse response;
  ENKRAT_RETURN_IF_ERROR(client.GetCertificate(request, &response));
  return response;
}

absl::Status RunGet(const GetArguments& arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  ENKRAT_ASSIGN_OR_RETURN(const v1::GetCertificateResponse found, Fetch(*client, arguments));
  nlohmann::ordered_json facts = Facts(found.certificate());
  facts["session_id"] = found.session_id();
  if (context.json) {
    facts["der_base64"] = ToBase64(AsSpan(absl::string_view(found.certificate().der())));
    context.out << Dump(facts) << "\n";
    return absl::OkStatus();
  }
  for (const auto& [name, value] : facts.items()) {
    context.out << name << ": " << value.get<std::string>() << "\n";
  }
  return absl::OkStatus();
}

absl::Status RunList(const ListArguments& arguments, const Context& context) {
  if (!arguments.config_file.empty()) return ListRegister(arguments.config_file, context);
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  v1::ListCertificatesRequest request;
  uint32_t left = arguments.limit;
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  while (left > 0) {
    request.set_page_size(std::min(arguments.page_size, left));
    v1::ListCertificatesResponse page;
    ENKRAT_RETURN_IF_ERROR(client->ListCertificates(request, &page));
    for (const v1::Certificate& certificate : page.certificates())
      all.push_back(Facts(certificate));
    const auto got = static_cast<uint32_t>(page.certificates_size());
    left -= std::min(left, got);
    if (page.next_page_token().empty() || got == 0) break;
    request.set_page_token(page.next_page_token());
  }
  if (context.json) {
    context.out << Dump(all) << "\n";
    return absl::OkStatus();
  }
  for (const auto& facts : all) {
    context.out << facts["serial_number"].get<std::string>() << "  "
                << facts["not_before"].get<std::string>() << "  "
                << facts["subject"].get<std::string>() << "\n";
  }
  return absl::OkStatus();
}

// The one-time certificate and its chain.
absl::StatusOr<std::vector<Bytes>> FetchChain(Client& client, const ExportArguments& arguments) {
  std::vector<Bytes> certificates;
  const auto add = [&certificates](const std::string& der) {
    certificates.push_back(ToBytes(absl::string_view(der)));
  };
  if (arguments.request_id.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(const auto found, Fetch(client, arguments.certificate));
    add(found.certificate().der());
    for (const std::string& der : found.chain()) add(der);
    return certificates;
  }
  v1::GetSessionRequest request;
  request.set_request_id(arguments.request_id);
  v1::GetSessionResponse session;
  ENKRAT_RETURN_IF_ERROR(client.GetSession(request, &session));
  if (!session.has_result()) {
    return MakeError(Reason::kNotFound,
                     "the session's result is not there: it did not complete, or has expired; use "
                     "--serial");
  }
  add(session.result().certificate().der());
  for (const std::string& der : session.result().chain()) add(der);
  return certificates;
}

// The certificate and its chain: a long-lived one from the register, a one-time one from the
// service.
absl::StatusOr<std::vector<Bytes>> ChainToExport(const ExportArguments& arguments,
                                                 const Context& context) {
  const GetArguments& one = arguments.certificate;
  const int ways = int{!arguments.request_id.empty()} + int{!one.serial_number.empty()} +
                   int{!one.fingerprint.empty()} + int{!arguments.registered.empty()};
  if (ways != 1 || (!arguments.registered.empty() && arguments.config_file.empty())) {
    return UsageError(
        "give one of --session, --serial, --fingerprint, --role; --role needs --config");
  }
  if (arguments.config_file.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
    return FetchChain(*client, arguments);
  }
  if (!arguments.request_id.empty()) return UsageError("--session is the service's: no --config");
  return RegisteredChain(arguments.config_file,
                         absl::StrCat(arguments.registered, one.serial_number, one.fingerprint));
}

absl::Status RunExport(const ExportArguments& arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<Bytes> chain, ChainToExport(arguments, context));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes content, EncodeCertificates(chain, arguments.format));
  ENKRAT_RETURN_IF_ERROR(
      WriteFile(arguments.output, content, {.mode = 0644, .overwrite = arguments.force}));
  const bool one = arguments.format == "pem" || arguments.format == "der";
  const size_t written = one ? 1 : chain.size();
  if (context.json) {
    context.out
        << nlohmann::json{{"chain_file", arguments.output}, {"certificates", written}}.dump()
        << "\n";
  } else {
    context.out << "wrote " << arguments.output << ": " << written
                << (one ? " certificate\n" : " certificates\n");
  }
  return absl::OkStatus();
}

struct ReportArguments {
  std::string serial_number;
  std::string kind;
  std::string description;
  std::string contact;
};

const std::map<std::string, v1::ProblemKind>& ProblemKinds() {
  static const auto& kinds = *new std::map<std::string, v1::ProblemKind>{
      {"key-misuse-suspected", v1::PROBLEM_KIND_KEY_MISUSE_SUSPECTED},
      {"wrong-identity", v1::PROBLEM_KIND_WRONG_IDENTITY},
      {"not-requested", v1::PROBLEM_KIND_NOT_REQUESTED},
      {"other", v1::PROBLEM_KIND_OTHER}};
  return kinds;
}

absl::Status RunReport(const ReportArguments& arguments, const Context& context) {
  v1::ReportProblemRequest request;
  request.set_serial_number(arguments.serial_number);
  request.set_kind(ProblemKinds().at(arguments.kind));
  request.set_description(arguments.description);
  request.set_contact(arguments.contact);
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  v1::ReportProblemResponse response;
  ENKRAT_RETURN_IF_ERROR(client->ReportProblem(request, &response));
  const v1::Problem& problem = response.problem();
  if (context.json) {
    context.out << Dump({{"report_id", problem.report_id()},
                         {"serial_number", problem.serial_number()},
                         {"session_id", problem.session_id()},
                         {"revocable", response.revocable()}})
                << "\n";
    return absl::OkStatus();
  }
  context.out << "reported: " << problem.report_id() << "\n";
  if (!response.revocable()) {
    context.out << "A one-time certificate cannot be revoked; the report is kept as evidence, and "
                   "the operator looks at it.\n";
  }
  return absl::OkStatus();
}

void AddKeyOptions(CLI::App& command, GetArguments& arguments) {
  command.add_option("--serial", arguments.serial_number, "serial number, hexadecimal");
  command.add_option("--fingerprint", arguments.fingerprint, "SHA-256 of the DER, hexadecimal");
}

void AddGet(CLI::App& group, Context& context) {
  auto arguments = std::make_shared<GetArguments>();
  CLI::App* command = group.add_subcommand("get", "Show one certificate");
  AddKeyOptions(*command, *arguments);
  command->footer("Example:\n  enkrat certificates get --serial 1f3a...");
  command->callback(
      [=, &context] { context.command = [=, &context] { return RunGet(*arguments, context); }; });
}

void AddList(CLI::App& group, Context& context) {
  auto arguments = std::make_shared<ListArguments>();
  CLI::App* command = group.add_subcommand("list", "List certificates, newest first");
  command->add_option("--page-size", arguments->page_size, "certificates fetched in one call")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--limit", arguments->limit, "certificates printed at most")
      ->capture_default_str();
  command->add_option("--config", arguments->config_file,
                      "enkratd's configuration file: list its long-lived certificates instead");
  command->footer("Example:\n  enkrat --json certificates list --limit 20");
  command->callback(
      [=, &context] { context.command = [=, &context] { return RunList(*arguments, context); }; });
}

void AddExport(CLI::App& group, Context& context) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* command =
      group.add_subcommand("export", "Write a certificate, or it with its chain, to a file");
  command->add_option("--session", arguments->request_id, "request id of the signing");
  AddKeyOptions(*command, arguments->certificate);
  command->add_option("--config", arguments->config_file,
                      "enkratd's configuration file: export one of its long-lived certificates");
  command->add_option("--role", arguments->registered,
                      "with --config: issuing-ca, timestamping-unit, ocsp-responder or root-ca");
  command->add_option("--format", arguments->format, "pem, der, chain (PEM) or p7c (PKCS#7)")
      ->check(CLI::IsMember({"pem", "der", "chain", "p7c"}))
      ->capture_default_str();
  command->add_option("-o,--output", arguments->output, "file to write")->required();
  command->add_flag("--force", arguments->force, "replace an existing file");
  command->footer("Example:\n  enkrat certificates export --session REQUEST_ID -o chain.pem");
  command->callback([=, &context] {
    context.command = [=, &context] { return RunExport(*arguments, context); };
  });
}

void AddReport(CLI::App& group, Context& context) {
  auto arguments = std::make_shared<ReportArguments>();
  CLI::App* command =
      group.add_subcommand("report", "Report a problem with a one-time certificate");
  command->add_option("serial", arguments->serial_number, "serial number, hexadecimal")->required();
  std::vector<std::string> kinds;
  for (const auto& [name, kind] : ProblemKinds()) kinds.push_back(name);
  command->add_option("--kind", arguments->kind, "what is wrong")
      ->required()
      ->check(CLI::IsMember(kinds));
  command->add_option("--description", arguments->description,
                      "in words, for the operator; at most 2000 characters");
  command->add_option("--contact", arguments->contact, "how the operator can reach you");
  command->footer(
      "Example:\n  enkrat certificates report 1f3a... --kind not-requested \\\n"
      "    --description 'The signer says that he was elsewhere.'");
  command->callback([=, &context] {
    context.command = [=, &context] { return RunReport(*arguments, context); };
  });
}

}  // namespace

void AddCertificatesCommand(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand(
      "certificates",
      "Look up the certificates of this relying party, or look after the service's own");
  group->require_subcommand(1);
  group->footer("Example:\n  enkrat certificates list");
  AddGet(*group, context);
  AddList(*group, context);
  AddExport(*group, context);
  AddReport(*group, context);
  AddRegisterCommands(*group, context);
}

}  // namespace enkrat::cli
