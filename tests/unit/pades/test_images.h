// PNG and JPEG files made in the test.
#ifndef ENKRAT_TESTS_UNIT_PADES_TEST_IMAGES_H_
#define ENKRAT_TESTS_UNIT_PADES_TEST_IMAGES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "common/bytes.h"

namespace enkrat::testing {

// One PNG chunk with its CRC.
Bytes PngChunk(const std::string& type, const Bytes& content);

struct PngOptions {
  uint32_t width = 4;
  uint32_t height = 4;
  int depth = 8;
  int colour_type = 2;  // 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha
  bool interlaced = false;
  Bytes pixel = {200, 30, 40};         // every pixel's octets (of whole octets)
  Bytes between_header_and_data = {};  // more chunks
};

// A PNG of one colour. With `interlaced` width and height must be 1 (one pass has the pixel).
Bytes MakePng(const PngOptions& options);

// `rows` are the octets of the filtered scan lines, whatever the header says.
Bytes MakePngOf(const PngOptions& options, const Bytes& rows);

// A baseline JPEG of 8 x 8 pixels of one colour: grey (1 component), YCbCr (3) or CMYK (4); `level`
// is each component's value. `more` stands after its start marker.
Bytes MakeJpeg(int components, int level, const Bytes& more = {});

// A JPEG segment.
Bytes JpegSegment(uint8_t marker, const Bytes& content);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_UNIT_PADES_TEST_IMAGES_H_
