// Distinguished names of the service's own certificates (EN 319 412-2 4.2.3).
#ifndef ENKRAT_CA_AUTHORITY_NAME_H_
#define ENKRAT_CA_AUTHORITY_NAME_H_

#include "absl/status/statusor.h"
#include "ca/authority_certificate.h"
#include "common/openssl_ptr.h"

namespace enkrat::ca {

// C, O, organizationIdentifier, CN of a name that CheckAuthorityName accepts. kInternal if OpenSSL
// does not.
absl::StatusOr<X509NamePtr> MakeX509Name(const AuthorityName& name);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_AUTHORITY_NAME_H_
