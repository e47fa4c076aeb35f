// What the commands that change long-lived certificates are given.
#ifndef ENKRAT_CLI_CERTIFICATE_LIFE_OPTIONS_H_
#define ENKRAT_CLI_CERTIFICATE_LIFE_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/installation.h"
#include "common/bytes.h"
#include "signer/certificate_life.h"

namespace CLI {
class App;
}

namespace enkrat::cli {

struct LifeArguments {
  InstallationOptions installation;
  std::string certificate;
  signer::LifeOrder order;
  // What is different in a successor.
  std::string country;
  std::string organization;
  std::string organization_identifier;
  std::vector<std::string> policy_oids;
  std::string base_url;
  bool qualified = false;
  bool not_qualified = false;
  // Over a request.
  std::string profile;
  std::string request_file;
  std::string common_name;
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
  int days = 365;
  std::string output;
  bool force = false;
  // Revocation.
  std::string reason;
  bool yes = false;
};

// --config, --credentials-directory, --operator, --why, --dry-run.
void AddOrderOptions(CLI::App& command, LifeArguments& arguments);
// CERTIFICATE, and all of these.
void AddLifeOptions(CLI::App& command, LifeArguments& arguments);
// --country and so on, --root-token-label, --root-pin-file.
void AddDataOptions(CLI::App& command, LifeArguments& arguments);
// --csr, -o, --force.
void AddRequestOptions(CLI::App& command, LifeArguments& arguments);
// --profile, --common-name, --dns, --ip, --days.
void AddProfileOptions(CLI::App& command, LifeArguments& arguments);

// --base-url also names where revocation is published, by the issuer that the certificate has.
signer::DataChanges ChangesFrom(const LifeArguments& arguments,
                                const signer::RegisteredCertificate& certificate);
// The octets of --csr; empty without it.
absl::StatusOr<Bytes> ReadRequest(const LifeArguments& arguments);
// Of --profile, with the operator's own name as the issuing CA has it. A usage error.
absl::StatusOr<signer::RequestedCertificate> WantedFrom(const LifeArguments& arguments,
                                                        const signer::CertificateRegister& all);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_CERTIFICATE_LIFE_OPTIONS_H_
