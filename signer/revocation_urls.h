// Where the certificates say that their revocation is published.
#ifndef ENKRAT_SIGNER_REVOCATION_URLS_H_
#define ENKRAT_SIGNER_REVOCATION_URLS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace enkrat::signer {

// BASE/crl/<subjectKeyIdentifier of the issuer, hex>.crl: a CA that is renewed gets a new key, and
// so a new URL; certificates of the old one keep theirs.
std::string CrlUrl(absl::string_view base_url, absl::string_view issuer_key_identifier);
// BASE/ocsp: requests say themselves which CA they are about.
std::string OcspUrl(absl::string_view base_url);

// The URL for a successor that another CA issues; one that does not end with the old issuer's name
// is somebody else's choice and stays.
std::string FollowIssuer(absl::string_view crl_url, absl::string_view old_issuer_key_identifier,
                         absl::string_view new_issuer_key_identifier);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_REVOCATION_URLS_H_
