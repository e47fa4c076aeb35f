// The CA's certificate and those above it, checked once at start (RFC 5280 6.1,
// docs/conformity.md).
#ifndef ENKRAT_CA_ISSUER_CHAIN_H_
#define ENKRAT_CA_ISSUER_CHAIN_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"
#include "common/signing_key.h"

namespace enkrat::ca {

// What issuing needs to know of the chain. Immutable.
struct IssuerChain {
  Bytes subject_der;     // of the issuing CA, as its certificate encodes it
  Bytes key_identifier;  // its subjectKeyIdentifier
  PublicKey public_key;
  absl::Time not_after;  // the earliest of the chain
};

// kConfigurationInvalid unless the chain is one: 1..8 CA certificates with keyCertSign and a key of
// ours, each signed by the next within its path length, the last self-signed, all valid at `now`,
// the first with a subjectKeyIdentifier.
absl::StatusOr<IssuerChain> CheckIssuerChain(const std::vector<Bytes>& chain_der, absl::Time now);

// The key of a certificate; kRequestMalformed if it is none of ours.
absl::StatusOr<PublicKey> PublicKeyOf(const X509* certificate);
absl::StatusOr<absl::Time> TimeOf(const ASN1_TIME* encoded);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_ISSUER_CHAIN_H_
