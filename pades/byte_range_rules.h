// What a signature's /ByteRange has to be, so that it covers the document but its own /Contents
// (ISO 32000-1 12.8.1, EN 319 142-1 5.2), and what the /Contents in the gap holds.
#ifndef ENKRAT_PADES_BYTE_RANGE_RULES_H_
#define ENKRAT_PADES_BYTE_RANGE_RULES_H_

#include <optional>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "pades/document_octets.h"
#include "pades/signature_fields.h"

namespace enkrat::pades {

// Adds to the signature's defects what is wrong, and sets contents_der, revision_end and
// covers_whole_document if the range can be relied on: from 0, to a place in the document, with a
// gap that is exactly "<hex digits>", which is where and what the parser found as /Contents.
void ApplyByteRangeRules(const DocumentOctets& octets, FoundSignature& found);

// The element at the begin of `padded`, DER or BER; kRequestMalformed unless there is one and
// nothing but zeros behind it.
absl::StatusOr<ByteSpan> WithoutPadding(ByteSpan padded);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_BYTE_RANGE_RULES_H_
