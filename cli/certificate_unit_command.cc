#include "cli/certificate_unit_command.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "cli/certificate_life_options.h"
#include "cli/certificate_life_output.h"
#include "cli/installation.h"
#include "cli/outcome.h"
#include "common/object_identifier.h"
#include "common/signing_key.h"
#include "common/status_macros.h"

namespace enkrat::cli {
namespace {

struct UnitArguments {
  LifeArguments life;  // certificate: the unit's name
  std::string algorithm = "ECDSA-P256";
  std::string policy_oid;
};

// What enkratd has to be told of it. The key's label is in the register.
std::vector<std::string> ConfigurationOf(const UnitArguments& arguments,
                                         const signer::CertificatePlaces& places) {
  const std::filesystem::path file =
      std::filesystem::path(places.folder) /
      places.FileOf(signer::CertificateRole::kTimestampingUnit, arguments.life.certificate);
  std::vector<std::string> lines = {
      "further_units:",
      absl::StrCat("  - chain_file: ", std::filesystem::absolute(file).lexically_normal().string()),
      absl::StrCat("    policy_oid: ", arguments.policy_oid)};
  if (arguments.life.qualified) lines.emplace_back("    qualified: true");
  return lines;
}

absl::Status RunAddUnit(const UnitArguments& arguments, const Context& context) {
  const std::optional<KeyAlgorithm> algorithm = KeyAlgorithmFromName(arguments.algorithm);
  if (!algorithm.has_value()) {
    return UsageError("--algorithm is ECDSA-P256, ECDSA-P384, RSA-PSS-3072 or RSA-PSS-4096");
  }
  if (!OidContent(arguments.policy_oid).has_value()) {
    return UsageError("--policy-oid is an object identifier in dotted decimal");
  }
  ENKRAT_ASSIGN_OR_RETURN(const auto installation, Installation::Open(arguments.life.installation));
  if (!installation->config().timestamping().has_own()) {
    return UsageError("the configuration has no timestamping unit of its own: timestamping.own");
  }
  const signer::NewUnit wanted = {.name = arguments.life.certificate,
                                  .algorithm = *algorithm,
                                  .qualified = arguments.life.qualified};
  signer::LifeOrder order = arguments.life.order;
  const std::vector<std::string> lines = ConfigurationOf(arguments, installation->places());
  if (!order.dry_run) {
    ENKRAT_ASSIGN_OR_RETURN(const std::vector<std::string> files,
                            installation->life().CompleteSwitch());
    if (!files.empty()) {
      PrintCompletion(files, context);
      return absl::OkStatus();
    }
  }
  // What cannot be is said before a token is asked for.
  order.dry_run = true;
  ENKRAT_ASSIGN_OR_RETURN(signer::Succession made, installation->life().AddUnit(wanted, order));
  order.dry_run = arguments.life.order.dry_run;
  if (!order.dry_run) {
    ENKRAT_RETURN_IF_ERROR(installation->OpenTokens(signer::CertificateRole::kTimestampingUnit));
    ENKRAT_ASSIGN_OR_RETURN(made, installation->life().AddUnit(wanted, order));
  }
  PrintSuccession("added", made, order.dry_run, context, lines);
  return absl::OkStatus();
}

}  // namespace

void AddUnitCommand(CLI::App& group, Context& context) {
  auto arguments = std::make_shared<UnitArguments>();
  CLI::App* command = group.add_subcommand(
      "add-unit", "Make a timestamping unit besides the first: key, certificate and chain file");
  command
      ->add_option("name", arguments->life.certificate,
                   "what it is called: a lower-case letter, then letters and digits, 16 at most")
      ->required();
  AddOrderOptions(*command, arguments->life);
  command
      ->add_option("--algorithm", arguments->algorithm,
                   "of its key: ECDSA-P256, ECDSA-P384, RSA-PSS-3072 or RSA-PSS-4096")
      ->capture_default_str();
  command
      ->add_option("--policy-oid", arguments->policy_oid,
                   "policy of its timestamps, for the configuration: queries name the unit by it")
      ->required();
  command->add_flag("--qualified", arguments->life.qualified,
                    "it claims to make qualified timestamps (esi4-qtstStatement-1): a legal claim");
  command->footer(
      "It takes after the first unit: name of the organisation, lifetime, key period.\n"
      "Example:\n  enkrat certificates add-unit rsa --algorithm RSA-PSS-3072 \\\n"
      "    --policy-oid 1.3.6.1.4.1.32473.2.2 --config /etc/enkrat/config.yaml");
  command->callback([=, &context] {
    context.command = [=, &context] { return RunAddUnit(*arguments, context); };
  });
}

}  // namespace enkrat::cli
