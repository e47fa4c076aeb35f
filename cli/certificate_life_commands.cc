#include "cli/certificate_life_commands.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/certificate_life_options.h"
#include "cli/certificate_life_output.h"
#include "cli/certificate_unit_command.h"
#include "cli/context.h"
#include "cli/files.h"
#include "cli/installation.h"
#include "cli/outcome.h"
#include "common/clock.h"
#include "common/status_macros.h"

namespace enkrat::cli {
namespace {

using signer::CertificateLife;
using signer::CertificateRole;
using signer::Succession;
using Step = absl::StatusOr<Succession> (CertificateLife::*)(const std::string&,
                                                             const signer::DataChanges&,
                                                             const signer::LifeOrder&);

// A file in the way is found before anything is issued.
absl::Status CheckOutput(const LifeArguments& arguments) {
  if (arguments.output.empty() || arguments.force || !FileExists(arguments.output)) {
    return absl::OkStatus();
  }
  return UsageError(absl::StrCat(arguments.output, " exists; --force replaces it"));
}

absl::Status RunSuccession(Step step, const char* done, const LifeArguments& arguments,
                           const Context& context) {
  if (arguments.certificate.empty()) return UsageError("which certificate?");
  ENKRAT_RETURN_IF_ERROR(CheckOutput(arguments));
  signer::LifeOrder order = arguments.order;
  ENKRAT_ASSIGN_OR_RETURN(order.certification_request, ReadRequest(arguments));
  ENKRAT_ASSIGN_OR_RETURN(const auto installation, Installation::Open(arguments.installation));
  ENKRAT_ASSIGN_OR_RETURN(const signer::RegisteredCertificate* found,
                          installation->Find(arguments.certificate));
  const CertificateRole role = found->role;
  const std::string serial = found->description.serial_number;
  if (!order.dry_run) {
    ENKRAT_ASSIGN_OR_RETURN(const std::vector<std::string> files,
                            installation->life().CompleteSwitch());
    if (!files.empty()) {
      PrintCompletion(files, context);
      return absl::OkStatus();
    }
  }
  // What the state forbids is said before a token is asked for.
  const signer::DataChanges changes = ChangesFrom(arguments, *found);
  signer::LifeOrder dry = order;
  dry.dry_run = true;
  absl::StatusOr<Succession> made = (installation->life().*step)(serial, changes, dry);
  if (made.ok() && !order.dry_run) {
    ENKRAT_RETURN_IF_ERROR(installation->OpenTokens(role));
    made = (installation->life().*step)(serial, changes, order);
  }
  if (!made.ok()) return made.status();
  if (!order.dry_run) ENKRAT_RETURN_IF_ERROR(WriteChain(*made, arguments, *installation));
  PrintSuccession(done, *made, order.dry_run, context);
  return absl::OkStatus();
}

absl::Status RunIssueOverRequest(const LifeArguments& arguments, const Context& context) {
  if (!arguments.certificate.empty()) {
    return UsageError("--profile is for a new certificate: name none that is there");
  }
  ENKRAT_RETURN_IF_ERROR(CheckOutput(arguments));
  ENKRAT_ASSIGN_OR_RETURN(const auto installation, Installation::Open(arguments.installation));
  ENKRAT_ASSIGN_OR_RETURN(const signer::RequestedCertificate wanted,
                          WantedFrom(arguments, installation->life().all()));
  signer::LifeOrder order = arguments.order;
  ENKRAT_ASSIGN_OR_RETURN(order.certification_request, ReadRequest(arguments));
  if (!order.dry_run) ENKRAT_RETURN_IF_ERROR(installation->OpenTokens(wanted.role));
  ENKRAT_ASSIGN_OR_RETURN(const Succession made,
                          installation->life().IssueOverRequest(wanted, order));
  if (!order.dry_run) ENKRAT_RETURN_IF_ERROR(WriteChain(made, arguments, *installation));
  PrintSuccession("issued", made, order.dry_run, context);
  return absl::OkStatus();
}

// Serial numbers of the role's other certificates whose keys may still sign: a service that was not
// restarted since a renewal works with one of them.
std::vector<std::string> OthersInForce(const signer::CertificateRegister& all,
                                       const signer::RegisteredCertificate& revoked) {
  std::vector<std::string> serials;
  for (const signer::RegisteredCertificate& each : all.certificates()) {
    if (signer::IsFromRequest(each.role) || each.role != revoked.role ||
        each.unit != revoked.unit || each.state == signer::CertificateState::kRevoked ||
        each.description.serial_number == revoked.description.serial_number ||
        each.description.key_not_after < SystemClock().Now()) {
      continue;
    }
    serials.push_back(each.description.serial_number);
  }
  return serials;
}

std::string NotRevoked(const std::vector<std::string>& others, const std::string& role) {
  if (others.empty()) return "";
  return absl::StrCat("; not revoked with it, and used by a service that was not restarted since: ",
                      role, " ", absl::StrJoin(others, ", "));
}

absl::Status RunRevoke(const LifeArguments& arguments, const Context& context) {
  if (arguments.certificate.empty()) return UsageError("which certificate?");
  const auto reason = signer::RevocationReasonFromName(arguments.reason);
  if (!reason.has_value()) {
    return UsageError(
        absl::StrCat("--reason is one of ", absl::StrJoin(signer::RevocationReasonNames(), ", ")));
  }
  ENKRAT_ASSIGN_OR_RETURN(const auto installation, Installation::Open(arguments.installation));
  ENKRAT_ASSIGN_OR_RETURN(const signer::RegisteredCertificate* found,
                          installation->Find(arguments.certificate));
  const std::string serial = found->description.serial_number;
  const std::string role =
      absl::StrCat(signer::RoleName(found->role), found->unit.empty() ? "" : " ", found->unit);
  const std::string what = absl::StrCat(role, " ", serial, " (", found->description.subject, ")");
  const std::vector<std::string> others = OthersInForce(installation->life().all(), *found);
  signer::LifeOrder order = arguments.order;
  const bool unconfirmed = !arguments.yes && !order.dry_run;
  if (unconfirmed) order.dry_run = true;
  ENKRAT_RETURN_IF_ERROR(installation->life().Revoke(serial, *reason, order));
  if (unconfirmed) {
    return UsageError(absl::StrCat("this would revoke ", what,
                                   " for ever, and enkratd would stop using it within a second: "
                                   "give --yes to do so",
                                   NotRevoked(others, role)));
  }
  if (context.json) {
    context.out << nlohmann::ordered_json{{"done", order.dry_run ? "" : "revoked"},
                                          {"role", role},
                                          {"serial_number", serial},
                                          {"reason", arguments.reason},
                                          {"others_in_force", others}}
                       .dump()
                << "\n";
    return absl::OkStatus();
  }
  context.out << (order.dry_run ? "would be revoked: " : "revoked: ") << what << ", "
              << arguments.reason << NotRevoked(others, role) << "\n";
  if (!order.dry_run) {
    context.out << "Next\n  enkrat certificates issue: a new one, with a new key\n";
    if (role == signer::RoleName(CertificateRole::kIssuingCa)) {
      context.out << "  enkrat certificates crl --root: the root CA must say so too\n";
    }
    if (!others.empty()) {
      context.out << "  revoke the others too, by serial number, if their keys are concerned\n";
    }
  }
  return absl::OkStatus();
}

struct SuccessionCommand {
  const char* name;
  const char* description;
  const char* done;
  const char* footer;
  Step step;
};

constexpr SuccessionCommand kSuccessionCommands[] = {
    {"renew", "Make a successor, with a new key, before the certificate expires", "renewed",
     "What the certificate says must be unchanged; see reissue.\nExample:\n"
     "  enkrat certificates renew timestamping-unit --config config.yaml",
     &CertificateLife::Renew},
    {"reissue", "Make a successor when it has expired or its data changed", "reissued",
     "Example:\n  enkrat certificates reissue timestamping-unit \\\n"
     "    --organization 'New name d.o.o.' --config config.yaml",
     &CertificateLife::Reissue}};

void AddSuccession(const SuccessionCommand& row, CLI::App& group, Context& context) {
  auto arguments = std::make_shared<LifeArguments>();
  CLI::App* command = group.add_subcommand(row.name, row.description);
  AddLifeOptions(*command, *arguments);
  AddDataOptions(*command, *arguments);
  AddRequestOptions(*command, *arguments);
  command->footer(row.footer);
  command->callback([=, &context] {
    context.command = [=, &context] {
      return RunSuccession(row.step, row.done, *arguments, context);
    };
  });
}

void AddIssue(CLI::App& group, Context& context) {
  auto arguments = std::make_shared<LifeArguments>();
  CLI::App* command = group.add_subcommand(
      "issue", "Make a new one in place of one that was revoked, or one over somebody's request");
  AddLifeOptions(*command, *arguments);
  AddDataOptions(*command, *arguments);
  AddRequestOptions(*command, *arguments);
  AddProfileOptions(*command, *arguments);
  command->footer(
      "Examples:\n  enkrat certificates issue timestamping-unit --config config.yaml\n"
      "  enkrat certificates issue --profile internal-tls --csr db.csr --common-name db1 \\\n"
      "    --dns db1.example.org -o db1.pem --config config.yaml");
  command->callback([=, &context] {
    context.command = [=, &context] {
      if (!arguments->profile.empty()) return RunIssueOverRequest(*arguments, context);
      return RunSuccession(&CertificateLife::IssueAnew, "issued", *arguments, context);
    };
  });
}

void AddRevoke(CLI::App& group, Context& context) {
  auto arguments = std::make_shared<LifeArguments>();
  CLI::App* command = group.add_subcommand("revoke", "Revoke a long-lived certificate, for ever");
  AddLifeOptions(*command, *arguments);
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
  for (const SuccessionCommand& row : kSuccessionCommands) AddSuccession(row, group, context);
  AddIssue(group, context);
  AddUnitCommand(group, context);
  AddRevoke(group, context);
}

}  // namespace enkrat::cli
