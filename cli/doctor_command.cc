// enkrat doctor: is everything in place for enkratd, and what will soon not be?
#include "CLI/CLI.hpp"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/doctor_checks.h"
#include "cli/doctor_findings.h"
#include "cli/outcome.h"
#include "common/clock.h"
#include "server/settings.h"

namespace enkrat::cli {
namespace {

struct DoctorArguments {
  std::string config_file = "/etc/enkrat/config.yaml";
  std::string credentials_directory;
};

void CheckAll(const DoctorArguments& arguments, Findings& findings) {
  const SystemClock clock;
  const absl::StatusOr<server::Config> config = server::LoadSettings(arguments.config_file);
  if (!findings.Expect("configuration file", config.status(), arguments.config_file,
                       "correct the file; all settings: proto/enkrat/config/v1/config.proto")) {
    return;
  }
  findings.Expect("configuration", server::CheckValues(*config), "every setting can be used",
                  "correct the setting that is named");
  const CertifiedKeys certified = CheckCertificates(*config, clock.Now(), findings);
  CheckRevocation(*config, clock.Now(), findings);
  CheckOutsideTsa(*config, clock.Now(), findings);
  CheckHsm(*config, arguments.credentials_directory, certified, clock, findings);
  CheckClock(*config, findings);
  CheckStore(*config, findings);
  CheckPolicies(*config, CheckRelyingParties(*config, findings), findings);
}

absl::Status Run(const DoctorArguments& arguments, const Context& context) {
  Findings findings;
  CheckAll(arguments, findings);
  context.out << (context.json ? findings.AsJson() : findings.AsText());
  return findings.failed() ? NegativeVerdict() : absl::OkStatus();
}

}  // namespace

void AddDoctorCommand(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<DoctorArguments>();
  CLI::App* command = app.add_subcommand(
      "doctor", "Check configuration, token, keys, certificates, clock and ledger of enkratd");
  command->add_option("--config", arguments->config_file, "enkratd's configuration file")
      ->capture_default_str();
  command
      ->add_option("--credentials-directory", arguments->credentials_directory,
                   "where systemd put the credentials that the file names")
      ->envname("CREDENTIALS_DIRECTORY");
  command->footer(
      "One line a check: OK, WARN or FAIL, and how to mend it. Changes nothing; can run beside "
      "the\n"
      "service. Exit code 1 if anything fails.\nExample:\n  enkrat doctor --config config.yaml");
  command->callback(
      [=, &context] { context.command = [=, &context] { return Run(*arguments, context); }; });
}

}  // namespace enkrat::cli
