// enkrat init: the key ceremony. Tokens, keys, certificates and a first configuration; a second run
// changes nothing.
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/files.h"
#include "cli/init_folder.h"
#include "cli/outcome.h"
#include "cli/service_configuration.h"
#include "cli/token_preparation.h"
#include "common/clock.h"
#include "common/der.h"
#include "common/reason.h"
#include "common/signing_provider.h"
#include "common/status_macros.h"
#include "hsm/session_pool.h"
#include "server/settings.h"
#include "signer/key_ceremony.h"

namespace enkrat::cli {
namespace {

constexpr char kConfigFile[] = "config.yaml";
constexpr size_t kMaxChainSize = 256 * 1024;

struct InitArguments {
  std::string folder;
  std::string module;
  std::string token_label = "enkrat";
  std::string root_token_label = "enkrat-root";
  std::string pin_file;
  std::string so_pin_file;
  std::string root_pin_file;
  std::string root_so_pin_file;
  std::string country;
  std::string organization;
  std::string organization_identifier;
  std::string base_url = "http://127.0.0.1:7080";
  std::string algorithm = "ECDSA-P256";
  std::string policy_oid = kExamplePolicyOid;
  std::string issuer = "http://127.0.0.1:8090";
  std::string audience = "enkrat";
  std::string relying_party = "demo";
  std::string grpc_listen = "127.0.0.1:7443";
  std::string http_listen = "127.0.0.1:7080";
  bool request = false;
  std::string install_file;

  std::string PathOf(const std::string& given, const std::string& name) const {
    return given.empty() ? absl::StrCat(folder, "/", name) : given;
  }
};

absl::StatusOr<signer::CeremonySettings> SettingsFrom(const InitArguments& arguments) {
  const std::optional<KeyAlgorithm> algorithm = KeyAlgorithmFromName(arguments.algorithm);
  if (!algorithm.has_value()) {
    return UsageError("--algorithm is ECDSA-P256, ECDSA-P384, RSA-PSS-3072 or RSA-PSS-4096");
  }
  if (arguments.request && !arguments.install_file.empty()) {
    return UsageError("--csr and --install exclude each other");
  }
  signer::CeremonySettings settings;
  settings.folder = arguments.folder;
  settings.country = arguments.country;
  settings.organization = arguments.organization;
  settings.organization_identifier = arguments.organization_identifier;
  settings.base_url = arguments.base_url;
  settings.policy_oids = {arguments.policy_oid};
  settings.algorithm = *algorithm;
  if (!IsEcdsa(*algorithm)) settings.root_algorithm = KeyAlgorithm::kRsaPss4096;
  if (arguments.request) settings.plan = signer::RootPlan::kRequestCertificate;
  if (!arguments.install_file.empty()) {
    settings.plan = signer::RootPlan::kInstallCertificate;
    ENKRAT_ASSIGN_OR_RETURN(const Bytes pem, ReadFile(arguments.install_file, kMaxChainSize));
    absl::StatusOr<std::vector<Bytes>> chain = CertificatesFromPem(ToString(pem));
    if (!chain.ok()) return WithContext(chain.status(), arguments.install_file);
    settings.outside_chain_der = *std::move(chain);
  }
  return settings;
}

// Everything that one run opens, in the order of its opening.
struct Ceremony {
  const InitArguments& arguments;
  SystemClock clock = {};
  TokenPreparation prepared = {};
  std::unique_ptr<hsm::Module> module = nullptr;
  std::unique_ptr<hsm::SessionPool> working_pool = nullptr;
  std::unique_ptr<hsm::SessionPool> root_pool = nullptr;
};

absl::StatusOr<std::unique_ptr<hsm::SessionPool>> OpenPool(Ceremony& ceremony,
                                                           const std::string& label, Secret pin) {
  hsm::SessionPool::Options options;
  options.token_label = label;
  options.pin = std::move(pin);
  options.sessions = 1;
  options.clock = &ceremony.clock;
  return hsm::SessionPool::Create(*ceremony.module, std::move(options));
}

// The root's token is left in its safe once the issuing CA is certified.
absl::StatusOr<bool> RootTokenIsUsed(const Ceremony& ceremony, signer::RootPlan plan) {
  const InitArguments& arguments = ceremony.arguments;
  if (plan != signer::RootPlan::kOwnRoot) return false;
  if (!FileExists(absl::StrCat(arguments.folder, "/", signer::kIssuingCaFile))) return true;
  ENKRAT_ASSIGN_OR_RETURN(const bool present,
                          HasToken(*ceremony.module, arguments.root_token_label));
  return present && FileExists(arguments.PathOf(arguments.root_pin_file, "secrets/root-pin"));
}

absl::Status OpenTokens(Ceremony& ceremony, signer::RootPlan plan) {
  const InitArguments& arguments = ceremony.arguments;
  ENKRAT_ASSIGN_OR_RETURN(ceremony.module, hsm::Module::Load({.path = arguments.module}));
  ENKRAT_ASSIGN_OR_RETURN(const bool with_root, RootTokenIsUsed(ceremony, plan));
  // Both tokens before the first pool: initialising one needs the module to itself.
  ENKRAT_ASSIGN_OR_RETURN(
      Secret pin,
      PrepareToken(*ceremony.module,
                   {.label = arguments.token_label,
                    .pin_file = arguments.PathOf(arguments.pin_file, "secrets/pin"),
                    .so_pin_file = arguments.PathOf(arguments.so_pin_file, "secrets/so-pin")},
                   ceremony.prepared));
  Secret root_pin;
  if (with_root) {
    ENKRAT_ASSIGN_OR_RETURN(
        root_pin,
        PrepareToken(
            *ceremony.module,
            {.label = arguments.root_token_label,
             .pin_file = arguments.PathOf(arguments.root_pin_file, "secrets/root-pin"),
             .so_pin_file = arguments.PathOf(arguments.root_so_pin_file, "secrets/root-so-pin")},
            ceremony.prepared));
  }
  ENKRAT_ASSIGN_OR_RETURN(ceremony.working_pool,
                          OpenPool(ceremony, arguments.token_label, std::move(pin)));
  if (!with_root) return absl::OkStatus();
  ENKRAT_ASSIGN_OR_RETURN(ceremony.root_pool,
                          OpenPool(ceremony, arguments.root_token_label, std::move(root_pin)));
  return absl::OkStatus();
}

absl::StatusOr<std::string> AbsolutePath(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) return UnavailableError(absl::StrCat(path, ": ", error.message()));
  return absolute.string();
}

// Whether it was written.
absl::StatusOr<bool> EnsureConfiguration(const InitArguments& arguments) {
  const std::string path = absl::StrCat(arguments.folder, "/", kConfigFile);
  if (FileExists(path)) return false;
  ENKRAT_ASSIGN_OR_RETURN(const std::string module, AbsolutePath(arguments.module));
  std::string pin_file = "secrets/pin";  // beside the configuration
  if (!arguments.pin_file.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(pin_file, AbsolutePath(arguments.pin_file));
  }
  const std::string yaml = ServiceConfigurationYaml({.module = module,
                                                     .token_label = arguments.token_label,
                                                     .pin_file = pin_file,
                                                     .base_url = arguments.base_url,
                                                     .policy_oid = arguments.policy_oid,
                                                     .country = arguments.country,
                                                     .issuer = arguments.issuer,
                                                     .audience = arguments.audience,
                                                     .relying_party = arguments.relying_party,
                                                     .grpc_listen = arguments.grpc_listen,
                                                     .http_listen = arguments.http_listen});
  ENKRAT_RETURN_IF_ERROR(
      MakePrivateFolder(absl::StrCat(arguments.folder, "/", kRelyingPartiesFolder)));
  ENKRAT_RETURN_IF_ERROR(WriteFile(path, AsSpan(absl::string_view(yaml)), {.mode = 0640}));
  ENKRAT_ASSIGN_OR_RETURN(const server::Config config, server::LoadSettings(path));
  ENKRAT_RETURN_IF_ERROR(WithContext(server::CheckSettings(config, SystemClock().Now()), path));
  return true;
}

void Print(const signer::CeremonyReport& report, const TokenPreparation& prepared, bool configured,
           const Context& context) {
  if (context.json) {
    nlohmann::ordered_json json = nlohmann::ordered_json::parse(ReportAsJson(report));
    json["changed"] = report.changed() || configured || !prepared.tokens.empty();
    json["tokens_initialised"] = prepared.tokens;
    json["pin_files"] = prepared.pin_files;
    json["config_written"] = configured;
    context.out << json.dump(2) << "\n";
    return;
  }
  context.out << ReportAsText(report);
  for (const std::string& label : prepared.tokens) {
    context.out << "initialised token \"" << label << "\"\n";
  }
  for (const std::string& path : prepared.pin_files) {
    context.out << "wrote " << path << ": a new PIN; keep a copy where only the right people are\n";
  }
}

absl::Status Run(const InitArguments& arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const signer::CeremonySettings settings, SettingsFrom(arguments));
  ENKRAT_RETURN_IF_ERROR(MakePrivateFolder(arguments.folder));
  ENKRAT_RETURN_IF_ERROR(MakePrivateFolder(absl::StrCat(arguments.folder, "/secrets")));
  ENKRAT_ASSIGN_OR_RETURN(const FolderLock lock, FolderLock::Acquire(arguments.folder));
  Ceremony ceremony{.arguments = arguments};
  ENKRAT_RETURN_IF_ERROR(OpenTokens(ceremony, settings.plan));
  ENKRAT_ASSIGN_OR_RETURN(const auto provider, SigningProvider::Create());
  ENKRAT_ASSIGN_OR_RETURN(
      signer::CeremonyReport report,
      signer::RunKeyCeremony(settings, {.module = ceremony.module.get(),
                                        .working_pool = ceremony.working_pool.get(),
                                        .root_pool = ceremony.root_pool.get(),
                                        .provider = provider.get(),
                                        .clock = &ceremony.clock}));
  bool configured = false;
  if (settings.plan != signer::RootPlan::kRequestCertificate) {
    ENKRAT_ASSIGN_OR_RETURN(configured, EnsureConfiguration(arguments));
    const std::string path = absl::StrCat(arguments.folder, "/", kConfigFile);
    report.next_steps = {absl::StrCat("read ", path, " and make it yours"),
                         absl::StrCat("enkrat doctor --config ", path),
                         absl::StrCat("enkratd --config ", path)};
  }
  Print(report, ceremony.prepared, configured, context);
  return absl::OkStatus();
}

void AddTokenOptions(CLI::App& command, InitArguments& arguments) {
  command.add_option("--module", arguments.module, "PKCS#11 module (.so)")->required();
  command.add_option("--token-label", arguments.token_label, "token of the service")
      ->capture_default_str();
  command.add_option("--root-token-label", arguments.root_token_label, "token of the root CA")
      ->capture_default_str();
  command.add_option("--pin-file", arguments.pin_file,
                     "PIN of the service's token; default DIR/secrets/pin; made when missing");
  command.add_option("--so-pin-file", arguments.so_pin_file,
                     "its security officer's PIN; default DIR/secrets/so-pin; made when missing");
  command.add_option("--root-pin-file", arguments.root_pin_file, "default DIR/secrets/root-pin");
  command.add_option("--root-so-pin-file", arguments.root_so_pin_file,
                     "default DIR/secrets/root-so-pin");
}

void AddCertificateOptions(CLI::App& command, InitArguments& arguments) {
  command.add_option("--organization", arguments.organization, "full registered name")->required();
  command.add_option("--country", arguments.country, "two letters")->required();
  command.add_option("--organization-identifier", arguments.organization_identifier,
                     "such as VATSI-12345678 (EN 319 412-1)");
  command
      .add_option("--algorithm", arguments.algorithm,
                  "ECDSA-P256, ECDSA-P384, RSA-PSS-3072 or RSA-PSS-4096")
      ->capture_default_str();
  command.add_option("--policy-oid", arguments.policy_oid, "your certificate policy")
      ->capture_default_str();
  command
      .add_option("--base-url", arguments.base_url,
                  "where others reach enkratd's HTTP endpoint; it goes into the certificates")
      ->capture_default_str();
  command.add_flag("--csr", arguments.request,
                   "no root of our own: write a request for an outside CA, and stop");
  command.add_option("--install", arguments.install_file,
                     "PEM chain that the outside CA answered, issuing CA first, root last");
}

void AddServiceOptions(CLI::App& command, InitArguments& arguments) {
  command.add_option("--issuer", arguments.issuer, "identity provider of the first config.yaml")
      ->capture_default_str();
  command.add_option("--audience", arguments.audience, "the service's client id there")
      ->capture_default_str();
  command.add_option("--relying-party", arguments.relying_party, "first relying party")
      ->capture_default_str();
  command.add_option("--grpc-listen", arguments.grpc_listen, "HOST:PORT")->capture_default_str();
  command.add_option("--http-listen", arguments.http_listen, "HOST:PORT")->capture_default_str();
}

}  // namespace

void AddInitCommand(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<InitArguments>();
  CLI::App* command = app.add_subcommand(
      "init",
      "Run the key ceremony: tokens, keys, certificates, a report and a first configuration");
  command->add_option("--dir", arguments->folder, "folder to fill; made when missing")->required();
  AddTokenOptions(*command, *arguments);
  AddCertificateOptions(*command, *arguments);
  AddServiceOptions(*command, *arguments);
  command->footer(
      "What is there already is kept; a second run changes nothing.\nExample:\n"
      "  enkrat init --dir /etc/enkrat --module /usr/lib/softhsm/libsofthsm2.so \\\n"
      "    --organization 'Example d.o.o.' --country SI");
  command->callback(
      [=, &context] { context.command = [=, &context] { return Run(*arguments, context); }; });
}

}  // namespace enkrat::cli
