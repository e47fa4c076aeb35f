// The configuration file as the service uses it: read, completed with the documented defaults, and
// checked as far as it can be without a token, a network or a database.
#ifndef ENKRAT_SERVER_SETTINGS_H_
#define ENKRAT_SERVER_SETTINGS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ca/profile.h"
#include "common/bytes.h"
#include "common/secret.h"
#include "enkrat/config/v1/config.pb.h"
#include "idp_client/oidc_verifier.h"
#include "idp_client/saml_verifier.h"
#include "server/caller_identity.h"
#include "signer/organization.h"

namespace enkrat::server {

using config::v1::Config;

struct ListenAddress {
  std::string host;  // numeric, IPv6 without brackets
  uint16_t port = 0;
};

// "127.0.0.1:7443", "[::1]:0". kConfigurationInvalid.
absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text);

// Reads the YAML file. Relative paths in it are resolved against its folder; fields that are absent
// get the defaults of config.proto. kConfigurationInvalid with the path and the line or the field,
// such as "/etc/enkrat/config.yaml: relying_parties[0].id: ...".
absl::StatusOr<Config> LoadSettings(const std::string& path);

// What the parts of the service are made with. All: kConfigurationInvalid with the field.
absl::StatusOr<std::vector<idp_client::OidcIssuer>> IssuersFrom(const Config& config);
absl::StatusOr<std::vector<idp_client::SamlIdentityProvider>> SamlProvidersFrom(
    const Config& config);
// By identifier; may be none.
absl::StatusOr<std::map<std::string, signer::Organization>> OrganizationsFrom(const Config& config);
// By name.
absl::StatusOr<std::map<std::string, ca::Profile>> ProfilesFrom(const Config& config);
// Those of the file, and those of relying_parties_folder as it is now.
absl::StatusOr<std::unique_ptr<CallerDirectory>> CallersFrom(const Config& config);
// One of them; `all` is the whole configuration, `field` what errors begin with.
absl::StatusOr<CallerDirectory::Entry> CallerFrom(const config::v1::RelyingPartyConfig& config,
                                                  const Config& all, absl::string_view field);
// The text of a file that the configuration names, of at most 1 MiB.
absl::StatusOr<std::string> ConfiguredFile(const std::string& path);
// The chain of a PEM file, as DER.
absl::StatusOr<std::vector<Bytes>> ChainFrom(const std::string& pem_file);
// From its file, or from $CREDENTIALS_DIRECTORY/<name> (systemd's LoadCredential=), whose path is
// handed in because libraries read no environment.
absl::StatusOr<Secret> SecretFrom(const config::v1::SecretSource& source,
                                  const std::string& credentials_directory);
absl::Duration DurationFrom(const google::protobuf::Duration& duration);

// The values alone, those of relying_parties_folder too: what LoadSettings and the functions above
// check.
absl::Status CheckValues(const Config& config);
// And the files that they name: module, PIN, TLS, certificates as they are at that time. For
// `enkratd --check-config`, and what the start asks for first.
absl::Status CheckSettings(const Config& config, absl::Time now);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_SETTINGS_H_
