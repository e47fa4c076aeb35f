#include "cli/certificate_crl_command.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "ca/crl.h"
#include "cli/installation.h"
#include "common/file.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/time_text.h"
#include "server/revocation_settings.h"
#include "signer/root_crl.h"

namespace enkrat::cli {
namespace {

struct CrlArguments {
  InstallationOptions installation;
  bool root = false;
};

nlohmann::ordered_json Facts(absl::string_view issuer, const std::string& file,
                             const ca::ReadCrl& crl) {
  return {{"issuer", std::string(issuer)},
          {"file", file},
          {"number", crl.number},
          {"this_update", TimeTextOfSecond(crl.this_update)},
          {"next_update", TimeTextOfSecond(crl.next_update)},
          {"revoked", crl.revoked_serial_numbers.size()}};
}

void Print(const nlohmann::ordered_json& facts, const Context& context) {
  context.out << facts["issuer"].get<std::string>() << ": number "
              << facts["number"].get<uint64_t>() << ", from "
              << facts["this_update"].get<std::string>() << " to "
              << facts["next_update"].get<std::string>() << ", " << facts["revoked"].get<size_t>()
              << " revoked, " << facts["file"].get<std::string>() << "\n";
}

// Those that there are: a file that nobody has made yet is left out.
absl::StatusOr<nlohmann::ordered_json> AllCrls(const Installation& installation) {
  ENKRAT_ASSIGN_OR_RETURN(const server::RevocationSettings settings,
                          server::RevocationFrom(installation.config()));
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<Bytes> chain,
                          server::ChainFrom(installation.config().certificates().chain_file()));
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (size_t i = 0; i < chain.size(); ++i) {
    const absl::StatusOr<ca::StatusIssuer> issuer = ca::ReadStatusIssuer(chain[i]);
    if (!issuer.ok()) continue;
    std::vector<std::string> files = settings.root_crl_files;
    if (i == 0) {
      files = {absl::StrCat(settings.crl_folder, "/", ToHex(issuer->key_identifier), ".crl")};
    }
    for (const std::string& file : files) {
      const absl::StatusOr<Bytes> content = enkrat::ReadFile(file, ca::kMaxCrl);
      const absl::StatusOr<Bytes> der = content.ok() ? ca::CrlDerOf(*content) : content;
      if (!der.ok()) continue;
      const absl::StatusOr<ca::ReadCrl> crl = ca::ParseCrl(*der, *issuer);
      const char* role = i == 0 ? "issuing-ca" : i + 1 == chain.size() ? "root-ca" : "upper-ca";
      if (crl.ok()) all.push_back(Facts(role, file, *crl));
    }
  }
  return all;
}

absl::Status Show(const Installation& installation, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const nlohmann::ordered_json all, AllCrls(installation));
  if (context.json) {
    context.out << all.dump() << "\n";
    return absl::OkStatus();
  }
  for (const auto& facts : all) Print(facts, context);
  if (all.empty()) {
    context.out << "no CRLs yet: enkratd makes the issuing CA's, `enkrat certificates crl --root` "
                   "the root's\n";
  }
  return absl::OkStatus();
}

absl::Status Run(const CrlArguments& arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const auto installation, Installation::Open(arguments.installation));
  if (!arguments.root) return Show(*installation, context);
  ENKRAT_ASSIGN_OR_RETURN(const ca::ReadCrl made, installation->IssueRootCrl());
  const nlohmann::ordered_json facts = Facts(
      "root-ca", absl::StrCat(installation->places().folder, "/", signer::kRootCrlFile), made);
  if (context.json) {
    context.out << facts.dump() << "\n";
    return absl::OkStatus();
  }
  Print(facts, context);
  context.out << "enkratd gives it out within a second; put the root's token back into its safe\n";
  return absl::OkStatus();
}

}  // namespace

void AddCrlCommand(CLI::App& group, Context& context) {
  auto arguments = std::make_shared<CrlArguments>();
  CLI::App* command =
      group.add_subcommand("crl", "Show the CRLs, or make a new one of the root CA");
  command
      ->add_option("--config", arguments->installation.config_file, "enkratd's configuration file")
      ->required();
  command->add_flag("--root", arguments->root,
                    "make a new CRL of the root CA with its token: once a year, and after an "
                    "issuing CA was revoked");
  command
      ->add_option("--root-token-label", arguments->installation.root_token_label,
                   "token of the root CA")
      ->capture_default_str();
  command->add_option("--root-pin-file", arguments->installation.root_pin_file,
                      "its PIN; default secrets/root-pin beside the certificates");
  command->footer(
      "Examples:\n  enkrat certificates crl --config /etc/enkrat/config.yaml\n"
      "  enkrat certificates crl --root --config /etc/enkrat/config.yaml");
  command->callback(
      [=, &context] { context.command = [=, &context] { return Run(*arguments, context); }; });
}

}  // namespace enkrat::cli
