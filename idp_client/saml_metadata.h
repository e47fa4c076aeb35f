// SAML 2.0 metadata: what a provider, or a federation on its behalf, publishes about its keys.
#ifndef ENKRAT_IDP_CLIENT_SAML_METADATA_H_
#define ENKRAT_IDP_CLIENT_SAML_METADATA_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "xml/signature_key.h"

namespace enkrat::idp_client {

// Longest metadata of one entity and of an aggregate (md:EntitiesDescriptor), in octets.
inline constexpr size_t kMaxEntitySize = 1024 * 1024;
inline constexpr size_t kMaxMetadataSize = 8 * 1024 * 1024;

// What we use of it.
struct SamlMetadata {
  std::vector<xml::SignatureKey> keys = {};             // 1 to 16, for signatures
  absl::Time valid_until = absl::InfiniteFuture();      // validUntil
  absl::Duration cache_for = absl::InfiniteDuration();  // cacheDuration
};

struct SamlMetadataRules {
  std::string entity_id;
  // The document must be signed with this key; without it a signature is not looked at.
  std::optional<xml::SignatureKey> signer;
};

// The one md:EntityDescriptor of that entityID, alone or anywhere in an aggregate, and the keys of
// its IDPSSODescriptors for SAML 2.0: certificates of KeyDescriptors for signing or for anything.
// Certificates with keys that we do not use are left out; a chain is refused. validUntil and
// cacheDuration are the least of the entity, its roles and the aggregates around it (SAML 2.0
// metadata 2.3.1, 2.4.1). Where there is a signer, all of this is read from the octets that it
// signed. Errors: kRequestMalformed, kLimitExceeded.
absl::StatusOr<SamlMetadata> ReadSamlMetadata(ByteSpan document, const SamlMetadataRules& rules);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_SAML_METADATA_H_
