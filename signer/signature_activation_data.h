// The SAD: one digest that ties a person's act of authentication to a relying party, a request and
// its documents.
//
//   SAD = SHA-256( "enkrat/sad/v1" || 0x00 || canonical )
//   canonical = item(relying party id) item(request_id) item(level name) item(kind name)
//               for a seal item(organisation identifier),
//               then for each document: item(digest OID, dotted decimal) item(digest) item(label)
//   item(x) = length of x in octets as 4 octets, big-endian || x
//
// The assertion carries base64url(SAD) as its OpenID Connect `nonce` (docs/life_of_a_signature.md;
// ETSI TS 119 431-1 SIG-6.3.1-11..13: exactly one SAD a session, listing all documents).
#ifndef ENKRAT_SIGNER_SIGNATURE_ACTIVATION_DATA_H_
#define ENKRAT_SIGNER_SIGNATURE_ACTIVATION_DATA_H_

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "signer/signing_request.h"

namespace enkrat::signer {

using SignatureActivationData = std::array<uint8_t, 32>;

SignatureActivationData ComputeSignatureActivationData(absl::string_view relying_party,
                                                       const SigningIntent& intent);

// Digest over everything in a Sign request, the assertion included: what "the same content" of a
// repeated request_id means; but not the signing PIN, of which no hash is kept. SHA-256(
// "enkrat/request/v1" || 0x00 || item(SAD) item(assertion) item(key algorithm) item(format) ), and
// where they are asked for item("validation-data"), item("enveloping"), item("pdf") item(digest of
// the PDF's options); the contents themselves are in the SAD.
std::array<uint8_t, 32> ComputeRequestDigest(const SignatureActivationData& sad,
                                             const SigningRequest& request);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNATURE_ACTIVATION_DATA_H_
