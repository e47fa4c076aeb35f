// The first config.yaml of an installation: what the key ceremony made, with the identity provider
// and the relying party that the operator named.
#ifndef ENKRAT_CLI_SERVICE_CONFIGURATION_H_
#define ENKRAT_CLI_SERVICE_CONFIGURATION_H_

#include <string>

namespace enkrat::cli {

// An OID of the arc that RFC 5612 keeps for documentation: stands for the operator's own policy
// until there is one.
inline constexpr char kExamplePolicyOid[] = "1.3.6.1.4.1.32473.1.1";

// Of relying parties; beside the configuration.
inline constexpr char kRelyingPartiesFolder[] = "relying-parties";

struct ServiceConfiguration {
  std::string module;
  std::string token_label;
  std::string pin_file;  // absolute, or relative to the configuration's folder
  std::string base_url;
  std::string policy_oid;
  std::string country;
  std::string issuer;  // of the identity provider
  std::string audience;
  std::string relying_party;
  std::string grpc_listen;
  std::string http_listen;
};

// YAML of enkrat.config.v1.Config, commented.
std::string ServiceConfigurationYaml(const ServiceConfiguration& configuration);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_SERVICE_CONFIGURATION_H_
