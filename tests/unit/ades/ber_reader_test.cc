// BER that others write, and what is no BER at all.
#include "ades/ber_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "ades/cades_augmentation.h"
#include "common/cms_oid.h"
#include "common/der_writer.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ades/openssl_command.h"
#include "tests/unit/ades/revocation_maker.h"
#include "tests/unit/ades/signature_maker.h"

namespace enkrat::ades {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

std::optional<Bytes> StringIn(const char* hex) { return OctetStringContent(*FromHex(hex)); }

TEST(BerReaderTest, LongAndIndefiniteLengthsAreRead) {
  EXPECT_EQ(StringIn("0402abcd"), FromHex("abcd"));
  EXPECT_EQ(StringIn("048102abcd"), FromHex("abcd"));
  EXPECT_EQ(StringIn("04840000"
                     "0002abcd"),
            FromHex("abcd"));
  EXPECT_EQ(StringIn("24800401ab0401cd0000"), FromHex("abcd"));
  EXPECT_EQ(StringIn("248024800401ab00000401cd0000"), FromHex("abcd"));
  EXPECT_EQ(StringIn("24800000"), Bytes());
}

TEST(BerReaderTest, BrokenElementsAreNotRead) {
  for (const char* hex : {"", "04", "0403abcd", "0480abcd0000", "2480", "248000", "24800401ab",
                          "24800401ab00", "04ff", "0489000000000000000002abcd", "1f0100", "0000",
                          "0402abcd00", "24030201ab", "3000", "0488ffffffffffffffffabcd"}) {
    EXPECT_EQ(StringIn(hex), std::nullopt) << hex;
  }
}

TEST(BerReaderTest, NestingIsBounded) {
  const auto nested = [](int depth) {
    Bytes octets;
    for (int i = 0; i < depth; ++i) Append(octets, Bytes{0x24, 0x80});
    for (int i = 0; i < depth; ++i) Append(octets, Bytes{0x00, 0x00});
    return octets;
  };
  EXPECT_TRUE(OctetStringContent(nested(32)).has_value());
  EXPECT_FALSE(OctetStringContent(nested(33)).has_value());
  EXPECT_FALSE(OctetStringContent(nested(1'000'000)).has_value());
}

class ForeignSignature : public ::testing::Test {
 protected:
  // The same signature with indefinite lengths around it, as stream writers make it.
  static Bytes Indefinite(uint8_t tag, ByteSpan content) {
    Bytes out = {tag, 0x80};
    Append(out, content);
    Append(out, Bytes{0x00, 0x00});
    return out;
  }
  static Bytes Streamed(const Bytes& der) {
    const ByteSpan content_info = *OnlyElement(der, der_tag::kSequence);
    DerReader fields(content_info);
    const ByteSpan type = fields.TakeAny()->whole;
    const ByteSpan signed_data = *OnlyElement(fields.TakeAny()->content, der_tag::kSequence);
    const Bytes inner =
        Indefinite(der_tag::Constructed(0), Indefinite(der_tag::kSequence, signed_data));
    Bytes outer = ToBytes(type);
    Append(outer, inner);
    return Indefinite(der_tag::kSequence, outer);
  }

  const testing::TestPki pki_ = testing::TestPki::Make();
  const Bytes signature_ = testing::MakeSignature(pki_);
};

TEST_F(ForeignSignature, StreamedOneIsLaidAsDer) {
  EXPECT_EQ(AddValidationData(Streamed(signature_), {}).value(), signature_);
}

TEST_F(ForeignSignature, ContentInPiecesStaysInPieces) {
  const Bytes enveloping = Envelop(signature_, AsSpan(testing::kDocument)).value();
  Bytes pieces;
  for (const char c : std::string(testing::kDocument)) {
    Append(pieces, Bytes{der_tag::kOctetString, 1, static_cast<uint8_t>(c)});
  }
  Bytes content = DerOid(cms_oid::kData);
  Append(content, Indefinite(der_tag::Constructed(0), Indefinite(0x24, pieces)));
  const Bytes in_pieces = Indefinite(der_tag::kSequence, content);
  const Bytes in_one = DerOf(der_tag::kSequence,
                             {DerOid(cms_oid::kData),
                              DerOf(der_tag::Constructed(0),
                                    {DerOf(der_tag::kOctetString, {AsSpan(testing::kDocument)})})});
  const auto at = std::search(enveloping.begin(), enveloping.end(), in_one.begin(), in_one.end());
  ASSERT_NE(at, enveloping.end());
  DerReader fields(*OnlyElement(enveloping, der_tag::kSequence));
  fields.TakeAny();
  const ByteSpan signed_data = *OnlyElement(fields.TakeAny()->content, der_tag::kSequence);
  Bytes replaced(signed_data.begin(), signed_data.end());
  const auto place = std::search(replaced.begin(), replaced.end(), in_one.begin(), in_one.end());
  const auto start = replaced.erase(place, place + static_cast<ptrdiff_t>(in_one.size()));
  replaced.insert(start, in_pieces.begin(), in_pieces.end());
  const Bytes foreign =
      DerOf(der_tag::kSequence,
            {DerOid(cms_oid::kSignedData),
             DerOf(der_tag::Constructed(0), {DerOf(der_tag::kSequence, {replaced})})});

  const Bytes lt = AddValidationData(foreign, testing::MakeValidationData(pki_)).value();
  EXPECT_NE(std::search(lt.begin(), lt.end(), in_pieces.begin(), in_pieces.end()), lt.end());
  std::string content_out;
  EXPECT_THAT(testing::OpenSslCmsVerifyEnveloping(pki_, lt, &content_out), IsOk());
  EXPECT_EQ(content_out, testing::kDocument);
  const auto not_asked = [](DigestAlgorithm) -> absl::StatusOr<Bytes> { return Bytes(); };
  EXPECT_THAT(ArchiveTimestamp::Prepare(lt, DigestAlgorithm::kSha256, not_asked), IsOk());
}

TEST_F(ForeignSignature, StreamedOneThatEndsEarlyIsRefused) {
  Bytes streamed = Streamed(signature_);
  streamed.pop_back();
  streamed.pop_back();
  EXPECT_THAT(SignatureValueOf(streamed), FailsWith(Reason::kRequestMalformed));
}

}  // namespace
}  // namespace enkrat::ades
