// Measures what a stream of a PDF unpacks to, before anything unpacks it: how much that is was the
// sender's choice.
#ifndef ENKRAT_PADES_STREAM_SIZE_H_
#define ENKRAT_PADES_STREAM_SIZE_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "common/bytes.h"

class QPDFObjectHandle;

namespace enkrat::pades {

// How many octets a stream holds whose only filter, if it has one, is /FlateDecode; with
// /DecodeParms, before they are applied. kLimitExceeded if they are more than `most_octets`,
// kPdfDamaged for any other filter or if they cannot be had.
absl::StatusOr<uint64_t> UnpackedSize(QPDFObjectHandle& stream, uint64_t most_octets);
// SHA-256 of the octets as they are in the file, still packed.
absl::StatusOr<Bytes> PackedDigest(QPDFObjectHandle& stream);

// How much packed octets unpack to, for a stream that is not an object yet. `feed` is called until
// it gives no more octets.
absl::StatusOr<uint64_t> InflatedSize(const std::function<ByteSpan()>& feed, uint64_t most_octets);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_STREAM_SIZE_H_
