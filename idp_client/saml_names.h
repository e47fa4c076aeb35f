// The names of SAML 2.0 that we read: namespaces and fixed URIs.
#ifndef ENKRAT_IDP_CLIENT_SAML_NAMES_H_
#define ENKRAT_IDP_CLIENT_SAML_NAMES_H_

namespace enkrat::idp_client {

inline constexpr char kSamlNamespace[] = "urn:oasis:names:tc:SAML:2.0:assertion";
inline constexpr char kSamlProtocolNamespace[] = "urn:oasis:names:tc:SAML:2.0:protocol";
inline constexpr char kSamlMetadataNamespace[] = "urn:oasis:names:tc:SAML:2.0:metadata";

inline constexpr char kStatusSuccess[] = "urn:oasis:names:tc:SAML:2.0:status:Success";
inline constexpr char kBearerMethod[] = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
inline constexpr char kEntityFormat[] = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
inline constexpr char kPersistentFormat[] = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_SAML_NAMES_H_
