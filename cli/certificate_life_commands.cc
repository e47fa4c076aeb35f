#include "cli/certificate_life_commands.h"

#include <pwd.h>
#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "cli/context.h"
#include "cli/installation.h"
#include "cli/outcome.h"
#include "common/status_macros.h"
#include "common/time_text.h"

namespace enkrat::cli {
namespace {

using signer::CertificateRole;
using signer::Succession;

struct LifeArguments {
  InstallationOptions installation;
  std::string certificate;
  signer::LifeOrder order;
  // Succession.
  std::string country;
  std::string organization;
  std::string organization_identifier;
  std::vector<std::string> policy_oids;
  std::string base_url;
  // Revocation.
  std::string reason;
  bool yes = false;
};

// The account that runs the command, or that sudo runs it for.
std::string AccountName() {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> memory(16 * 1024);
  if (getpwuid_r(getuid(), &entry, memory.data(), memory.size(), &found) == 0 && found != nullptr) {
    return entry.pw_name;
  }
  return absl::StrCat("uid ", getuid());
}

signer::DataChanges ChangesFrom(const LifeArguments& arguments, CertificateRole role) {
  signer::DataChanges changes;
  if (!arguments.country.empty()) changes.country = arguments.country;
  if (!arguments.organization.empty()) changes.organization = arguments.organization;
  if (!arguments.organization_identifier.empty()) {
    changes.organization_identifier = arguments.organization_identifier;
  }
  if (!arguments.policy_oids.empty()) changes.policy_oids = arguments.policy_oids;
  if (!arguments.base_url.empty()) {
    changes.ca_issuers_url = absl::StrCat(
        absl::StripSuffix(arguments.base_url, "/"), "/ca/",
        role == CertificateRole::kIssuingCa ? signer::kRootDerFile : signer::kIssuingCaDerFile);
  }
  return changes;
}

std::vector<std::string> NextSteps(const Succession& made) {
  switch (made.role) {
    case CertificateRole::kIssuingCa:
      return {"restart enkratd: it works with the new CA from then on",
              "enkrat certificates renew ocsp-responder: the new CA needs one of its own",
              "enkrat certificates renew timestamping-unit, before the old CA ends"};
    case CertificateRole::kTimestampingUnit:
      return {"restart enkratd: it works with the new key from then on",
              "give the new certificate to those who keep a list of timestamping units"};
    case CertificateRole::kOcspResponder:
    case CertificateRole::kRootCa:
      break;
  }
  return {"restart enkratd"};
}

void Print(const char* done, const Succession& made, bool dry_run, const Context& context) {
  const std::vector<std::string> next = NextSteps(made);
  if (context.json) {
    nlohmann::ordered_json json = {{"done", dry_run ? "" : done},
                                   {"role", std::string(signer::RoleName(made.role))},
                                   {"predecessor", made.predecessor},
                                   {"subject", made.subject},
                                   {"key_label", made.key_label},
                                   {"not_before", TimeTextOfSecond(made.not_before)},
                                   {"not_after", TimeTextOfSecond(made.not_after)},
                                   {"key_not_after", TimeTextOfSecond(made.key_not_after)}};
    if (!dry_run) {
      json["serial_number"] = made.serial_number;
      json["files"] = made.files;
      json["next_steps"] = next;
    }
    context.out << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    return;
  }
  context.out << (dry_run ? "would be " : "") << done << ": " << signer::RoleName(made.role)
              << "\n  subject      " << made.subject << "\n  predecessor  " << made.predecessor;
  if (!dry_run) context.out << "\n  serial       " << made.serial_number;
  context.out << "\n  key          " << made.key_label << " (new), may sign until "
              << TimeTextOfSecond(made.key_not_after) << "\n  valid        "
              << TimeTextOfSecond(made.not_before) << " to " << TimeTextOfSecond(made.not_after)
              << "\n";
  if (dry_run) return;
  context.out << "  files        " << absl::StrJoin(made.files, ", ") << "\nNext\n";
  for (const std::string& step : next) context.out << "  " << step << "\n";
}

// A run that was cut off is completed, and nothing else is begun: it may be just what was asked
// for.
void PrintCompletion(const std::vector<std::string>& files, const Context& context) {
  if (context.json) {
    context.out << nlohmann::ordered_json{{"done", "completed"}, {"files", files}}.dump() << "\n";
    return;
  }
  context.out << "completed what an earlier run had begun: " << absl::StrJoin(files, ", ")
              << "\nNext\n  restart enkratd\n";
}

using Step = absl::StatusOr<Succession> (signer::CertificateLife::*)(const std::string&,
                                                                     const signer::DataChanges&,
                                                                     const signer::LifeOrder&);

absl::Status RunSuccession(Step step, const char* done, const LifeArguments& arguments,
                           const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const auto installation, Installation::Open(arguments.installation));
  ENKRAT_ASSIGN_OR_RETURN(const signer::RegisteredCertificate* found,
                          installation->Find(arguments.certificate));
  const CertificateRole role = found->role;
  const std::string serial = found->description.serial_number;
  if (!arguments.order.dry_run) {
    ENKRAT_ASSIGN_OR_RETURN(const std::vector<std::string> files,
                            installation->life().CompleteSwitch());
    if (!files.empty()) {
      PrintCompletion(files, context);
      return absl::OkStatus();
    }
  }
  const signer::DataChanges changes = ChangesFrom(arguments, role);
  // What the state forbids is said before a token is asked for.
  signer::LifeOrder dry = arguments.order;
  dry.dry_run = true;
  absl::StatusOr<Succession> made = (installation->life().*step)(serial, changes, dry);
  if (made.ok() && !arguments.order.dry_run) {
    ENKRAT_RETURN_IF_ERROR(installation->OpenTokens(role));
    made = (installation->life().*step)(serial, changes, arguments.order);
  }
  if (!made.ok()) return made.status();
  Print(done, *made, arguments.order.dry_run, context);
  return absl::OkStatus();
}

absl::Status RunRevoke(const LifeArguments& arguments, const Context& context) {
  const auto reason = signer::RevocationReasonFromName(arguments.reason);
  if (!reason.has_value()) {
    return UsageError(
        absl::StrCat("--reason is one of ", absl::StrJoin(signer::RevocationReasonNames(), ", ")));
  }
  ENKRAT_ASSIGN_OR_RETURN(const auto installation, Installation::Open(arguments.installation));
  ENKRAT_ASSIGN_OR_RETURN(const signer::RegisteredCertificate* found,
                          installation->Find(arguments.certificate));
  const std::string serial = found->description.serial_number;
  const std::string role(signer::RoleName(found->role));
  const std::string what = absl::StrCat(role, " ", serial, " (", found->description.subject, ")");
  signer::LifeOrder order = arguments.order;
  if (!arguments.yes && !order.dry_run) {
    order.dry_run = true;
    ENKRAT_RETURN_IF_ERROR(installation->life().Revoke(serial, *reason, order));
    return UsageError(absl::StrCat("this would revoke ", what,
                                   " for ever, and enkratd would stop using it within a second: "
                                   "give --yes to do so"));
  }
  ENKRAT_RETURN_IF_ERROR(installation->life().Revoke(serial, *reason, order));
  if (context.json) {
    context.out << nlohmann::ordered_json{{"done", order.dry_run ? "" : "revoked"},
                                          {"role", role},
                                          {"serial_number", serial},
                                          {"reason", arguments.reason}}
                       .dump()
                << "\n";
  } else {
    context.out << (order.dry_run ? "would be revoked: " : "revoked: ") << what << ", "
                << arguments.reason << "\n";
    if (!order.dry_run) context.out << "Next\n  enkrat certificates issue " << role << "\n";
  }
  return absl::OkStatus();
}

void AddCommonOptions(CLI::App& command, LifeArguments& arguments) {
  command
      .add_option("certificate", arguments.certificate,
                  "serial number, SHA-256 fingerprint, or role (issuing-ca, timestamping-unit, "
                  "ocsp-responder)")
      ->required();
  command
      .add_option("--config", arguments.installation.config_file, "enkratd's configuration file")
      ->required();
  command
      .add_option("--credentials-directory", arguments.installation.credentials_directory,
                  "where systemd put the credentials that the file names")
      ->envname("CREDENTIALS_DIRECTORY");
  arguments.order.who = AccountName();
  command.add_option("--operator", arguments.order.who, "who does it, for the register")
      ->envname("SUDO_USER")
      ->capture_default_str();
  command.add_option("--why", arguments.order.why, "why, for the register; at most 500 characters");
  command.add_flag("--dry-run", arguments.order.dry_run, "say what would be done, and stop");
}

void AddDataOptions(CLI::App& command, LifeArguments& arguments) {
  command.add_option("--country", arguments.country, "if it is another now");
  command.add_option("--organization", arguments.organization, "likewise");
  command.add_option("--organization-identifier", arguments.organization_identifier, "likewise");
  command.add_option("--policy-oid", arguments.policy_oids, "likewise; can be repeated");
  command.add_option("--base-url", arguments.base_url, "likewise: of enkratd's HTTP endpoint");
  command
      .add_option("--root-token-label", arguments.installation.root_token_label,
                  "token of the root CA, for the issuing CA")
      ->capture_default_str();
  command.add_option("--root-pin-file", arguments.installation.root_pin_file,
                     "its PIN; default secrets/root-pin beside the certificates");
}

struct SuccessionCommand {
  const char* name;
  const char* description;
  const char* done;
  const char* footer;
  Step step;
};

void AddSuccession(const SuccessionCommand& row, CLI::App& group, Context& context) {
  auto arguments = std::make_shared<LifeArguments>();
  CLI::App* command = group.add_subcommand(row.name, row.description);
  AddCommonOptions(*command, *arguments);
  AddDataOptions(*command, *arguments);
  command->footer(row.footer);
  command->callback([=, &context] {
    context.command = [=, &context] {
      return RunSuccession(row.step, row.done, *arguments, context);
    };
  });
}

void AddRevoke(CLI::App& group, Context& context) {
  auto arguments = std::make_shared<LifeArguments>();
  CLI::App* command = group.add_subcommand("revoke", "Revoke a long-lived certificate, for ever");
  AddCommonOptions(*command, *arguments);
  command->add_option("--reason", arguments->reason, "RFC 5280 name, such as keyCompromise")
      ->required();
  command->add_flag("--yes", arguments->yes, "do it");
  command->footer(
      "Example:\n  enkrat certificates revoke timestamping-unit --reason keyCompromise \\\n"
      "    --why 'token stolen' --yes --config /etc/enkrat/config.yaml");
  command->callback([=, &context] {
    context.command = [=, &context] { return RunRevoke(*arguments, context); };
  });
}

}  // namespace

void AddLifeCommands(CLI::App& group, Context& context) {
  AddSuccession({.name = "renew",
                 .description = "Make a successor, with a new key, before the certificate expires",
                 .done = "renewed",
                 .footer = "What the certificate says must be unchanged; see reissue.\nExample:\n"
                           "  enkrat certificates renew timestamping-unit --config config.yaml",
                 .step = &signer::CertificateLife::Renew},
                group, context);
  AddSuccession({.name = "reissue",
                 .description = "Make a successor when it has expired or its data changed",
                 .done = "reissued",
                 .footer = "Example:\n  enkrat certificates reissue timestamping-unit \\\n"
                           "    --organization 'New name d.o.o.' --config config.yaml",
                 .step = &signer::CertificateLife::Reissue},
                group, context);
  AddSuccession(
      {.name = "issue",
       .description = "Make a new one, with a new key, in place of one that was revoked",
       .done = "issued",
       .footer = "Example:\n  enkrat certificates issue timestamping-unit --config config.yaml",
       .step = &signer::CertificateLife::IssueAnew},
      group, context);
  AddRevoke(group, context);
}

}  // namespace enkrat::cli
