// How the person was authenticated, as a certificate can tell it: the AuthContext extension
// (RFC 7773) with a SAML Authentication Context Information document in it.
#ifndef ENKRAT_CA_AUTHENTICATION_CONTEXT_H_
#define ENKRAT_CA_AUTHENTICATION_CONTEXT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/bytes.h"

namespace enkrat::ca {

// The contextType, which is the XML namespace of the document as well (RFC 7773 3).
inline constexpr char kSamlContextType[] = "http://id.elegnamnden.se/auth-cont/1.0/saci";

// Nothing of the person: the IdAttributes of RFC 7773 3.2 are left out. Each text at most 512
// characters, visible (common/text.h).
struct AuthenticationContext {
  std::string identity_provider;  // `iss` or entityID
  absl::Time authentication_instant;
  // `acr` or AuthnContextClassRef. Empty: urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified.
  std::string context_class{};
  std::string assertion_reference{};  // `jti` or assertion ID; may be empty
  std::string service_id{};           // of the service that asked; may be empty
};

// kRequestMalformed or kLimitExceeded naming the member.
absl::Status CheckAuthenticationContext(const AuthenticationContext& context);

// DER of the whole Extension, not critical, for a context that CheckAuthenticationContext accepts.
Bytes EncodeAuthenticationContext(const AuthenticationContext& context);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_AUTHENTICATION_CONTEXT_H_
