#include "cli/certificate_life_options.h"

#include <pwd.h>
#include <unistd.h>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "signer/key_ceremony.h"
#include "signer/revocation_urls.h"

namespace enkrat::cli {
namespace {

using signer::CertificateRole;

constexpr size_t kMaxRequestSize = 64 * 1024;

// The account that runs the command.
std::string AccountName() {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> memory(16 * 1024);
  if (getpwuid_r(getuid(), &entry, memory.data(), memory.size(), &found) == 0 && found != nullptr) {
    return entry.pw_name;
  }
  return absl::StrCat("uid ", getuid());
}

}  // namespace

void AddLifeOptions(CLI::App& command, LifeArguments& arguments) {
  command.add_option("certificate", arguments.certificate,
                     "serial number, SHA-256 fingerprint, role (issuing-ca, timestamping-unit, "
                     "ocsp-responder), or name of a further timestamping unit");
  AddOrderOptions(command, arguments);
}

void AddOrderOptions(CLI::App& command, LifeArguments& arguments) {
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
  command.add_flag("--qualified", arguments.qualified,
                   "the timestamping unit claims to make qualified timestamps from now on "
                   "(esi4-qtstStatement-1): a legal claim");
  command.add_flag("--not-qualified", arguments.not_qualified, "it no longer does")
      ->excludes("--qualified");
  command
      .add_option("--root-token-label", arguments.installation.root_token_label,
                  "token of the root CA, for the issuing CA")
      ->capture_default_str();
  command.add_option("--root-pin-file", arguments.installation.root_pin_file,
                     "its PIN; default secrets/root-pin beside the certificates");
}

void AddRequestOptions(CLI::App& command, LifeArguments& arguments) {
  command.add_option("--csr", arguments.request_file,
                     "PKCS#10 request, PEM or DER, for e-authentication and internal-tls: its key "
                     "is certified, its names do not count");
  command.add_option("-o,--output", arguments.output, "PEM file for the new chain");
  command.add_flag("--force", arguments.force, "replace an existing file");
}

void AddProfileOptions(CLI::App& command, LifeArguments& arguments) {
  command.add_option("--profile", arguments.profile, "e-authentication or internal-tls");
  command.add_option("--common-name", arguments.common_name, "with --profile");
  command.add_option("--dns", arguments.dns_names, "host name of internal-tls; can be repeated");
  command.add_option("--ip", arguments.ip_addresses, "address of internal-tls; likewise");
  command.add_option("--days", arguments.days, "validity; with --profile")
      ->check(CLI::Range(1, 398))
      ->capture_default_str();
}

signer::DataChanges ChangesFrom(const LifeArguments& arguments,
                                const signer::RegisteredCertificate& certificate) {
  const CertificateRole role = certificate.role;
  signer::DataChanges changes;
  if (!arguments.country.empty()) changes.country = arguments.country;
  if (!arguments.organization.empty()) changes.organization = arguments.organization;
  if (!arguments.organization_identifier.empty()) {
    changes.organization_identifier = arguments.organization_identifier;
  }
  if (!arguments.policy_oids.empty()) changes.policy_oids = arguments.policy_oids;
  if (arguments.qualified || arguments.not_qualified) changes.qualified = arguments.qualified;
  if (!arguments.base_url.empty()) {
    changes.ca_issuers_url = absl::StrCat(
        absl::StripSuffix(arguments.base_url, "/"), "/ca/",
        role == CertificateRole::kIssuingCa ? signer::kRootDerFile : signer::kIssuingCaDerFile);
    if (role != CertificateRole::kOcspResponder) {
      changes.crl_url =
          signer::CrlUrl(arguments.base_url, certificate.description.authority_key_identifier);
    }
    if (role != CertificateRole::kOcspResponder && role != CertificateRole::kIssuingCa) {
      changes.ocsp_url = signer::OcspUrl(arguments.base_url);
    }
  }
  return changes;
}

absl::StatusOr<Bytes> ReadRequest(const LifeArguments& arguments) {
  if (arguments.request_file.empty()) return Bytes();
  return ReadFile(arguments.request_file, kMaxRequestSize);
}

absl::StatusOr<signer::RequestedCertificate> WantedFrom(const LifeArguments& arguments,
                                                        const signer::CertificateRegister& all) {
  const std::optional<CertificateRole> role = signer::RoleFromName(arguments.profile);
  if (!role.has_value() || !signer::IsFromRequest(*role)) {
    return UsageError("--profile is e-authentication or internal-tls");
  }
  if (arguments.request_file.empty() || arguments.common_name.empty()) {
    return UsageError("--profile needs --csr and --common-name");
  }
  signer::CertificateData own;
  signer::RegisteredCertificate stated{.role = *role};  // as far as changes look at it
  if (const auto* ca = all.LatestOf(CertificateRole::kIssuingCa); ca != nullptr) {
    own.country = ca->description.data.country;
    own.organization = ca->description.data.organization;
    own.organization_identifier = ca->description.data.organization_identifier;
    stated.description.authority_key_identifier = ca->description.subject_key_identifier;
  }
  // Where its issuer's certificate is, and the issuer's status services.
  if (const auto* ocsp = all.LatestOf(CertificateRole::kOcspResponder); ocsp != nullptr) {
    own.ca_issuers_url = ocsp->description.data.ca_issuers_url;
    absl::string_view base = own.ca_issuers_url;
    if (absl::ConsumeSuffix(&base, absl::StrCat("/ca/", signer::kIssuingCaDerFile))) {
      own.crl_url = signer::CrlUrl(base, stated.description.authority_key_identifier);
      own.ocsp_url = signer::OcspUrl(base);
    }
  }
  signer::RequestedCertificate wanted{.role = *role,
                                      .data = ChangedData(own, ChangesFrom(arguments, stated)),
                                      .lifetime = absl::Hours(24) * arguments.days};
  wanted.data.common_name = arguments.common_name;
  wanted.data.dns_names = arguments.dns_names;
  wanted.data.ip_addresses = arguments.ip_addresses;
  return wanted;
}

}  // namespace enkrat::cli
