// What may be asked for in a long-lived certificate, role by role.
#ifndef ENKRAT_CA_AUTHORITY_REQUEST_H_
#define ENKRAT_CA_AUTHORITY_REQUEST_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ca/authority_certificate.h"

namespace enkrat::ca {

// kConfigurationInvalid unless the request is complete and only holds what its role has; the issuer
// itself is not looked at.
absl::Status CheckAuthorityRequest(const AuthorityRequest& request);

// A host name of RFC 1123 2.1: labels of letters, digits and inner hyphens; no wildcard, no dot at
// the end, and not an IPv4 address.
bool IsHostName(absl::string_view text);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_AUTHORITY_REQUEST_H_
