// enkrat verify: is this a good signature, whose, since when, and why not.
#include <memory>
#include <optional>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "cli/pem.h"
#include "cli/remote_validation.h"
#include "cli/trust_arguments.h"
#include "common/clock.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "http_client/curl_fetcher.h"
#include "validation/revocation_fetcher.h"
#include "validation/timestamp_token.h"
#include "validation/validator.h"

namespace enkrat::cli {
namespace {

constexpr size_t kMaxDataFile = 16 * 1024 * 1024;  // of one CRL, response or PEM

struct Arguments {
  std::string file;
  std::string signature_file;
  std::vector<std::string> content_files;
  TrustArguments trust;
  std::vector<std::string> certificates_files, crl_files, ocsp_files;
  std::string at;
  bool fetch = false;
  bool every_status = false;
  bool verbose = false;
  bool remote = false;
};

// What is validated, and what it is over if that is elsewhere.
struct Subject {
  std::string file;
  std::vector<std::string> contents;
};

// Who did not ask about a timestamp takes the verdict to be about a signature; anybody can get a
// timestamp, and put it beside any document.
absl::Status RefuseTimestamp(const std::string& file) {
  const absl::StatusOr<Bytes> octets = ReadFile(file, kMaxDataFile);
  if (!octets.ok() || !validation::HoldsTimestamp(*octets)) return absl::OkStatus();
  return MakeError(Reason::kRequestMalformed,
                   absl::StrCat(file,
                                ": is a timestamp, which nobody signed the document with; "
                                "--signature judges it as that"));
}

absl::StatusOr<Subject> SubjectOf(const Arguments& arguments) {
  if (!arguments.signature_file.empty() && !arguments.content_files.empty()) {
    return UsageError("--signature goes with the document as FILE, --content with the signature");
  }
  if (!arguments.content_files.empty()) return Subject{arguments.file, arguments.content_files};
  if (!arguments.signature_file.empty()) {
    return Subject{arguments.signature_file, {arguments.file}};
  }
  const std::string beside = arguments.file + ".p7s";
  if (FileExists(beside)) {
    ENKRAT_RETURN_IF_ERROR(RefuseTimestamp(beside));
    return Subject{beside, {arguments.file}};
  }
  return Subject{arguments.file, {}};
}

absl::Status CheckReadable(const Subject& subject) {
  std::vector<std::string> files = subject.contents;
  files.push_back(subject.file);
  for (const std::string& file : files) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> opened(std::fopen(file.c_str(), "rb"),
                                                                 std::fclose);
    if (opened == nullptr) return UnavailableError(absl::StrCat(file, ": cannot be read"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<absl::Time>> TimeOf(const Arguments& arguments) {
  if (arguments.at.empty()) return std::optional<absl::Time>();
  absl::Time at;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, arguments.at, &at, &error)) {
    return UsageError("--at is a time such as 2026-01-02T03:04:05Z");
  }
  return std::optional(at);
}

absl::StatusOr<ValidationData> MoreData(const Arguments& arguments) {
  ValidationData data;
  for (const std::string& file : arguments.certificates_files) {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes pem, ReadFile(file, kMaxDataFile));
    absl::StatusOr<std::vector<Bytes>> certificates = CertificatesFromPem(pem);
    if (!certificates.ok()) return WithContext(certificates.status(), file);
    for (Bytes& der : *certificates) data.certificates_der.push_back(std::move(der));
  }
  for (const std::string& file : arguments.crl_files) {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes octets, ReadFile(file, kMaxDataFile));
    absl::StatusOr<Bytes> der = CrlFrom(octets);
    if (!der.ok()) return WithContext(der.status(), file);
    data.crls_der.push_back(*std::move(der));
  }
  for (const std::string& file : arguments.ocsp_files) {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes octets, ReadFile(file, kMaxDataFile));
    absl::StatusOr<Bytes> der = OcspResponseFrom(octets);
    if (!der.ok()) return WithContext(der.status(), file);
    data.ocsp_responses_der.push_back(*std::move(der));
  }
  return data;
}

absl::StatusOr<validation::Report> ValidateHere(const Arguments& arguments, const Subject& subject,
                                                std::optional<absl::Time> at) {
  const SystemClock clock;
  ENKRAT_ASSIGN_OR_RETURN(const auto trust, MakeTrustStore(arguments.trust, clock));
  ENKRAT_ASSIGN_OR_RETURN(ValidationData more, MoreData(arguments));
  ENKRAT_RETURN_IF_ERROR(CheckReadable(subject));
  std::unique_ptr<http_client::CurlFetcher> http;
  std::unique_ptr<validation::RevocationFetcher> fetcher;
  if (arguments.fetch) {
    ENKRAT_ASSIGN_OR_RETURN(http, http_client::CurlFetcher::Create());
    ENKRAT_ASSIGN_OR_RETURN(fetcher, validation::RevocationFetcher::Create({.http = http.get()}));
  }
  const bool every_status = arguments.every_status || arguments.fetch;
  ENKRAT_ASSIGN_OR_RETURN(
      const auto validator,
      validation::Validator::Create(
          {.trust = trust.get(),
           .clock = &clock,
           .revocation = every_status ? validation::RevocationRule::kWholePath
                                      : validation::RevocationRule::kSigningCertificate,
           .limits = {.max_document_octets = uint64_t{1} << 30}}));
  absl::StatusOr<validation::Report> report =
      validator->Validate({.path = subject.file,
                           .detached_paths = subject.contents,
                           .detached_digests = {},
                           .more = std::move(more),
                           .fetcher = fetcher.get(),
                           .at = at});
  if (!report.ok()) return WithContext(report.status(), subject.file);
  return report;
}

absl::Status VerdictOf(validation::Indication indication) {
  switch (indication) {
    case validation::Indication::kTotalPassed:
      return absl::OkStatus();
    case validation::Indication::kTotalFailed:
      return NegativeVerdict();
    case validation::Indication::kIndeterminate:
      break;
  }
  return UndecidedVerdict();
}

absl::Status RunRemotely(const Subject& subject, std::optional<absl::Time> at,
                         const Context& context) {
  if (subject.contents.size() > 1) return UsageError("--remote takes one --content");
  ENKRAT_ASSIGN_OR_RETURN(
      const RemoteReport report,
      ValidateRemotely(
          {.file = subject.file,
           .content =
               subject.contents.empty() ? std::nullopt : std::optional(subject.contents.front()),
           .at = at},
          context));
  context.out << (context.json ? report.json : report.text);
  return VerdictOf(report.indication);
}

absl::Status Run(const Arguments& arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const Subject subject, SubjectOf(arguments));
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<absl::Time> at, TimeOf(arguments));
  if (arguments.remote) return RunRemotely(subject, at, context);
  ENKRAT_ASSIGN_OR_RETURN(const validation::Report report, ValidateHere(arguments, subject, at));
  context.out << (context.json ? ToJson(report) : ToText(report, arguments.verbose));
  return VerdictOf(report.conclusion.indication);
}

void AddOptions(CLI::App& command, Arguments& arguments) {
  command
      .add_option("FILE", arguments.file,
                  "a signed PDF, an ASiC container, a signature or a timestamp; or the document "
                  "that a detached signature beside it (FILE.p7s) is over")
      ->required();
  command.add_option("--signature", arguments.signature_file,
                     "the detached signature or timestamp of FILE; default: FILE.p7s if it exists");
  command
      .add_option("--content", arguments.content_files,
                  "the document that the detached signature FILE is over")
      ->allow_extra_args(false);
  AddTrustOptions(command, arguments.trust);
  command
      .add_option("--intermediates", arguments.certificates_files,
                  "PEM file of certificates that the signature may lack; may be given again")
      ->allow_extra_args(false);
  command.add_option("--crl", arguments.crl_files, "DER or PEM file of a CRL; may be given again")
      ->allow_extra_args(false);
  command
      .add_option("--ocsp", arguments.ocsp_files,
                  "DER file of an OCSP response; may be given again")
      ->allow_extra_args(false);
  command.add_option("--at", arguments.at, "validate as of this time (RFC 3339); default: now");
  command.add_flag("--fetch", arguments.fetch,
                   "get missing certificates and revocation data over the network; implies "
                   "--every-status");
  command.add_flag("--every-status", arguments.every_status,
                   "the revocation status of CAs and timestamping units must be known, too");
  command.add_flag("--verbose", arguments.verbose, "also what passed, and the chains");
  command.add_flag("--remote", arguments.remote, "let the service validate, by whom it trusts");
}

}  // namespace

void AddVerifyCommand(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "verify", "Validate signatures and timestamps of any issuer (ETSI EN 319 102-1)");
  AddOptions(*command, *arguments);
  command->footer(
      "Needs no service, and no network unless told to. Exit codes: 0 TOTAL_PASSED,\n"
      "1 TOTAL_FAILED or no signature that can be read, 3 INDETERMINATE.\n"
      "Examples:\n"
      "  enkrat verify contract.pdf --roots root.pem\n"
      "  enkrat verify contract.pdf --signature contract.pdf.p7s --roots root.pem\n"
      "  enkrat verify letter.asice --system-roots --fetch");
  command->callback(
      [=, &context] { context.command = [=, &context] { return Run(*arguments, context); }; });
}

}  // namespace enkrat::cli
