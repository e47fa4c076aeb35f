// Where a SAML provider's metadata comes from: a file or a URL.
#ifndef ENKRAT_IDP_CLIENT_SAML_METADATA_SOURCE_H_
#define ENKRAT_IDP_CLIENT_SAML_METADATA_SOURCE_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/http_fetcher.h"
#include "idp_client/kept_copy.h"
#include "idp_client/saml_metadata.h"
#include "idp_client/saml_verifier.h"

namespace enkrat::idp_client {

// Used by one thread at a time.
class SamlMetadataSource {
 public:
  // Reads the certificate of the signer, if there is to be one: kConfigurationInvalid if that
  // fails. `fetcher` and `clock` are not owned.
  static absl::StatusOr<SamlMetadataSource> Create(const SamlIdentityProvider& provider,
                                                   HttpFetcher* fetcher, const Clock* clock);

  // The metadata as it is now, asked for afresh, its signature verified. Any error: it could not be
  // had; metadata that has expired counts as such.
  absl::StatusOr<FetchedCopy<SamlMetadata>> Fetch(absl::Duration timeout) const;

 private:
  SamlMetadataSource(HttpFetcher* fetcher, const Clock* clock) : fetcher_(fetcher), clock_(clock) {}
  absl::StatusOr<Bytes> Get(absl::Duration timeout) const;

  HttpFetcher* fetcher_;
  const Clock* clock_;
  SamlMetadataRules rules_;
  std::string file_;
  HttpRequest request_;
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_SAML_METADATA_SOURCE_H_
