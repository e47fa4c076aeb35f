// ATSHashIndex-v3: the digests of all that an archive timestamp protects besides what was signed,
// one for each certificate, CRL or OCSP response, and value of an unsigned attribute (EN 319 122-1
// 5.5.2).
#ifndef ENKRAT_ADES_HASH_INDEX_H_
#define ENKRAT_ADES_HASH_INDEX_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ades/signed_data_layout.h"
#include "common/bytes.h"
#include "common/digest.h"

namespace enkrat::ades {

// DER ATSHashIndexV3 of what is in the signature now, in the order in which it stands there.
Bytes LayHashIndex(const SignedDataLayout& signature, DigestAlgorithm algorithm);

// OK if every entry of `hash_index` is of something that is in the signature, each of another
// thing: what was added since then is allowed, what is gone or was changed is not.
// kRequestMalformed, with what is wrong, and for an index by another algorithm than `algorithm`.
absl::Status CheckHashIndex(ByteSpan hash_index, const SignedDataLayout& signature,
                            DigestAlgorithm algorithm);

// The ATSHashIndexV3 of an archive timestamp, where 5.5.2 puts it: the only value of an unsigned
// attribute of the token. kRequestMalformed if there is none, or more than one.
absl::StatusOr<ByteSpan> FindHashIndex(const SignedDataLayout& token);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_HASH_INDEX_H_
