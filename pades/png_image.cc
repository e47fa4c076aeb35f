#include "pades/png_image.h"

#include <png.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/pdf_text.h"

namespace enkrat::pades {
namespace {

constexpr absl::string_view kSignature("\x89PNG\r\n\x1A\n", 8);
constexpr size_t kChunkFrame = 12;  // length, type and CRC

absl::Status Refuse(absl::string_view why) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat("image: PNG ", why));
}

uint32_t Number(ByteSpan octets) {
  return uint32_t{octets[0]} << 24 | uint32_t{octets[1]} << 16 | uint32_t{octets[2]} << 8 |
         octets[3];
}

// The size as its first chunk says (RFC 2083 4.1.1).
absl::Status CheckHeader(ByteSpan chunk) {
  if (chunk.size() != kChunkFrame + 13) return Refuse("has a damaged header");
  return CheckImageSize(Number(chunk.subspan(8)), Number(chunk.subspan(12)));
}

// The file with the chunks that make the picture, and no others.
absl::StatusOr<Bytes> PictureChunks(ByteSpan octets) {
  Bytes kept = ToBytes(octets.subspan(0, kSignature.size()));
  ByteSpan rest = octets.subspan(kSignature.size());
  bool first = true;
  for (;;) {
    if (rest.size() < kChunkFrame || Number(rest) > rest.size() - kChunkFrame) {
      return Refuse("ends too early");
    }
    const ByteSpan chunk = rest.subspan(0, kChunkFrame + Number(rest));
    rest.remove_prefix(chunk.size());
    const absl::string_view type(reinterpret_cast<const char*>(chunk.data()) + 4, 4);
    if (first != (type == "IHDR")) return Refuse("has its header in the wrong place");
    if (first) ENKRAT_RETURN_IF_ERROR(CheckHeader(chunk));
    first = false;
    if (type == "IHDR" || type == "PLTE" || type == "tRNS" || type == "IDAT" || type == "IEND") {
      Append(kept, chunk);
    } else if ((type[0] & 0x20) == 0) {
      return Refuse("has an unknown critical chunk");  // 3.3
    }
    if (type == "IEND") return kept;
  }
}

// libpng's simplified reader, which leaves no jumps to us.
class PngReader {
 public:
  PngReader() {
    std::memset(&image_, 0, sizeof image_);
    image_.version = PNG_IMAGE_VERSION;
  }
  ~PngReader() { png_image_free(&image_); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  // Red, green, blue and alpha of each pixel.
  absl::StatusOr<Bytes> Read(ByteSpan png) {
    if (png_image_begin_read_from_memory(&image_, png.data(), png.size()) == 0) {
      return Refuse("cannot be decoded");
    }
    ENKRAT_RETURN_IF_ERROR(CheckImageSize(image_.width, image_.height));
    image_.format = PNG_FORMAT_RGBA;
    Bytes pixels(PNG_IMAGE_SIZE(image_));
    if (png_image_finish_read(&image_, nullptr, pixels.data(), 0, nullptr) == 0) {
      return Refuse("cannot be decoded");
    }
    return pixels;
  }

  uint32_t width() const { return image_.width; }
  uint32_t height() const { return image_.height; }

 private:
  png_image image_;
};

// What the pixels have in common.
struct Traits {
  bool grey = true;
  bool opaque = true;
};

Traits TraitsOf(const Bytes& rgba) {
  Traits traits;
  for (size_t i = 0; i < rgba.size(); i += 4) {
    if (rgba[i] != rgba[i + 1] || rgba[i] != rgba[i + 2]) traits.grey = false;
    if (rgba[i + 3] != 0xFF) traits.opaque = false;
  }
  return traits;
}

// `count` components of each pixel, from `first` on.
Bytes Components(const Bytes& rgba, size_t first, size_t count) {
  Bytes chosen;
  chosen.reserve(rgba.size() / 4 * count);
  for (size_t i = first; i < rgba.size(); i += 4) {
    chosen.insert(chosen.end(), rgba.begin() + i, rgba.begin() + i + count);
  }
  return chosen;
}

}  // namespace

bool IsPng(ByteSpan octets) {
  return octets.size() >= kSignature.size() &&
         std::memcmp(octets.data(), kSignature.data(), kSignature.size()) == 0;
}

absl::StatusOr<ImageObject> ReadPng(ByteSpan octets) {
  if (!IsPng(octets)) return Refuse("does not begin like one");
  ENKRAT_ASSIGN_OR_RETURN(const Bytes picture, PictureChunks(octets));
  PngReader reader;
  ENKRAT_ASSIGN_OR_RETURN(const Bytes rgba, reader.Read(picture));
  const Traits traits = TraitsOf(rgba);
  ImageObject image;
  image.width = reader.width();
  image.height = reader.height();
  image.entries = absl::StrCat("/ColorSpace ", traits.grey ? "/DeviceGray" : "/DeviceRGB",
                               " /Filter /FlateDecode");
  ENKRAT_ASSIGN_OR_RETURN(image.octets, Deflate(Components(rgba, 0, traits.grey ? 1 : 3)));
  if (!traits.opaque) {
    ENKRAT_ASSIGN_OR_RETURN(image.alpha, Deflate(Components(rgba, 3, 1)));
  }
  return image;
}

}  // namespace enkrat::pades
