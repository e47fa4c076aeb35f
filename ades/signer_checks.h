// What must hold for the signer of any CMS that is to be believed, a document's signature and a
// timestamp token alike (RFC 5652 5.6).
#ifndef ENKRAT_ADES_SIGNER_CHECKS_H_
#define ENKRAT_ADES_SIGNER_CHECKS_H_

#include "ades/finding.h"
#include "ades/signed_message.h"

namespace enkrat::ades {

// Exactly one SignerInfo.
Finding CheckSingleSigner(const SignedMessage& message);

// The eContentType and the one content-type attribute are both this type (RFC 5652 11.1).
Finding CheckContentType(const SignedMessage& message, int content_type_nid);

// No signed attribute occurs twice (RFC 5652 5.3, 11), by whoever it is defined.
Finding CheckAttributesOccurOnce(const SignedMessage& message);

// No attribute type occurs twice, and the baseline's have one value each (EN 319 122-1 6.3).
Finding CheckSignedAttributes(const SignedMessage& message);

// The one message-digest attribute is this digest (RFC 5652 11.2).
Finding CheckMessageDigest(const SignedMessage& message, ByteSpan digest);

// What TS 119 312 table 4 asks of new keys, and what older ones may still have (RSA of 2048 bits).
inline constexpr int kCurrentSecurityBits = 128;
inline constexpr int kLegacySecurityBits = 112;

// ECDSA, RSA (PSS, or the older PKCS #1 v1.5) or Ed25519 (RFC 8419) with a key of that strength or
// more, over the SignerInfo's own digest algorithm, which is SHA-256 or stronger.
Finding CheckSignatureAlgorithm(const SignedMessage& message,
                                int least_security_bits = kCurrentSecurityBits);

// The certificate's key made the signature over the signed attributes. Signatures over the content
// alone are not believed: what was signed could have been the attributes of another.
Finding CheckSignatureValue(const SignedMessage& message);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_SIGNER_CHECKS_H_
