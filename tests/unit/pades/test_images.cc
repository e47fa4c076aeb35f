#include "tests/unit/pades/test_images.h"

#include <zlib.h>

#include <cstdlib>

namespace enkrat::testing {
namespace {

Bytes Number(uint32_t value) {
  return {static_cast<uint8_t>(value >> 24), static_cast<uint8_t>(value >> 16),
          static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
}

Bytes Deflated(const Bytes& octets) {
  uLongf size = compressBound(octets.size());
  Bytes deflated(size);
  if (compress2(deflated.data(), &size, octets.data(), octets.size(), 9) != Z_OK) std::abort();
  deflated.resize(size);
  return deflated;
}

// Bits of entropy-coded data, 0xFF followed by zero.
class BitWriter {
 public:
  void Write(uint32_t bits, int count) {
    for (int i = count - 1; i >= 0; --i) {
      current_ = static_cast<uint8_t>(current_ << 1 | (bits >> i & 1));
      if (++filled_ == 8) Flush();
    }
  }
  Bytes Finish() {
    while (filled_ != 0) Write(1, 1);
    return octets_;
  }

 private:
  void Flush() {
    octets_.push_back(current_);
    if (current_ == 0xFF) octets_.push_back(0);
    current_ = 0;
    filled_ = 0;
  }
  Bytes octets_;
  uint8_t current_ = 0;
  int filled_ = 0;
};

}  // namespace

Bytes PngChunk(const std::string& type, const Bytes& content) {
  Bytes body = ToBytes(type);
  Append(body, content);
  Bytes chunk = Number(static_cast<uint32_t>(content.size()));
  Append(chunk, body);
  Append(chunk, Number(static_cast<uint32_t>(crc32(0, body.data(), body.size()))));
  return chunk;
}

Bytes MakePngOf(const PngOptions& options, const Bytes& rows) {
  Bytes header = Number(options.width);
  Append(header, Number(options.height));
  Append(header,
         Bytes{static_cast<uint8_t>(options.depth), static_cast<uint8_t>(options.colour_type), 0, 0,
               static_cast<uint8_t>(options.interlaced)});
  Bytes png = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  Append(png, PngChunk("IHDR", header));
  Append(png, options.between_header_and_data);
  Append(png, PngChunk("IDAT", Deflated(rows)));
  Append(png, PngChunk("IEND", {}));
  return png;
}

Bytes MakePng(const PngOptions& options) {
  Bytes rows;
  for (uint32_t y = 0; y < options.height; ++y) {
    rows.push_back(0);  // no filter
    for (uint32_t x = 0; x < options.width; ++x) Append(rows, options.pixel);
  }
  return MakePngOf(options, rows);
}

Bytes JpegSegment(uint8_t marker, const Bytes& content) {
  const size_t size = content.size() + 2;
  Bytes segment = {0xFF, marker, static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)};
  Append(segment, content);
  return segment;
}

Bytes MakeJpeg(int components, int level, const Bytes& more) {
  Bytes jpeg = {0xFF, 0xD8};
  Append(jpeg, more);
  Bytes quantisation(65, 1);
  quantisation[0] = 0;
  Append(jpeg, JpegSegment(0xDB, quantisation));
  Bytes frame = {8, 0, 8, 0, 8, static_cast<uint8_t>(components)};
  for (uint8_t i = 1; i <= components; ++i) Append(frame, Bytes{i, 0x11, 0});
  Append(jpeg, JpegSegment(0xC0, frame));
  // DC: categories 0 to 11, four bits each. AC: the end of block only, one bit.
  Bytes dc(17, 0);
  dc[4] = 12;
  for (uint8_t category = 0; category < 12; ++category) dc.push_back(category);
  Append(jpeg, JpegSegment(0xC4, dc));
  Bytes ac(17, 0);
  ac[0] = 0x10;
  ac[1] = 1;
  ac.push_back(0);
  Append(jpeg, JpegSegment(0xC4, ac));
  Bytes scan = {static_cast<uint8_t>(components)};
  for (uint8_t i = 1; i <= components; ++i) Append(scan, Bytes{i, 0});
  Append(scan, Bytes{0, 63, 0});
  Append(jpeg, JpegSegment(0xDA, scan));
  BitWriter bits;
  for (int i = 0; i < components; ++i) {
    const int dc_value = (level - 128) * 8;
    int category = 0;
    while (std::abs(dc_value) >> category != 0) ++category;
    bits.Write(static_cast<uint32_t>(category), 4);
    bits.Write(static_cast<uint32_t>(dc_value < 0 ? dc_value + (1 << category) - 1 : dc_value),
               category);
    bits.Write(0, 1);
  }
  Append(jpeg, bits.Finish());
  Append(jpeg, Bytes{0xFF, 0xD9});
  return jpeg;
}

}  // namespace enkrat::testing
