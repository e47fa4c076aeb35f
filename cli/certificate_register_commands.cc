// enkrat certificates list, show --config: what the register holds.
#include "cli/certificate_register_commands.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/certificate_crl_command.h"
#include "cli/certificate_life_commands.h"
#include "common/status_macros.h"
#include "common/time_text.h"
#include "signer/certificate_life_files.h"

namespace enkrat::cli {
namespace {

using signer::CertificateState;
using signer::RegisteredCertificate;

// The state as a reader wants it: an expired certificate is not active.
std::string StateOf(const RegisteredCertificate& certificate, absl::Time now) {
  if (certificate.state != CertificateState::kRevoked && now > certificate.description.not_after) {
    return "expired";
  }
  return std::string(signer::StateName(certificate.state));
}

nlohmann::ordered_json Facts(const RegisteredCertificate& certificate, absl::Time now) {
  const signer::CertificateDescription& facts = certificate.description;
  nlohmann::ordered_json json = {{"serial_number", facts.serial_number},
                                 {"role", std::string(signer::RoleName(certificate.role))},
                                 {"state", StateOf(certificate, now)},
                                 {"subject", facts.subject},
                                 {"issuer", facts.issuer},
                                 {"not_before", TimeTextOfSecond(facts.not_before)},
                                 {"not_after", TimeTextOfSecond(facts.not_after)},
                                 {"key_not_after", TimeTextOfSecond(facts.key_not_after)},
                                 {"key_label", certificate.key_label},
                                 {"fingerprint_sha256", facts.fingerprint_sha256}};
  if (!certificate.unit.empty()) json["unit"] = certificate.unit;
  if (!certificate.predecessor.empty()) json["predecessor"] = certificate.predecessor;
  if (certificate.state == CertificateState::kRevoked) {
    json["revoked_at"] = TimeTextOfSecond(certificate.revoked_at);
    json["revocation_reason"] =
        std::string(signer::RevocationReasonName(certificate.revocation_reason));
  }
  return json;
}

struct ShowArguments {
  std::string config_file;
  std::string certificate;
};

absl::Status RunShow(const ShowArguments& arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const auto installation,
                          Installation::Open({.config_file = arguments.config_file}));
  ENKRAT_ASSIGN_OR_RETURN(const RegisteredCertificate* found,
                          installation->Find(arguments.certificate));
  nlohmann::ordered_json facts = Facts(*found, SystemClock().Now());
  facts["actions"] = nlohmann::ordered_json::array();
  for (const signer::RegisterAction& each : installation->life().all().actions()) {
    if (each.serial_number != found->description.serial_number) continue;
    facts["actions"].push_back({{"at", TimeTextOfSecond(each.at)},
                                {"action", each.action},
                                {"who", each.who},
                                {"why", each.why}});
  }
  if (context.json) {
    context.out << facts.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    return absl::OkStatus();
  }
  for (const auto& [name, value] : facts.items()) {
    if (value.is_string()) context.out << name << ": " << value.get<std::string>() << "\n";
  }
  for (const auto& action : facts["actions"]) {
    const auto text = [&](const char* name) { return action[name].get<std::string>(); };
    context.out << text("at") << "  " << text("action") << " by " << text("who")
                << (text("why").empty() ? "" : ": " + text("why")) << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ListRegister(const std::string& config_file, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const auto installation,
                          Installation::Open({.config_file = config_file}));
  const absl::Time now = SystemClock().Now();
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const RegisteredCertificate& each : installation->life().all().certificates()) {
    all.push_back(Facts(each, now));
  }
  if (context.json) {
    context.out << all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    return absl::OkStatus();
  }
  for (const auto& facts : all) {
    const auto text = [&](const char* name) { return facts[name].get<std::string>(); };
    context.out << absl::StreamFormat(
        "%s  %-17s  %-10s  until %s  %s\n", text("serial_number"),
        facts.contains("unit") ? text("role") + " " + text("unit") : text("role"), text("state"),
        text("not_after"), text("subject"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Bytes>> RegisteredChain(const std::string& config_file,
                                                   const std::string& name) {
  ENKRAT_ASSIGN_OR_RETURN(const auto installation,
                          Installation::Open({.config_file = config_file}));
  ENKRAT_ASSIGN_OR_RETURN(const RegisteredCertificate* found, installation->Find(name));
  return signer::ChainOf(*found, installation->life().all(), installation->life().places());
}

void AddRegisterCommands(CLI::App& group, Context& context) {
  auto arguments = std::make_shared<ShowArguments>();
  CLI::App* command =
      group.add_subcommand("show", "Show a long-lived certificate and what was done with it");
  command->add_option("--config", arguments->config_file, "enkratd's configuration file")
      ->required();
  command
      ->add_option("certificate", arguments->certificate,
                   "serial number, SHA-256 fingerprint, role (issuing-ca, timestamping-unit, "
                   "ocsp-responder, root-ca), or name of a further timestamping unit")
      ->required();
  command->footer(
      "Example:\n  enkrat certificates show timestamping-unit --config /etc/enkrat/config.yaml");
  command->callback(
      [=, &context] { context.command = [=, &context] { return RunShow(*arguments, context); }; });
  AddLifeCommands(group, context);
  AddCrlCommand(group, context);
}

}  // namespace enkrat::cli
