// enkrat verify: is this a good signature of this document, and why not.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ades/verifier.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "cli/pem.h"
#include "cli/progress.h"
#include "cli/session_summary.h"
#include "common/clock.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/time_text.h"

namespace enkrat::cli {
namespace {

constexpr size_t kMaxFile = 1024 * 1024;  // of signature and roots

struct Arguments {
  std::string file;
  std::string signature_file;  // empty: FILE.p7s
  std::string roots_file;
};

// "signature-value: ..." of the first check that failed.
std::string FirstFault(const ades::Verdict& verdict) {
  for (const ades::Check& check : verdict.checks) {
    if (!check.passed) return absl::StrCat(check.name, ": ", check.detail);
  }
  return "no check was made";
}

void PrintJson(const ades::Verdict& verdict, std::ostream& out) {
  nlohmann::ordered_json json = {{"valid", verdict.valid}, {"level", verdict.level}};
  if (!verdict.valid) json["why"] = FirstFault(verdict);
  json["signer"] = verdict.signer_subject;
  if (verdict.claimed_signing_time.has_value()) {
    json["claimed_signing_time"] = TimeText(*verdict.claimed_signing_time);
  }
  if (verdict.timestamp_time.has_value()) {
    json["timestamp_time"] = TimeText(*verdict.timestamp_time);
  }
  json["validated_at"] = TimeText(verdict.validated_at);
  json["checks"] = nlohmann::ordered_json::array();
  for (const ades::Check& check : verdict.checks) {
    json["checks"].push_back(
        {{"name", check.name}, {"passed", check.passed}, {"detail", check.detail}});
  }
  out << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

void PrintText(const ades::Verdict& verdict, std::ostream& out) {
  for (const ades::Check& check : verdict.checks) {
    out << absl::StreamFormat("%-4s  %-24s %s\n", check.passed ? "ok" : "FAIL", check.name,
                              check.detail);
  }
  out << "level         " << verdict.level << "\n";
  if (!verdict.signer_subject.empty()) out << "signer        " << verdict.signer_subject << "\n";
  if (verdict.timestamp_time.has_value()) {
    out << "timestamped   " << TimeText(*verdict.timestamp_time) << "\n";
  }
  out << "validated at  " << TimeText(verdict.validated_at) << "\n";
  if (verdict.valid) {
    out << "VALID\n";
  } else {
    out << "INVALID: " << FirstFault(verdict) << "\n";
  }
}

absl::StatusOr<std::unique_ptr<ades::Verifier>> VerifierWith(const std::string& roots_file,
                                                             const Clock& clock) {
  ENKRAT_ASSIGN_OR_RETURN(const Bytes pem, ReadFile(roots_file, kMaxFile));
  absl::StatusOr<std::vector<Bytes>> roots = CertificatesFromPem(pem);
  if (!roots.ok()) return WithContext(roots.status(), roots_file);
  auto verifier = ades::Verifier::Create({.trusted_roots_der = *std::move(roots), .clock = &clock});
  if (!verifier.ok()) return WithContext(verifier.status(), roots_file);
  return verifier;
}

absl::StatusOr<ades::Verdict> Verify(const Arguments& arguments, const Context& context) {
  const SystemClock clock;
  ENKRAT_ASSIGN_OR_RETURN(const auto verifier, VerifierWith(arguments.roots_file, clock));
  const std::string signature_file =
      arguments.signature_file.empty() ? arguments.file + ".p7s" : arguments.signature_file;
  ENKRAT_ASSIGN_OR_RETURN(const Bytes cms, ReadFile(signature_file, kMaxFile));
  Progress progress(context, absl::StrCat("digesting ", arguments.file));
  absl::Status read = absl::OkStatus();
  const absl::StatusOr<ades::Verdict> verdict =
      verifier->VerifyDetached(cms, [&](DigestAlgorithm algorithm) {
        const auto digest =
            DigestFile(arguments.file, algorithm,
                       [&](uint64_t done, uint64_t total) { progress.Report(done, total); });
        read = digest.status();
        return digest;
      });
  if (!read.ok()) return read;  // which names the document
  if (!verdict.ok()) return WithContext(verdict.status(), signature_file);
  return verdict;
}

absl::Status Run(const Arguments& arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const ades::Verdict verdict, Verify(arguments, context));
  if (context.json) {
    PrintJson(verdict, context.out);
  } else {
    PrintText(verdict, context.out);
  }
  return verdict.valid ? absl::OkStatus() : NegativeVerdict();
}

}  // namespace

void AddVerifyCommand(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "verify", "Verify a signature, its timestamp, and the chain at the time of the timestamp");
  command->add_option("FILE", arguments->file, "the document that was signed")->required();
  command->add_option("--signature", arguments->signature_file,
                      "the detached signature; default: FILE.p7s");
  command->add_option("--roots", arguments->roots_file, "PEM file of the roots to trust")
      ->required();
  command->footer(
      "Needs no service and no network. Exit code 0 means VALID, 1 INVALID.\n"
      "Example:\n"
      "  enkrat verify contract.pdf --signature contract.pdf.p7s --roots root.pem");
  command->callback(
      [=, &context] { context.command = [=, &context] { return Run(*arguments, context); }; });
}

}  // namespace enkrat::cli
