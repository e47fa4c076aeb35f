// JPEG files as they go into a PDF: the compressed octets themselves, after a look at their
// structure.
#ifndef ENKRAT_PADES_JPEG_IMAGE_H_
#define ENKRAT_PADES_JPEG_IMAGE_H_

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "pades/image_object.h"

namespace enkrat::pades {

// Whether it begins like one (ITU-T T.81 B.1.1.3).
bool IsJpeg(ByteSpan octets);

// Baseline, extended sequential and progressive, eight bits, of one (grey), three (colour) or four
// (CMYK) components. Every segment is walked through to the end of image (T.81 annex B); those of
// applications are dropped, with the places, names and thumbnails in them, but for JFIF's and
// Adobe's, which say how the colours are meant; comments and what follows the image go too.
// kRequestMalformed, kLimitExceeded.
absl::StatusOr<ImageObject> ReadJpeg(ByteSpan octets);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_JPEG_IMAGE_H_
