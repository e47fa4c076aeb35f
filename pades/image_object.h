// A picture on its way into a PDF: its octets as an image XObject holds them.
#ifndef ENKRAT_PADES_IMAGE_OBJECT_H_
#define ENKRAT_PADES_IMAGE_OBJECT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "pades/update_objects.h"

namespace enkrat::pades {

// In all, and of each side.
inline constexpr size_t kMaxImageOctets = 4 * 1024 * 1024;
inline constexpr uint32_t kMaxImageSide = 4096;
inline constexpr uint32_t kMaxImagePixels = 4 * 1000 * 1000;

// kRequestMalformed for a picture without pixels, kLimitExceeded for too many.
absl::Status CheckImageSize(uint32_t width, uint32_t height);

// Value. ISO 32000-1 8.9.5.
struct ImageObject {
  uint32_t width = 0;
  uint32_t height = 0;
  std::string entries;  // colour space, filter and decode array: the dictionary besides size
  Bytes octets;         // the stream
  Bytes alpha;          // eight bits a pixel, deflated; empty: opaque
};

// A PNG or a JPEG, told by its first octets; see appearance.h for what is refused.
absl::StatusOr<ImageObject> ReadImage(ByteSpan octets);

// The object number of the image XObject.
int AddImage(const ImageObject& image, UpdateObjects& objects);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_IMAGE_OBJECT_H_
