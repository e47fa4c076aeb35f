// Images for visible signatures from anybody: what is accepted is a picture of a bounded size.
#include <cstdint>
#include <cstdlib>

#include "pades/image_object.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  using namespace enkrat::pades;
  const absl::StatusOr<ImageObject> image = ReadImage(absl::MakeConstSpan(octets, size));
  if (!image.ok()) return 0;
  const uint64_t pixels = uint64_t{image->width} * image->height;
  if (pixels == 0 || pixels > kMaxImagePixels || image->octets.empty()) std::abort();
  return 0;
}
