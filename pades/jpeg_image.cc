#include "pades/jpeg_image.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::pades {
namespace {

// Second octets of markers (T.81 table B.1).
enum Marker : uint8_t {
  kBaseline = 0xC0,
  kExtendedSequential = 0xC1,
  kProgressive = 0xC2,
  kHuffmanTables = 0xC4,
  kFirstRestart = 0xD0,
  kLastRestart = 0xD7,
  kStartOfImage = 0xD8,
  kEndOfImage = 0xD9,
  kStartOfScan = 0xDA,
  kQuantisationTables = 0xDB,
  kRestartInterval = 0xDD,
  kJfif = 0xE0,
  kAdobe = 0xEE,
  kLastApplication = 0xEF,
  kComment = 0xFE,
};

absl::Status Refuse(absl::string_view why) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat("image: JPEG ", why));
}

bool BeginsWith(ByteSpan octets, absl::string_view text) {
  return octets.size() >= text.size() && std::memcmp(octets.data(), text.data(), text.size()) == 0;
}

// Walks once from start to end, and keeps what is picture.
class JpegWalk {
 public:
  explicit JpegWalk(ByteSpan octets) : octets_(octets) {}

  absl::StatusOr<ImageObject> Run() {
    kept_ = {0xFF, kStartOfImage};
    place_ = 2;
    for (;;) {
      ENKRAT_ASSIGN_OR_RETURN(const uint8_t marker, TakeMarker());
      if (marker == kEndOfImage) break;
      ENKRAT_RETURN_IF_ERROR(TakeSegment(marker));
      if (marker == kStartOfScan) KeepScan();
    }
    Append(kept_, Bytes{0xFF, kEndOfImage});
    return Finish();
  }

 private:
  // Fill octets may stand before a marker (B.1.1.2).
  absl::StatusOr<uint8_t> TakeMarker() {
    if (place_ >= octets_.size() || octets_[place_] != 0xFF) return Refuse("is damaged");
    while (place_ < octets_.size() && octets_[place_] == 0xFF) ++place_;
    if (place_ == octets_.size()) return Refuse("ends too early");
    return octets_[place_++];
  }

  absl::Status TakeSegment(uint8_t marker) {
    if (octets_.size() - place_ < 2) return Refuse("ends too early");
    const size_t size = octets_[place_] * 256u + octets_[place_ + 1];
    if (size < 2 || size > octets_.size() - place_) return Refuse("ends too early");
    const ByteSpan segment = octets_.subspan(place_, size);
    place_ += size;
    ENKRAT_ASSIGN_OR_RETURN(const bool keep, LookAt(marker, segment.subspan(2)));
    if (!keep) return absl::OkStatus();
    Append(kept_, Bytes{0xFF, marker});
    Append(kept_, segment);
    return absl::OkStatus();
  }

  // Whether the segment belongs to the picture.
  absl::StatusOr<bool> LookAt(uint8_t marker, ByteSpan content) {
    switch (marker) {
      case kBaseline:
      case kExtendedSequential:
      case kProgressive:
        ENKRAT_RETURN_IF_ERROR(ReadFrame(content));
        return true;
      case kStartOfScan:
        if (components_ == 0) return Refuse("has a scan before its frame");
        ++scans_;
        return true;
      case kQuantisationTables:
        quantised_ = true;
        return true;
      case kHuffmanTables:
      case kRestartInterval:
        return true;
      case kJfif:
        return BeginsWith(content, absl::string_view("JFIF\0", 5));
      case kAdobe:
        if (!BeginsWith(content, "Adobe")) return false;
        by_adobe_ = true;
        return true;
      case kComment:
        return false;
      default:
        if (marker > kJfif && marker <= kLastApplication) return false;
        return Refuse("is of a kind that PDF does not know");
    }
  }

  // B.2.2: precision, height, width, number of components.
  absl::Status ReadFrame(ByteSpan content) {
    if (components_ != 0) return Refuse("has two frames");
    if (content.size() < 6 || content.size() != 6u + 3u * content[5]) {
      return Refuse("has a damaged frame");
    }
    if (content[0] != 8) return Refuse("has not eight bits a component");
    image_.height = content[1] * 256u + content[2];
    image_.width = content[3] * 256u + content[4];
    components_ = content[5];
    if (components_ != 1 && components_ != 3 && components_ != 4) {
      return Refuse("is neither grey nor colour nor CMYK");
    }
    return CheckImageSize(image_.width, image_.height);
  }

  // Entropy-coded data up to the next marker that is no restart: in it, 0xFF is followed by zero.
  void KeepScan() {
    const size_t begin = place_;
    while (place_ + 1 < octets_.size()) {
      const uint8_t next = octets_[place_ + 1];
      const bool restart = next >= kFirstRestart && next <= kLastRestart;
      if (octets_[place_] == 0xFF && next != 0 && !restart) break;
      place_ += octets_[place_] == 0xFF ? 2 : 1;
    }
    Append(kept_, octets_.subspan(begin, place_ - begin));
  }

  absl::StatusOr<ImageObject> Finish() {
    if (scans_ == 0 || !quantised_) return Refuse("holds no picture");
    const char* const space = components_ == 1   ? "/DeviceGray"
                              : components_ == 3 ? "/DeviceRGB"
                                                 : "/DeviceCMYK";
    image_.entries = absl::StrCat("/ColorSpace ", space, " /Filter /DCTDecode");
    // Adobe's programs write the complement of CMYK.
    if (components_ == 4 && by_adobe_)
      absl::StrAppend(&image_.entries, " /Decode [1 0 1 0 1 0 1 0]");
    image_.octets = std::move(kept_);
    return std::move(image_);
  }

  const ByteSpan octets_;
  size_t place_ = 0;
  Bytes kept_;
  ImageObject image_;
  int components_ = 0;  // 0: no frame yet
  int scans_ = 0;
  bool quantised_ = false;
  bool by_adobe_ = false;
};

}  // namespace

bool IsJpeg(ByteSpan octets) { return BeginsWith(octets, "\xFF\xD8\xFF"); }

absl::StatusOr<ImageObject> ReadJpeg(ByteSpan octets) {
  if (!IsJpeg(octets)) return Refuse("does not begin like one");
  return JpegWalk(octets).Run();
}

}  // namespace enkrat::pades
