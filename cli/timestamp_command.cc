// enkrat timestamp: proof that a file existed, from the service or any RFC 3161 unit.
#include <memory>
#include <nlohmann/json.hpp>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/files.h"
#include "cli/http_exchange.h"
#include "cli/intent.h"
#include "cli/outcome.h"
#include "cli/progress.h"
#include "cli/session_summary.h"
#include "cli/timestamp_query.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/time_text.h"
#include "enkrat/v1/timestamp_service.pb.h"
#include "http_client/curl_fetcher.h"

namespace enkrat::cli {
namespace {

struct Arguments {
  std::string file;
  std::string output;  // empty: FILE.tst
  std::string http_url;
  std::string digest = "sha256";
  bool force = false;
};

// RFC 3161 3.4.
absl::StatusOr<Bytes> AskOverHttp(const std::string& url, const TimestampQuery& query,
                                  const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const auto fetcher, http_client::CurlFetcher::Create());
  ENKRAT_ASSIGN_OR_RETURN(HttpResponse response,
                          Exchange(*fetcher, query.OverHttp(url, context.connection.timeout)));
  if (response.status != 200 || response.content_type != "application/timestamp-reply") {
    return MakeError(Reason::kRequestMalformed,
                     absl::StrCat("the timestamping unit answered HTTP ", response.status,
                                  " without a timestamp"));
  }
  return std::move(response.body);
}

absl::StatusOr<Bytes> AskService(const TimestampQuery& query, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  v1::TimestampQueryRequest request;
  request.set_time_stamp_req(ToString(query.der()));
  v1::TimestampQueryResponse response;
  ENKRAT_RETURN_IF_ERROR(client->TimestampQuery(request, &response));
  return ToBytes(absl::string_view(response.time_stamp_resp()));
}

void Print(const TimestampFacts& facts, const std::string& output, const Context& context) {
  if (context.json) {
    context.out << nlohmann::json{{"timestamp_file", output},
                                  {"gen_time", TimeText(facts.gen_time)},
                                  {"serial_number", facts.serial_number},
                                  {"policy", facts.policy}}
                       .dump()
                << "\n";
    return;
  }
  context.out << "wrote    " << output << "\ngen_time " << TimeText(facts.gen_time) << "\nserial   "
              << facts.serial_number << "\npolicy   " << facts.policy << "\n";
}

absl::Status Run(const Arguments& arguments, const Context& context) {
  const auto algorithm = ParseDigest(arguments.digest);
  if (!algorithm.has_value()) return UsageError("--digest is sha256, sha384 or sha512");
  const std::string output = arguments.output.empty() ? arguments.file + ".tst" : arguments.output;
  if (!arguments.force && FileExists(output)) {
    return UsageError(output + " exists already; --force replaces it");
  }
  Progress progress(context, absl::StrCat("digesting ", arguments.file));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes digest, DigestFile(arguments.file, *algorithm,
                                                         [&](uint64_t done, uint64_t total) {
                                                           progress.Report(done, total);
                                                         }));
  ENKRAT_ASSIGN_OR_RETURN(const TimestampQuery query, TimestampQuery::Create(*algorithm, digest));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes response,
                          arguments.http_url.empty()
                              ? AskService(query, context)
                              : AskOverHttp(arguments.http_url, query, context));
  ENKRAT_ASSIGN_OR_RETURN(const TimestampFacts facts, query.CheckResponse(response));
  ENKRAT_RETURN_IF_ERROR(
      WriteFile(output, facts.token_der, {.mode = 0644, .overwrite = arguments.force}));
  Print(facts, output, context);
  return absl::OkStatus();
}

}  // namespace

void AddTimestampCommand(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("timestamp", "Get an RFC 3161 timestamp for a file");
  command->add_option("FILE", arguments->file, "file; only its digest leaves this machine")
      ->required();
  command->add_option("-o,--output", arguments->output,
                      "file for the DER TimeStampToken; default: FILE.tst");
  command->add_option("--http", arguments->http_url,
                      "ask this RFC 3161 unit over HTTP instead of the service over gRPC");
  command->add_option("--digest", arguments->digest, "sha256, sha384 or sha512")
      ->capture_default_str();
  command->add_flag("--force", arguments->force, "replace an existing file");
  command->footer(
      "Examples:\n"
      "  enkrat timestamp report.pdf\n"
      "  enkrat timestamp report.pdf --http http://127.0.0.1:7480/tsa -o report.tst\n"
      "  openssl ts -verify -in report.tst -token_in -data report.pdf -CAfile root.pem");
  command->callback(
      [=, &context] { context.command = [=, &context] { return Run(*arguments, context); }; });
}

}  // namespace enkrat::cli
