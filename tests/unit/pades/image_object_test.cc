// Images from anybody: every kind that there is, and what is refused before it costs anything.
#include "pades/image_object.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"
#include "tests/unit/pades/test_images.h"

namespace enkrat::pades {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::JpegSegment;
using ::enkrat::testing::MakeJpeg;
using ::enkrat::testing::MakePng;
using ::enkrat::testing::MakePngOf;
using ::enkrat::testing::PngChunk;
using ::enkrat::testing::PngOptions;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Bytes kPalette = PngChunk("PLTE", {9, 9, 9, 0, 90, 180});

TEST(ImageObjectTest, EveryColourTypeAndDepthOfPngIsRead) {
  const PngOptions cases[] = {
      {.depth = 8, .colour_type = 0, .pixel = {77}},
      {.depth = 16, .colour_type = 0, .pixel = {77, 0}},
      {.depth = 8, .colour_type = 2, .pixel = {1, 2, 3}},
      {.depth = 16, .colour_type = 2, .pixel = {1, 0, 2, 0, 3, 0}},
      {.depth = 8, .colour_type = 3, .pixel = {1}, .between_header_and_data = kPalette},
      {.depth = 8, .colour_type = 4, .pixel = {77, 20}},
      {.depth = 16, .colour_type = 4, .pixel = {77, 0, 20, 0}},
      {.depth = 8, .colour_type = 6, .pixel = {1, 2, 3, 20}},
      {.depth = 16, .colour_type = 6, .pixel = {1, 0, 2, 0, 3, 0, 20, 0}},
      {.width = 1, .height = 1, .interlaced = true, .pixel = {1, 2, 3}},
  };
  for (const PngOptions& options : cases) {
    ASSERT_OK_AND_ASSIGN(const ImageObject image, ReadImage(MakePng(options)));
    EXPECT_EQ(image.width, options.width);
    EXPECT_EQ(image.height, options.height);
    const bool grey = options.colour_type == 0 || options.colour_type == 4;
    EXPECT_THAT(image.entries, HasSubstr(grey ? "/DeviceGray" : "/DeviceRGB"));
    EXPECT_EQ(image.alpha.empty(), options.colour_type < 4) << options.colour_type;
  }
}

TEST(ImageObjectTest, BitsOfGreyAndPaletteAreRead) {
  for (const int depth : {1, 2, 4}) {
    const size_t row = 1 + static_cast<size_t>(depth) * 4 / 8 + (depth == 1);
    PngOptions options{.depth = depth, .colour_type = 0};
    EXPECT_THAT(ReadImage(MakePngOf(options, Bytes(row * 4, 0))), IsOk()) << depth;
    options.colour_type = 3;
    options.between_header_and_data = kPalette;
    EXPECT_THAT(ReadImage(MakePngOf(options, Bytes(row * 4, 0))), IsOk()) << depth;
  }
}

TEST(ImageObjectTest, TransparentPaletteEntryGivesAlpha) {
  Bytes chunks = kPalette;
  Append(chunks, PngChunk("tRNS", {255, 0}));
  ASSERT_OK_AND_ASSIGN(
      const ImageObject image,
      ReadImage(MakePng({.colour_type = 3, .pixel = {1}, .between_header_and_data = chunks})));
  EXPECT_THAT(image.alpha, Not(IsEmpty()));
}

TEST(ImageObjectTest, ProfilesAndTextsAreNeverInflated) {
  // A text chunk that claims to be compressed and is not would be an error if it were looked at.
  Bytes chunks = PngChunk("zTXt", ToBytes("Comment\0\0not zlib"));
  Append(chunks, PngChunk("iCCP", ToBytes("profile\0\0not zlib")));
  ASSERT_OK_AND_ASSIGN(const ImageObject with,
                       ReadImage(MakePng({.between_header_and_data = chunks})));
  ASSERT_OK_AND_ASSIGN(const ImageObject without, ReadImage(MakePng({})));
  EXPECT_EQ(with.octets, without.octets);
}

TEST(ImageObjectTest, PngCutAnywhereIsRejected) {
  const Bytes png = MakePng({});
  for (size_t size = 0; size < png.size(); ++size) {
    EXPECT_THAT(ReadImage(ByteSpan(png).subspan(0, size)), FailsWith(Reason::kRequestMalformed))
        << size;
  }
}

TEST(ImageObjectTest, PngWithABitTurnedIsRejected) {
  const Bytes png = MakePng({});
  // Every octet is under a CRC, or is one, or is a length or type that no longer fits.
  for (size_t place = 0; place < png.size() - 12; ++place) {
    Bytes turned = png;
    turned[place] ^= 0x10;
    EXPECT_FALSE(ReadImage(turned).ok()) << place;
  }
}

TEST(ImageObjectTest, PngWithTooFewRowsIsRejected) {
  EXPECT_THAT(ReadImage(MakePngOf({}, Bytes(13 * 3, 0))), FailsWith(Reason::kRequestMalformed));
}

TEST(ImageObjectTest, HugePngIsRejectedByItsHeader) {
  for (const auto& [width, height] : std::vector<std::pair<uint32_t, uint32_t>>{
           {4097, 1}, {1, 4097}, {2001, 2000}, {0x7FFFFFFF, 0x7FFFFFFF}, {0xFFFFFFFF, 1}}) {
    EXPECT_THAT(ReadImage(MakePngOf({.width = width, .height = height}, Bytes(10, 0))),
                FailsWith(Reason::kLimitExceeded));
  }
  EXPECT_THAT(ReadImage(MakePngOf({.width = 0}, {})), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ReadImage(MakePngOf({.height = 0}, {})), FailsWith(Reason::kRequestMalformed));
}

TEST(ImageObjectTest, BombBehindASmallHeaderIsNotInflated) {
  // 64 MiB of rows for an image of 16 pixels: libpng reads what it needs and no more.
  const absl::StatusOr<ImageObject> image = ReadImage(MakePngOf({}, Bytes(64 << 20, 0)));
  if (image.ok()) {
    EXPECT_LT(image->octets.size(), 100u);
  }
}

TEST(ImageObjectTest, PngWithWrongChunksIsRejected) {
  EXPECT_THAT(ReadImage(MakePng({.between_header_and_data = PngChunk("ABCD", {1})})),
              FailsWith(Reason::kRequestMalformed));  // critical, unknown
  EXPECT_THAT(ReadImage(MakePng({.between_header_and_data = PngChunk("IHDR", Bytes(13, 1))})),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ReadImage(MakePng({.colour_type = 3, .pixel = {1}})),
              FailsWith(Reason::kRequestMalformed));  // no palette
  EXPECT_THAT(ReadImage(MakePng({.depth = 5})), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ReadImage(MakePng({.colour_type = 5})), FailsWith(Reason::kRequestMalformed));
}

TEST(ImageObjectTest, JpegOfOneThreeAndFourComponentsIsRead) {
  for (const int components : {1, 3, 4}) {
    ASSERT_OK_AND_ASSIGN(const ImageObject image, ReadImage(MakeJpeg(components, 100)));
    EXPECT_EQ(image.width, 8u);
    EXPECT_EQ(image.height, 8u);
    EXPECT_THAT(image.entries, HasSubstr("/DCTDecode"));
    EXPECT_EQ(image.octets, MakeJpeg(components, 100));
  }
  EXPECT_THAT(ReadImage(MakeJpeg(2, 100)), FailsWith(Reason::kRequestMalformed));
}

TEST(ImageObjectTest, ProgressiveJpegIsRead) {
  Bytes jpeg = MakeJpeg(3, 100);
  for (size_t i = 0; i + 1 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xFF && jpeg[i + 1] == 0xC0) jpeg[i + 1] = 0xC2;
  }
  EXPECT_THAT(ReadImage(jpeg), IsOk());
}

TEST(ImageObjectTest, JpegCutAnywhereIsRejected) {
  const Bytes jpeg = MakeJpeg(3, 100);
  for (size_t size = 0; size < jpeg.size(); ++size) {
    EXPECT_THAT(ReadImage(ByteSpan(jpeg).subspan(0, size)), FailsWith(Reason::kRequestMalformed))
        << size;
  }
}

TEST(ImageObjectTest, JpegOfKindsThatPdfDoesNotKnowIsRejected) {
  for (const uint8_t frame : {0xC3, 0xC5, 0xC9, 0xCA, 0xCF}) {
    Bytes jpeg = MakeJpeg(3, 100);
    for (size_t i = 0; i + 1 < jpeg.size(); ++i) {
      if (jpeg[i] == 0xFF && jpeg[i + 1] == 0xC0) jpeg[i + 1] = frame;
    }
    EXPECT_THAT(ReadImage(jpeg), FailsWith(Reason::kRequestMalformed)) << int{frame};
  }
}

TEST(ImageObjectTest, JpegWithStrangeFramesIsRejected) {
  const Bytes twelve_bits = JpegSegment(0xC0, {12, 0, 8, 0, 8, 1, 1, 0x11, 0});
  EXPECT_THAT(ReadImage(MakeJpeg(1, 100, twelve_bits)), FailsWith(Reason::kRequestMalformed));
  const Bytes again = JpegSegment(0xC0, {8, 0, 8, 0, 8, 1, 1, 0x11, 0});
  EXPECT_THAT(ReadImage(MakeJpeg(1, 100, again)), FailsWith(Reason::kRequestMalformed));
  const Bytes huge = JpegSegment(0xC0, {8, 0xFF, 0xFF, 0xFF, 0xFF, 1, 1, 0x11, 0});
  EXPECT_THAT(ReadImage(MakeJpeg(1, 100, huge)), FailsWith(Reason::kLimitExceeded));
  const Bytes short_frame = JpegSegment(0xC0, {8, 0, 8});
  EXPECT_THAT(ReadImage(MakeJpeg(1, 100, short_frame)), FailsWith(Reason::kRequestMalformed));
  const Bytes lone_scan = JpegSegment(0xDA, {1, 1, 0, 0, 63, 0});
  EXPECT_THAT(ReadImage(MakeJpeg(1, 100, lone_scan)), FailsWith(Reason::kRequestMalformed));
}

TEST(ImageObjectTest, WhatFollowsAJpegIsLeftOut) {
  Bytes jpeg = MakeJpeg(1, 100);
  Append(jpeg, ToBytes("%PDF-1.7 hidden"));
  ASSERT_OK_AND_ASSIGN(const ImageObject image, ReadImage(jpeg));
  EXPECT_EQ(image.octets, MakeJpeg(1, 100));
}

TEST(ImageObjectTest, OtherFilesAreRejected) {
  for (const std::string& file : {std::string("GIF89a"), std::string("%PDF-1.7"), std::string()}) {
    EXPECT_THAT(ReadImage(ToBytes(file)), FailsWith(Reason::kRequestMalformed));
  }
}

TEST(ImageObjectTest, LongFileIsRejected) {
  Bytes png = MakePng({});
  png.resize(kMaxImageOctets + 1);
  EXPECT_THAT(ReadImage(png), FailsWith(Reason::kLimitExceeded));
}

}  // namespace
}  // namespace enkrat::pades
