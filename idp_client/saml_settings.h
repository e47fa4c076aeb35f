// Settings of the SAML verifier that cannot be right.
#ifndef ENKRAT_IDP_CLIENT_SAML_SETTINGS_H_
#define ENKRAT_IDP_CLIENT_SAML_SETTINGS_H_

#include <vector>

#include "absl/status/status.h"
#include "idp_client/saml_verifier.h"

namespace enkrat::idp_client {

// OK or kConfigurationInvalid, saying which provider and what about it.
absl::Status CheckSamlOptions(const SamlVerifier::Options& options);
// What of it can be said of the configured providers alone, before there is a network.
absl::Status CheckSamlProviders(const std::vector<SamlIdentityProvider>& providers);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_SAML_SETTINGS_H_
