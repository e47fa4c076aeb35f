// enkrat augment: a signature raised to a higher level, so that it can be judged for longer.
#include <fstream>
#include <memory>
#include <optional>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ades/cades_augmentation.h"
#include "cli/cades_raising.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/container_raising.h"
#include "cli/context.h"
#include "cli/draft_file.h"
#include "cli/files.h"
#include "cli/known_validation_data.h"
#include "cli/outcome.h"
#include "cli/service_timestamp.h"
#include "cli/trust_arguments.h"
#include "common/clock.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "http_client/curl_fetcher.h"
#include "pades/pdf_levels.h"
#include "validation/revocation_fetcher.h"
#include "validation/validator.h"

namespace enkrat::cli {
namespace {

constexpr size_t kMostCmsOctets = size_t{4} << 20;

struct Arguments {
  std::string file;
  std::string content_file;
  std::vector<std::string> signatures;
  std::string level = "b-lta";
  std::string out;
  TrustArguments trust;
  bool fetch = false;
  bool force = false;
};

absl::StatusOr<ades::CadesLevel> ParseTarget(const std::string& word) {
  if (word == "b-t") return ades::CadesLevel::kBT;
  if (word == "b-lt") return ades::CadesLevel::kBLT;
  if (word == "b-lta") return ades::CadesLevel::kBLTA;
  return UsageError("--level is b-t, b-lt or b-lta");
}

bool IsPdf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string begin(1024, '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return absl::StrContains(begin, "%PDF-");
}

// What there is to know of the signatures now.
absl::StatusOr<validation::Report> Judge(const Arguments& arguments) {
  const SystemClock clock;
  ENKRAT_ASSIGN_OR_RETURN(const auto trust, MakeTrustStore(arguments.trust, clock));
  std::unique_ptr<http_client::CurlFetcher> http;
  std::unique_ptr<validation::RevocationFetcher> fetcher;
  if (arguments.fetch) {
    ENKRAT_ASSIGN_OR_RETURN(http, http_client::CurlFetcher::Create());
    ENKRAT_ASSIGN_OR_RETURN(fetcher, validation::RevocationFetcher::Create({.http = http.get()}));
  }
  ENKRAT_ASSIGN_OR_RETURN(const auto validator,
                          validation::Validator::Create({.trust = trust.get(), .clock = &clock}));
  validation::Validator::Input input;
  input.path = arguments.file;
  if (!arguments.content_file.empty()) input.detached_paths = {arguments.content_file};
  input.fetcher = fetcher.get();
  return validator->Validate(input);
}

bool IsContainer(const validation::Report& report) {
  return absl::StartsWith(report.document_format, "ASiC");
}

ContainerRaising RaisingOf(const Arguments& arguments, ades::CadesLevel level) {
  return {.file = arguments.file,
          .out = arguments.out,
          .force = arguments.force,
          .level = level,
          .only = arguments.signatures};
}

absl::Status CheckWords(const Arguments& arguments, const validation::Report& report) {
  if (IsContainer(report) && !arguments.content_file.empty()) {
    return UsageError("a container holds what is signed: no --content");
  }
  if (!IsContainer(report) && !arguments.signatures.empty()) {
    return UsageError("--signature is an entry of a container, which this is not");
  }
  return absl::OkStatus();
}

// A signature that is bad is not worth preserving.
absl::Status RefuseBad(const Arguments& arguments, const validation::Report& report) {
  const ContainerRaising raising = RaisingOf(arguments, {});
  for (const validation::SignatureReport& signature : report.signatures) {
    if (signature.conclusion.indication != validation::Indication::kTotalFailed) continue;
    if (IsContainer(report) && !raising.Means(signature.id)) continue;
    return MakeError(
        Reason::kRequestMalformed,
        absl::StrCat(arguments.file, ": ", IsContainer(report) ? signature.id : "the signature",
                     " is bad (",
                     validation::SubIndicationName(signature.conclusion.sub_indication),
                     "); `enkrat verify` says why"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Bytes> RaiseCms(const Arguments& arguments, ades::CadesLevel level,
                               const validation::Report& report, Client& client) {
  ENKRAT_ASSIGN_OR_RETURN(Bytes cms, ReadFile(arguments.file, kMostCmsOctets));
  if (report.signatures.size() != 1) {
    return MakeError(Reason::kRequestMalformed, "a CMS with more than one signer is not raised");
  }
  if (report.document_format == "TimeStampToken") {
    return MakeError(Reason::kRequestMalformed, "a timestamp token is no signature to raise");
  }
  const auto content_digest = [&](DigestAlgorithm algorithm) -> absl::StatusOr<Bytes> {
    if (!arguments.content_file.empty()) return DigestFile(arguments.content_file, algorithm);
    return UsageError("the archive timestamp is over the document too: --content");
  };
  return RaiseCades(std::move(cms),
                    {.level = level,
                     .judged = &report.signatures.front(),
                     .used = &report.used,
                     .content_digest = content_digest},
                    client);
}

absl::Status RaisePdf(const Arguments& arguments, ades::CadesLevel level,
                      const validation::Report& report, Client& client) {
  if (level == ades::CadesLevel::kBT) {
    return UsageError("a PDF is raised to b-lt or b-lta; its timestamp is made with the signature");
  }
  ENKRAT_ASSIGN_OR_RETURN(const ValidationData data,
                          KnownValidationData(report.used, report.signatures, client));
  DraftFile draft(arguments.out);
  ENKRAT_RETURN_IF_ERROR(draft.CopyFrom(arguments.file));
  ENKRAT_RETURN_IF_ERROR(pades::AugmentPdf(
      draft.part(), {.level = level == ades::CadesLevel::kBLTA ? pades::PadesLevel::kBaselineLta
                                                               : pades::PadesLevel::kBaselineLt,
                     .validation_data = &data,
                     .timestamp = [&client](DigestAlgorithm algorithm, ByteSpan digest) {
                       return ServiceTimestamp(client, algorithm, digest);
                     }}));
  return draft.Keep(arguments.force);
}

// What is added now cannot prove what nobody proved in time, nor sign what nobody signed.
void Warn(const Arguments& arguments, const validation::Report& report, const Context& context) {
  const ContainerRaising raising = RaisingOf(arguments, {});
  for (const validation::SignatureReport& signature : report.signatures) {
    if (signature.conclusion.passed()) continue;
    if (IsContainer(report) && !raising.Means(signature.id)) continue;
    context.err << "note: " << signature.id << " is "
                << validation::SubIndicationName(signature.conclusion.sub_indication)
                << " already; raising it preserves what is known, and does not make it good. "
                   "`enkrat verify` says what would help\n";
  }
  for (const std::string& warning : report.warnings) context.err << "note: " << warning << "\n";
}

absl::Status Run(const Arguments& arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const ades::CadesLevel level, ParseTarget(arguments.level));
  if (!arguments.force && FileExists(arguments.out)) {
    return UsageError(absl::StrCat(arguments.out, " exists already; --force replaces it"));
  }
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  ENKRAT_ASSIGN_OR_RETURN(const validation::Report report, Judge(arguments));
  ENKRAT_RETURN_IF_ERROR(CheckWords(arguments, report));
  ENKRAT_RETURN_IF_ERROR(RefuseBad(arguments, report));
  Warn(arguments, report, context);
  if (IsContainer(report)) {
    ENKRAT_RETURN_IF_ERROR(RaiseContainer(RaisingOf(arguments, level), report, *client, context));
  } else if (IsPdf(arguments.file)) {
    ENKRAT_RETURN_IF_ERROR(RaisePdf(arguments, level, report, *client));
  } else {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes cms, RaiseCms(arguments, level, report, *client));
    ENKRAT_RETURN_IF_ERROR(WriteFile(arguments.out, cms, {.overwrite = arguments.force}));
  }
  context.out << "wrote       " << arguments.out << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddAugmentCommand(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "augment",
      "Raise a signature to a higher level: timestamp, revocation data, archive timestamp");
  command
      ->add_option("FILE", arguments->file,
                   "CAdES signature, container with such, or signed PDF, of whatever issuer")
      ->required();
  command->add_option("--content", arguments->content_file, "document of a detached signature");
  command
      ->add_option("--signature", arguments->signatures,
                   "entry of a container, such as META-INF/signature001.p7s; may be given again; "
                   "without: all")
      ->allow_extra_args(false);
  command->add_option("--level", arguments->level, "b-t, b-lt or b-lta")->capture_default_str();
  command->add_option("-o,--out", arguments->out, "file to write")->required();
  AddTrustOptions(*command, arguments->trust);
  command->add_flag("--fetch", arguments->fetch,
                    "get missing certificates and revocation data from the addresses in them");
  command->add_flag("--force", arguments->force, "replace an existing file");
  command->footer(
      "Timestamps, and revocation data about them, come from the service (--server).\n"
      "Example:\n"
      "  enkrat augment contract.pdf.p7s --content contract.pdf --level b-lta --roots root.pem \\\n"
      "      -o contract.pdf.lta.p7s\n"
      "  enkrat augment contracts.asice --roots root.pem -o contracts.asice --force");
  command->callback(
      [=, &context] { context.command = [=, &context] { return Run(*arguments, context); }; });
}

}  // namespace enkrat::cli
