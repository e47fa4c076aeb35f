// PKCS#10 certification requests (RFC 2986): one that the operator sends to an outside CA, and
// those that others send to the operator.
#ifndef ENKRAT_CA_CERTIFICATION_REQUEST_H_
#define ENKRAT_CA_CERTIFICATION_REQUEST_H_

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/signing_key.h"
#include "common/signing_provider.h"

namespace enkrat::ca {

struct AuthorityName;

// DER request for a CA to be certified from outside. Errors: CheckAuthorityName's; the key's own.
absl::StatusOr<Bytes> MakeCertificationRequest(const AuthorityName& subject, SigningKey& key,
                                               const SigningProvider& provider);

// The key of a request whose owner proves with its signature that the private half is there. Names,
// attributes and extensions that it asks for are not looked at: the operator gives those.
// `request`: DER, or one PEM block; at most 64 KiB. kRequestMalformed for what is not exactly one
// request of version 1, a key that is none of common/signing_key.h, a signature that does not
// verify or is not over a SHA-2 digest.
absl::StatusOr<PublicKey> KeyOfCertificationRequest(ByteSpan request);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_CERTIFICATION_REQUEST_H_
