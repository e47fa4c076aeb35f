// A CMS SignedData with one signer, taken apart so that it can be laid again with more in it, and
// without a change to what was signed.
#ifndef ENKRAT_ADES_SIGNED_DATA_LAYOUT_H_
#define ENKRAT_ADES_SIGNED_DATA_LAYOUT_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/digest.h"

namespace enkrat::ades {

// Of unsignedAttrs (RFC 5652 5.3). Whole elements.
struct AttributeLayout {
  ByteSpan whole = {};
  ByteSpan type = {};                 // OBJECT IDENTIFIER
  std::vector<ByteSpan> values = {};  // AttributeValue

  bool IsOf(ByteSpan type_content) const;
};

// Whole elements (identifier and length octets included) that borrow the octets they were read
// from, or added to this. A value; what it borrows outlives it.
struct SignedDataLayout {
  // Reads BER: the octets may come from anybody. kRequestMalformed unless they are exactly one
  // ContentInfo with a SignedData and one SignerInfo with signed attributes; kLimitExceeded beyond
  // 4 MiB, 64 certificates, 64 entries of crls, 64 unsigned attributes with 64 values together.
  // With `signer`, the SignedData may have several, and it is the one of that index; such a layout
  // is for looking at, and Lay refuses it.
  static absl::StatusOr<SignedDataLayout> Read(ByteSpan cms,
                                               std::optional<size_t> signer = std::nullopt);

  // DER but for the fields that are kept as they were read. The version is the least that RFC 5652
  // 5.1 allows for what is in it, and never less than it was; no signature covers it. The sets of
  // certificates, of revocation information and of unsigned attributes are in DER's order.
  // Errors: those of Read, so that what is laid can be read again; and kRequestMalformed if the
  // signer has an archive timestamp of an older kind (v1, v2, long-term-validation), which is over
  // all that stands here in its order, so that laying it anew would break it.
  absl::StatusOr<Bytes> Lay() const;

  // Of the digest algorithm of the signer, and its message-digest attribute; kRequestMalformed for
  // an algorithm that is not believed, or unless there is one such attribute.
  absl::StatusOr<DigestAlgorithm> SignerDigestAlgorithm() const;
  absl::StatusOr<Bytes> MessageDigest() const;

  bool only_signer = true;
  uint64_t version = 1;
  ByteSpan digest_algorithms;
  ByteSpan encapsulated;  // encapContentInfo
  ByteSpan content_type;  // its eContentType
  bool detached = true;
  Bytes content;  // the octets of eContent

  std::vector<ByteSpan> certificates;
  std::vector<ByteSpan> revocations;  // RevocationInfoChoice

  // The fields of the SignerInfo that an archive timestamp is over, in their order.
  ByteSpan signer_version;
  ByteSpan signer_identifier;
  ByteSpan signer_digest_algorithm;
  ByteSpan signed_attributes;  // with its tag [0]
  ByteSpan signature_algorithm;
  ByteSpan signature;

  Bytes signature_value;
  std::vector<AttributeLayout> unsigned_attributes;
};

// A new element of unsignedAttrs, over the octets of CmsAttribute (common/cms_attribute.h).
AttributeLayout AttributeLayoutOf(ByteSpan attribute_der);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_SIGNED_DATA_LAYOUT_H_
