// enkrat bench: how much the service, or its timestamping unit, does in a second.
#include <memory>
#include <optional>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/intent.h"
#include "cli/load_report.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/progress.h"
#include "cli/request_supply.h"
#include "cli/sign_load.h"
#include "cli/supply_plan.h"
#include "cli/timestamp_load.h"
#include "common/status_macros.h"

namespace enkrat::cli {
namespace {

struct Arguments {
  std::string mode = "closed";
  size_t concurrency = 0;  // 0: 16 closed, 10000 open, 4 tsa
  double rate = 100;
  double seconds = 10;
  double warm_up = 1;
  size_t documents = 1;
  size_t connections = 2;
  size_t sessions = 0;  // tokens in all; 0: as many as the run could need
  // Complete, because the service refuses to certify a person without them.
  LoginArguments login = {.given_name = "Ana", .family_name = "Novak", .country = "SI"};
  std::string relying_party;
  std::string key = "p256";
  std::string format = "cades-bt";
  std::string http_url;
};

absl::StatusOr<RequestSupply::Options> SupplyOptions(const Arguments& arguments) {
  const auto key = ParseKeyAlgorithm(arguments.key);
  const auto format = ParseFormat(arguments.format);
  if (!key.has_value()) return UsageError("--key is p256, p384 or rsa3072");
  if (!format.has_value()) return UsageError("--format is raw, cades-bb or cades-bt");
  if (arguments.login.idp_url.empty() || arguments.relying_party.empty()) {
    return UsageError("closed and open need --idp and --relying-party");
  }
  LoadShape shape{.length = absl::Seconds(arguments.seconds + arguments.warm_up),
                  .rate = std::nullopt,
                  .key = *key,
                  .documents = arguments.documents};
  if (arguments.mode == "open") shape.rate = arguments.rate;
  SupplyPlan plan = PlanSupply(shape);
  if (arguments.sessions > 0) plan.total = arguments.sessions;
  return RequestSupply::Options{.login = arguments.login,
                                .relying_party = arguments.relying_party,
                                .choice = {.key = *key, .format = *format},
                                .documents = arguments.documents,
                                .stock = plan.stock,
                                .total = plan.total};
}

absl::StatusOr<LoadReport> RunSigning(const Arguments& arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const RequestSupply::Options supply_options, SupplyOptions(arguments));
  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i < arguments.connections; ++i) {
    ENKRAT_ASSIGN_OR_RETURN(clients.emplace_back(), Client::Create(context.connection));
  }
  Progress progress(context, "load");
  ENKRAT_ASSIGN_OR_RETURN(const auto supply, RequestSupply::Create(supply_options));
  const bool open = arguments.mode == "open";
  const size_t concurrency =
      arguments.concurrency > 0 ? arguments.concurrency : (open ? 10'000 : 16);
  LoadReport report = RunSignLoad({.open_loop = open,
                                   .concurrency = concurrency,
                                   .rate = arguments.rate,
                                   .warm_up = absl::Seconds(arguments.warm_up),
                                   .length = absl::Seconds(arguments.seconds)},
                                  clients, *supply, progress);
  report.signatures_per_operation = arguments.documents;
  return report;
}

absl::StatusOr<LoadReport> RunLoad(const Arguments& arguments, const Context& context) {
  if (arguments.mode != "tsa") return RunSigning(arguments, context);
  if (arguments.http_url.empty()) return UsageError("tsa needs --http");
  return RunTimestampLoad({.url = arguments.http_url,
                           .concurrency = arguments.concurrency > 0 ? arguments.concurrency : 4,
                           .warm_up = absl::Seconds(arguments.warm_up),
                           .length = absl::Seconds(arguments.seconds),
                           .timeout = context.connection.timeout});
}

std::string ErrorCounts(const LoadReport& report) {
  const auto count = [](std::string* out, const auto& error) {
    absl::StrAppend(out, error.second, " x ", error.first);
  };
  return report.errors.empty() ? "none was made" : absl::StrJoin(report.errors, ", ", count);
}

// The report stays the only thing on stdout.
absl::Status Verdict(const LoadReport& report, const Context& context) {
  if (report.succeeded > 0 && report.verification_failures == 0) return absl::OkStatus();
  context.err << (report.succeeded == 0
                      ? absl::StrCat("error: no operation succeeded: ", ErrorCounts(report))
                      : absl::StrCat("error: ", report.verification_failures,
                                     " answers do not verify"))
              << "\n";
  return NegativeVerdict();
}

absl::Status Run(const Arguments& arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const LoadReport report, RunLoad(arguments, context));
  (context.json ? context.err : context.out) << ReportTable(report);
  if (context.json) context.out << ReportJson(report) << "\n";
  return Verdict(report, context);
}

}  // namespace

void AddBenchCommand(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "bench", "Put load on a service of one's own and measure it; every 50th answer is verified");
  command->add_option("--mode", arguments->mode, "closed, open or tsa")
      ->check(CLI::IsMember({"closed", "open", "tsa"}))
      ->capture_default_str();
  command
      ->add_option("--concurrency", arguments->concurrency,
                   "calls at any time; default 16, for tsa 4; open: the most that may wait")
      ->check(CLI::Range(1, 100'000));
  command->add_option("--rate", arguments->rate, "open: calls a second")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  command->add_option("--seconds", arguments->seconds, "length of the measurement")
      ->check(CLI::Range(0.1, 86400.0))
      ->capture_default_str();
  command->add_option("--warm-up", arguments->warm_up, "seconds before it")
      ->check(CLI::Range(0.0, 600.0))
      ->capture_default_str();
  command->add_option("--documents", arguments->documents, "documents in one session")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--connections", arguments->connections, "connections to the service")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--sessions", arguments->sessions,
                      "tokens to make in all; default: as many as the run could need");
  command->add_option("--idp", arguments->login.idp_url, "demo's identity provider");
  AddPersonOptions(*command, arguments->login);
  command->add_option("--relying-party", arguments->relying_party,
                      "id under which the service knows this application");
  command->add_option("--key", arguments->key, "p256, p384 or rsa3072")->capture_default_str();
  command->add_option("--format", arguments->format, "raw, cades-bb or cades-bt")
      ->capture_default_str();
  command->add_option("--http", arguments->http_url, "tsa: address of the RFC 3161 unit");
  command->footer(
      "With --json the table goes to stderr and one line of JSON to stdout.\n"
      "Examples:\n"
      "  enkrat --plaintext bench --idp http://127.0.0.1:8090 --relying-party demo --seconds 10\n"
      "  enkrat --plaintext bench --mode open --rate 500 --idp http://127.0.0.1:8090 "
      "--relying-party demo\n"
      "  enkrat bench --mode tsa --http http://127.0.0.1:7480/tsa");
  command->callback(
      [=, &context] { context.command = [=, &context] { return Run(*arguments, context); }; });
}

}  // namespace enkrat::cli
