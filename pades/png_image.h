// PNG files as they go into a PDF: decoded to eight bits, the transparency apart, deflated anew.
#ifndef ENKRAT_PADES_PNG_IMAGE_H_
#define ENKRAT_PADES_PNG_IMAGE_H_

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "pades/image_object.h"

namespace enkrat::pades {

// Whether it begins like one (RFC 2083 3.1).
bool IsPng(ByteSpan octets);

// Every colour type and depth, interlaced or not. The size is looked at before anything is
// allocated for it; only the chunks that make the picture are shown to libpng, so that no profile
// or text is ever inflated. Grey if every pixel is, without alpha if nothing is transparent.
// kRequestMalformed, kLimitExceeded.
absl::StatusOr<ImageObject> ReadPng(ByteSpan octets);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_PNG_IMAGE_H_
