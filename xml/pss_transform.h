// RSA-PSS for xmlsec1 1.2, which has none: the signature methods of RFC 6931 2.3.10.
#ifndef ENKRAT_XML_PSS_TRANSFORM_H_
#define ENKRAT_XML_PSS_TRANSFORM_H_

#include "absl/status/status.h"

namespace enkrat::xml {

// Makes xmlsec1 know sha256-rsa-MGF1, sha384-rsa-MGF1 and sha512-rsa-MGF1, for verification only:
// MGF1 on the same digest, a salt as long as the digest. Call once, after xmlSecInit and before any
// verification. May go when the distribution has xmlsec1 1.3.
absl::Status RegisterPssTransforms();

}  // namespace enkrat::xml

#endif  // ENKRAT_XML_PSS_TRANSFORM_H_
