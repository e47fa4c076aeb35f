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

// No attribute type occurs twice, and the baseline's have one value each (EN 319 122-1 6.3).
Finding CheckSignedAttributes(const SignedMessage& message);

// The one message-digest attribute is this digest (RFC 5652 11.2).
Finding CheckMessageDigest(const SignedMessage& message, ByteSpan digest);

// ECDSA or RSA (PSS, or the older PKCS #1 v1.5) with a key of 128 bits strength or more (TS 119 312
// table 4), over the SignerInfo's own digest algorithm, which is SHA-256 or stronger.
Finding CheckSignatureAlgorithm(const SignedMessage& message);

// The certificate's key made the signature over the signed attributes.
Finding CheckSignatureValue(const SignedMessage& message);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_SIGNER_CHECKS_H_
