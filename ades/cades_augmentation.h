// Raises a CAdES signature to a higher level without touching what was signed: B-B -> B-T -> B-LT
// -> B-LTA, and B-LTA renewed (ETSI EN 319 122-1 5.3, 5.4, 5.5, 6.3). Whoever made the signature.
//
// Everything here rewrites octets only: SignedData's version, certificates and crls, and the
// SignerInfo's unsigned attributes. The signed attributes, the content and the signature value stay
// as they are, octet by octet, even if they are not DER. No signature covers the version: with the
// first OCSP response in crls it becomes v5, which RFC 5652 5.1 asks for.
#ifndef ENKRAT_ADES_CADES_AUGMENTATION_H_
#define ENKRAT_ADES_CADES_AUGMENTATION_H_

#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/validation_data.h"

namespace enkrat::ades {

enum class CadesLevel { kBB, kBT, kBLT, kBLTA };

// All of them: kRequestMalformed for octets that are not one ContentInfo with a SignedData and one
// SignerInfo with signed attributes, and for a signature with an archive timestamp of an older kind
// than v3, which any addition would break; kLimitExceeded beyond 4 MiB (an enveloped content
// included), 64 certificates, 64 CRLs and OCSP responses together, 64 unsigned attributes.

// The signature value that a signature-time-stamp is over (EN 319 122-1 5.3).
absl::StatusOr<Bytes> SignatureValueOf(ByteSpan cms_der);

// Adds a signature-time-stamp, beside those that are there. The caller has verified the token;
// kRequestMalformed if it is over another signature value.
absl::StatusOr<Bytes> AddSignatureTimestamp(ByteSpan cms_der, ByteSpan token_der);

// Adds what is not there yet: certificates and CRLs to SignedData, OCSP responses as
// OtherRevocationInfoFormat (id-ri-ocsp-response, RFC 5940). kRequestMalformed for what does not
// have the outline of a certificate, a CRL or a successful OCSP response.
absl::StatusOr<Bytes> AddValidationData(ByteSpan cms_der, const ValidationData& data);

// The content of a detached signature goes in. kRequestMalformed if it has one already, or if the
// content is not what the message-digest attribute says.
absl::StatusOr<Bytes> Envelop(ByteSpan cms_der, ByteSpan content);

// An archive-time-stamp-v3 in the making (EN 319 122-1 5.5.3): the digest to timestamp, then the
// attribute with its ATSHashIndex-v3. Move-only value.
class ArchiveTimestamp {
 public:
  // `content_digest` answers the digest of the signed content, by the algorithm it is asked for
  // (the archive timestamp's own: `algorithm`); for enveloping signatures it is not asked.
  // kRequestMalformed if it answers what the message-digest attribute contradicts,
  // kDigestUnsupported for a wrong length; its own errors pass through.
  static absl::StatusOr<ArchiveTimestamp> Prepare(
      ByteSpan cms_der, DigestAlgorithm algorithm,
      absl::FunctionRef<absl::StatusOr<Bytes>(DigestAlgorithm)> content_digest);

  DigestAlgorithm digest_algorithm() const { return algorithm_; }
  ByteSpan digest() const { return digest_; }  // the message imprint
  // The caller has verified the token. kRequestMalformed if it is over something else.
  absl::StatusOr<Bytes> Complete(ByteSpan token_der) const;

 private:
  ArchiveTimestamp() = default;
  DigestAlgorithm algorithm_ = DigestAlgorithm::kSha256;
  Bytes digest_;
  Bytes cms_der_;
  Bytes hash_index_der_;
};

// The message imprint that an archive-time-stamp-v3 found in a signature must have: recomputed from
// its own ATSHashIndex-v3, all of whose entries must be there (5.5.2). kRequestMalformed with what
// is wrong, such as a certificate in the index that is not in the signature any more.
// `signer` says whose it is where there are several (the index in signerInfos).
absl::StatusOr<Bytes> ArchiveTimestampDigest(
    ByteSpan cms_der, ByteSpan archive_token_der,
    absl::FunctionRef<absl::StatusOr<Bytes>(DigestAlgorithm)> content_digest,
    std::optional<size_t> signer = std::nullopt);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_CADES_AUGMENTATION_H_
