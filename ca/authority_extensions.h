// Extensions of the service's own certificates, role by role (docs/conformity.md).
#ifndef ENKRAT_CA_AUTHORITY_EXTENSIONS_H_
#define ENKRAT_CA_AUTHORITY_EXTENSIONS_H_

#include "absl/status/status.h"
#include "ca/authority_certificate.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"

namespace enkrat::ca {

// Adds all extensions of request.role to `certificate`. kConfigurationInvalid for malformed
// policies or URLs; kInternal if OpenSSL fails.
absl::Status AddAuthorityExtensions(const AuthorityRequest& request, ByteSpan issuer_key_identifier,
                                    X509* certificate);

// An extension from OpenSSL's text form ("critical,CA:TRUE,pathlen:0"); kInternal if it is not one.
absl::StatusOr<X509ExtensionPtr> MakeExtension(int nid, const char* value);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_AUTHORITY_EXTENSIONS_H_
