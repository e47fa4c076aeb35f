// Settings of the OpenID Connect verifier that cannot be right.
#ifndef ENKRAT_IDP_CLIENT_OIDC_SETTINGS_H_
#define ENKRAT_IDP_CLIENT_OIDC_SETTINGS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "idp_client/oidc_verifier.h"

namespace enkrat::idp_client {

// OK or kConfigurationInvalid, saying which issuer and what about it.
absl::Status CheckOidcOptions(const OidcVerifier::Options& options);
// What of it can be said of the configured providers alone, before there is a network.
absl::Status CheckOidcIssuers(const std::vector<OidcIssuer>& issuers);

// Two letters A-Z (the form of ISO 3166-1 alpha-2).
bool IsCountryCode(absl::string_view text);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_OIDC_SETTINGS_H_
