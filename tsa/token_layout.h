// The CMS envelope of a timestamp, laid out by hand: everything but the TSTInfo, its digest and the
// signature is fixed when the unit is loaded (RFC 5652, RFC 5816, EN 319 422 5.2.2). Golden-tested,
// and cross-checked in the tests by OpenSSL.
#ifndef ENKRAT_TSA_TOKEN_LAYOUT_H_
#define ENKRAT_TSA_TOKEN_LAYOUT_H_

#include <optional>

#include "common/bytes.h"
#include "common/digest.h"
#include "common/signing_key.h"
#include "tsa/unit_certificate.h"

namespace enkrat::tsa {

// Immutable, thread-safe.
class TokenLayout {
 public:
  explicit TokenLayout(const UnitCertificate& unit);

  // Of the unit's key: what the TSTInfo and the signed attributes are hashed with.
  DigestAlgorithm digest_algorithm() const { return digest_algorithm_; }

  // SignedAttributes as they are hashed, with the tag of SET OF (RFC 5652 5.4): content-type,
  // message-digest, SigningCertificateV2 with SHA-256.
  Bytes SignedAttributes(ByteSpan tst_info_der) const;

  // TimeStampToken: ContentInfo of SignedData. With certificates: the unit's and what leads to the
  // root, without the root.
  struct Parts {
    ByteSpan tst_info_der;
    ByteSpan signed_attributes;  // as above
    ByteSpan signature;
    bool with_certificates = true;
  };
  Bytes Assemble(const Parts& parts) const;

 private:
  DigestAlgorithm digest_algorithm_;
  Bytes signer_id_;             // IssuerAndSerialNumber
  Bytes digest_identifier_;     // AlgorithmIdentifier
  Bytes signature_identifier_;  // AlgorithmIdentifier
  Bytes content_type_;          // Attribute
  Bytes signing_certificate_;   // Attribute
  Bytes certificates_;          // [0] of SignedData
};

// The three parts of a token that the signature is about, read back from its octets. Borrows them.
struct SignedParts {
  ByteSpan tst_info_der;
  ByteSpan signed_attributes;  // content octets
  ByteSpan signature;
};
std::optional<SignedParts> ReadSignedParts(ByteSpan token_der);

// Value of the message-digest attribute; nullopt unless there is exactly one.
std::optional<ByteSpan> MessageDigestOf(ByteSpan signed_attributes);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_TOKEN_LAYOUT_H_
