#include "pades/image_object.h"

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "pades/jpeg_image.h"
#include "pades/png_image.h"

namespace enkrat::pades {
namespace {

std::string Entries(const ImageObject& image, absl::string_view more) {
  return absl::StrCat("/Type /XObject /Subtype /Image /Width ", image.width, " /Height ",
                      image.height, " /BitsPerComponent 8 ", more);
}

}  // namespace

absl::Status CheckImageSize(uint32_t width, uint32_t height) {
  if (width == 0 || height == 0) {
    return MakeError(Reason::kRequestMalformed, "image: it has no pixels");
  }
  if (width > kMaxImageSide || height > kMaxImageSide || width * height > kMaxImagePixels) {
    return MakeError(Reason::kLimitExceeded, "image: too many pixels");
  }
  return absl::OkStatus();
}

absl::StatusOr<ImageObject> ReadImage(ByteSpan octets) {
  if (octets.size() > kMaxImageOctets) {
    return MakeError(Reason::kLimitExceeded, "image: too long");
  }
  if (IsPng(octets)) return ReadPng(octets);
  if (IsJpeg(octets)) return ReadJpeg(octets);
  return MakeError(Reason::kRequestMalformed, "image: neither PNG nor JPEG");
}

int AddImage(const ImageObject& image, UpdateObjects& objects) {
  std::string more = image.entries;
  if (!image.alpha.empty()) {
    const int mask = objects.AddStream(
        Entries(image, "/ColorSpace /DeviceGray /Filter /FlateDecode"), image.alpha);
    absl::StrAppend(&more, " /SMask ", mask, " 0 R");
  }
  return objects.AddStream(Entries(image, more), image.octets);
}

}  // namespace enkrat::pades
