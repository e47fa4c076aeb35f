// The decoded octets of a stream of the document, but not more than is asked for: a stream of a
// megabyte can hold a gigabyte of zeros.
#ifndef ENKRAT_PADES_LIMITED_STREAM_H_
#define ENKRAT_PADES_LIMITED_STREAM_H_

#include "absl/status/statusor.h"
#include "common/bytes.h"

class QPDFObjectHandle;

namespace enkrat::pades {

// kPdfDamaged if it is no stream or cannot be decoded, kLimitExceeded beyond the bound.
absl::StatusOr<Bytes> ReadStream(QPDFObjectHandle stream, size_t most_octets);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_LIMITED_STREAM_H_
