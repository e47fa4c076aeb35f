#include "validation/format_detection.h"

#include <gtest/gtest.h>

#include "common/der_writer.h"
#include "tests/support/status_matchers.h"

namespace enkrat::validation {
namespace {

using enkrat::testing::FailsWith;

const Bytes& SignedDataStart() {
  static const Bytes& start = *new Bytes(*FromHex("308204d206092a864886f70d010702a0"));
  return start;
}

TEST(FormatDetectionTest, PdfIsToldByItsHeader) {
  EXPECT_EQ(DetectFormat(AsSpan("%PDF-1.7\n")).value(), FileFormat::kPdf);
}

TEST(FormatDetectionTest, HeaderOfAPdfMayStandLater) {
  EXPECT_EQ(DetectFormat(AsSpan("garbage\n%PDF-1.4\n")).value(), FileFormat::kPdf);
}

TEST(FormatDetectionTest, HeaderBeyondTheFirstOctetsIsNotSeen) {
  const std::string late = std::string(kFormatOctets, ' ') + "%PDF-1.4";
  EXPECT_THAT(DetectFormat(AsSpan(late)).status(), FailsWith(Reason::kRequestMalformed));
}

TEST(FormatDetectionTest, ZipIsAContainer) {
  EXPECT_EQ(DetectFormat(AsSpan(absl::string_view("PK\x03\x04\x0a\0\0\0\0\0", 10))).value(),
            FileFormat::kContainer);
}

TEST(FormatDetectionTest, CmsIsToldByItsType) {
  EXPECT_EQ(DetectFormat(SignedDataStart()).value(), FileFormat::kSignedData);
}

TEST(FormatDetectionTest, IndefiniteLengthIsACmsToo) {
  EXPECT_EQ(DetectFormat(*FromHex("308006092a864886f70d010702a080")).value(),
            FileFormat::kSignedData);
}

TEST(FormatDetectionTest, PemIsToldByItsFirstLine) {
  EXPECT_EQ(DetectFormat(AsSpan("-----BEGIN CMS-----\n")).value(), FileFormat::kSignedDataPem);
}

TEST(FormatDetectionTest, TimestampResponseIsToldByItsStatus) {
  EXPECT_EQ(DetectFormat(*FromHex("3082045630030201003082")).value(),
            FileFormat::kTimestampResponse);
}

TEST(FormatDetectionTest, PdfInsideAnotherFileIsToldByItsBothEnds) {
  EXPECT_TRUE(OpensAsPdf(AsSpan("PK..%PDF-1.7"), AsSpan("..startxref\n0\n%%EOF")));
  EXPECT_FALSE(OpensAsPdf(AsSpan("PK..%PDF-1.7"), AsSpan("PK..")));
  EXPECT_FALSE(OpensAsPdf(AsSpan("PK.."), AsSpan("..startxref\n0\n%%EOF")));
}

TEST(FormatDetectionTest, OtherOctetsAreRefused) {
  for (const char* hex : {"", "30", "3000", "308200", "30030201", "48656c6c6f", "3080", "30850000",
                          "300b06092a864886f70d010701"}) {
    EXPECT_THAT(DetectFormat(*FromHex(hex)).status(), FailsWith(Reason::kRequestMalformed)) << hex;
  }
}

TEST(FormatDetectionTest, RefusalWithoutTokenIsRefused) {
  const Bytes refusal = DerOf(der_tag::kSequence, {DerOf(der_tag::kSequence, {DerInteger(2)})});
  EXPECT_THAT(SignedDataIn(FileFormat::kTimestampResponse, refusal).status(),
              FailsWith(Reason::kRequestMalformed));
}

TEST(FormatDetectionTest, OtherPemIsRefused) {
  EXPECT_THAT(SignedDataIn(FileFormat::kSignedDataPem,
                           AsSpan("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"))
                  .status(),
              FailsWith(Reason::kRequestMalformed));
}

TEST(FormatDetectionTest, PemIsDecoded) {
  EXPECT_EQ(SignedDataIn(FileFormat::kSignedDataPem,
                         AsSpan("-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n"))
                .value(),
            (Bytes{0x30, 0x00}));
}

}  // namespace
}  // namespace enkrat::validation
