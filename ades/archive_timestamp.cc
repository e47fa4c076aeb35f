// The archive-time-stamp-v3: its message imprint, and the token with its hash index in its place.
#include <utility>

#include "ades/cades_augmentation.h"
#include "ades/hash_index.h"
#include "ades/signed_data_layout.h"
#include "ades/timestamp_imprint.h"
#include "common/cms_attribute.h"
#include "common/cms_oid.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ades {
namespace {

using ContentDigest = absl::FunctionRef<absl::StatusOr<Bytes>(DigestAlgorithm)>;

absl::StatusOr<Bytes> SignedContentDigest(const SignedDataLayout& signature,
                                          DigestAlgorithm algorithm, ContentDigest content_digest) {
  if (!signature.detached) return ComputeDigest(algorithm, signature.content);
  ENKRAT_ASSIGN_OR_RETURN(Bytes digest, content_digest(algorithm));
  if (digest.size() != DigestSize(algorithm)) {
    return MakeError(Reason::kDigestUnsupported, "the digest's length is not its algorithm's");
  }
  return digest;
}

// EN 319 122-1 5.5.3, in its order: eContentType, the digest of the content, six fields of the
// SignerInfo, and the ATSHashIndexV3; elements with their tags and lengths, as they stand.
Bytes ImprintOf(const SignedDataLayout& signature, DigestAlgorithm algorithm,
                ByteSpan content_digest, ByteSpan hash_index) {
  Bytes octets;
  for (const ByteSpan part :
       {signature.content_type, content_digest, signature.signer_version,
        signature.signer_identifier, signature.signer_digest_algorithm, signature.signed_attributes,
        signature.signature_algorithm, signature.signature, hash_index}) {
    Append(octets, part);
  }
  return ComputeDigest(algorithm, octets);
}

// A digest of other content than was signed would give a timestamp that proves nothing.
absl::Status CheckContentDigest(const SignedDataLayout& signature, DigestAlgorithm algorithm,
                                const Bytes& content_digest) {
  const absl::StatusOr<DigestAlgorithm> signers = signature.SignerDigestAlgorithm();
  if (!signers.ok() || *signers != algorithm) return absl::OkStatus();
  ENKRAT_ASSIGN_OR_RETURN(const Bytes signed_digest, signature.MessageDigest());
  return content_digest == signed_digest
             ? absl::OkStatus()
             : MakeError(Reason::kRequestMalformed, "the content is not what was signed");
}

}  // namespace

absl::StatusOr<ArchiveTimestamp> ArchiveTimestamp::Prepare(ByteSpan cms_der,
                                                           DigestAlgorithm algorithm,
                                                           ContentDigest content_digest) {
  ENKRAT_ASSIGN_OR_RETURN(const SignedDataLayout signature, SignedDataLayout::Read(cms_der));
  // What cannot be laid anew is refused before somebody pays for a token.
  ENKRAT_RETURN_IF_ERROR(signature.Lay().status());
  ENKRAT_ASSIGN_OR_RETURN(const Bytes digest,
                          SignedContentDigest(signature, algorithm, content_digest));
  ENKRAT_RETURN_IF_ERROR(CheckContentDigest(signature, algorithm, digest));
  ArchiveTimestamp timestamp;
  timestamp.algorithm_ = algorithm;
  timestamp.cms_der_ = ToBytes(cms_der);
  timestamp.hash_index_der_ = LayHashIndex(signature, algorithm);
  timestamp.digest_ = ImprintOf(signature, algorithm, digest, timestamp.hash_index_der_);
  return timestamp;
}

absl::StatusOr<Bytes> ArchiveTimestamp::Complete(ByteSpan token_der) const {
  ENKRAT_ASSIGN_OR_RETURN(SignedDataLayout token, SignedDataLayout::Read(token_der));
  ENKRAT_ASSIGN_OR_RETURN(const TimestampImprint imprint, ReadTimestampImprint(token));
  if (imprint.algorithm != algorithm_ || imprint.digest != digest_) {
    return MakeError(Reason::kRequestMalformed, "the archive timestamp is over something else");
  }
  const Bytes hash_index = CmsAttribute(cms_oid::kAtsHashIndexV3, hash_index_der_);
  token.unsigned_attributes.push_back(AttributeLayoutOf(hash_index));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes indexed_token, token.Lay());
  const Bytes attribute = CmsAttribute(cms_oid::kArchiveTimestampV3, indexed_token);
  ENKRAT_ASSIGN_OR_RETURN(SignedDataLayout signature, SignedDataLayout::Read(cms_der_));
  signature.unsigned_attributes.push_back(AttributeLayoutOf(attribute));
  return signature.Lay();
}

absl::StatusOr<Bytes> ArchiveTimestampDigest(ByteSpan cms_der, ByteSpan archive_token_der,
                                             ContentDigest content_digest,
                                             std::optional<size_t> signer) {
  ENKRAT_ASSIGN_OR_RETURN(const SignedDataLayout signature,
                          SignedDataLayout::Read(cms_der, signer));
  ENKRAT_ASSIGN_OR_RETURN(const SignedDataLayout token, SignedDataLayout::Read(archive_token_der));
  ENKRAT_ASSIGN_OR_RETURN(const TimestampImprint imprint, ReadTimestampImprint(token));
  ENKRAT_ASSIGN_OR_RETURN(const ByteSpan hash_index, FindHashIndex(token));
  ENKRAT_RETURN_IF_ERROR(CheckHashIndex(hash_index, signature, imprint.algorithm));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes digest,
                          SignedContentDigest(signature, imprint.algorithm, content_digest));
  return ImprintOf(signature, imprint.algorithm, digest, hash_index);
}

}  // namespace enkrat::ades
