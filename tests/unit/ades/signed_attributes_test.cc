// The octets of signed attributes, from fixed inputs; and the DER that they are made of.
#include "ades/signed_attributes.h"

#include <gtest/gtest.h>

#include "ades/certificate_fields.h"
#include "common/der_reader.h"
#include "common/der_writer.h"
#include "tests/support/status_matchers.h"

namespace enkrat::ades {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

// Laid by hand: a certificate as far as its public key, which is all that is read. Serial 0x1234,
// issuer CN=CA, subject CN=EE.
constexpr char kCertificate[] =
    "3054"
    "304d"
    "a003020102"                                  // v3
    "02021234"                                    // serialNumber
    "300a06082a8648ce3d040302"                    // ecdsa-with-SHA256
    "300d310b300906035504030c024341"              // issuer
    "300306012a"                                  // validity; not looked at
    "300d310b300906035504030c024545"              // subject
    "301306072a8648ce3d020106082a8648ce3d030107"  // SubjectPublicKeyInfo, without its key
    "3000"
    "030100";

absl::Time At(int year, int month, int day, int hour, int minute, int second) {
  return absl::FromCivil(absl::CivilSecond(year, month, day, hour, minute, second),
                         absl::UTCTimeZone());
}

std::string TimeHex(absl::Time time) { return ToHex(DerTime(time).value()); }

TEST(SignedAttributesTest, FixedInputsGiveTheGoldenOctets) {
  const Bytes certificate = *FromHex(kCertificate);
  const Bytes digest(32, 0xab);
  ASSERT_OK_AND_ASSIGN(const Bytes attributes,
                       LaySignedAttributes({.document_digest = digest,
                                            .signer_certificate_der = certificate,
                                            .signing_time = At(2026, 11, 21, 7, 26, 1)}));
  EXPECT_EQ(ToHex(attributes),
            "3181bb"
            // content-type: id-data
            "301806092a864886f70d010903310b06092a864886f70d010701"
            // signing-time
            "301c06092a864886f70d010905310f170d3236313132313037323630315a"
            // message-digest
            "302f06092a864886f70d01090431220420ababababababababababababababababababababababab"
            "ababababababababab"
            // signing-certificate-v2
            "3050060b2a864886f70d010910022f3141303f303d303b04200969ead7dc7cda4a7c2cb09d211cd0"
            "4c8e466a434649f1cd2d3f3ebbc883601f30173011a40f300d310b300906035504030c0243410202"
            "1234");
}

TEST(SignedAttributesTest, YearsTo2049AreUtcTime) {
  EXPECT_EQ(TimeHex(At(2049, 12, 31, 23, 59, 59)), "170d" + ToHex(AsSpan("491231235959Z")));
  EXPECT_EQ(TimeHex(At(1950, 1, 1, 0, 0, 0)), "170d" + ToHex(AsSpan("500101000000Z")));
}

TEST(SignedAttributesTest, YearsFrom2050AreGeneralizedTime) {
  EXPECT_EQ(TimeHex(At(2050, 1, 1, 0, 0, 0)), "180f" + ToHex(AsSpan("20500101000000Z")));
}

TEST(SignedAttributesTest, FractionsOfASecondAreDropped) {
  EXPECT_EQ(TimeHex(At(2027, 1, 15, 8, 0, 0) + absl::Milliseconds(999)),
            TimeHex(At(2027, 1, 15, 8, 0, 0)));
}

TEST(SignedAttributesTest, YearsThatDerCannotNameAreRejected) {
  EXPECT_THAT(DerTime(At(1949, 12, 31, 23, 59, 59)), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(DerTime(At(10000, 1, 1, 0, 0, 0)), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(DerTime(absl::InfiniteFuture()), FailsWith(Reason::kRequestMalformed));
}

TEST(CertificateFieldsTest, EveryTruncationIsRejected) {
  const Bytes certificate = *FromHex(kCertificate);
  EXPECT_THAT(ReadCertificateFields(certificate), IsOk());
  for (size_t size = 0; size < certificate.size(); ++size) {
    EXPECT_THAT(ReadCertificateFields(ByteSpan(certificate).first(size)),
                FailsWith(Reason::kRequestMalformed))
        << size;
  }
}

TEST(CertificateFieldsTest, OctetsBehindTheCertificateAreRejected) {
  Bytes certificate = *FromHex(kCertificate);
  certificate.push_back(0);
  EXPECT_THAT(ReadCertificateFields(certificate), FailsWith(Reason::kRequestMalformed));
}

TEST(DerElementTest, LengthsTakeTheirShortestForm) {
  EXPECT_EQ(ToHex(DerOf(der_tag::kSequence, {})), "3000");
  EXPECT_EQ(ToHex(ByteSpan(DerOf(der_tag::kOctetString, {Bytes(127)})).first(2)), "047f");
  EXPECT_EQ(ToHex(ByteSpan(DerOf(der_tag::kOctetString, {Bytes(128)})).first(3)), "048180");
  EXPECT_EQ(ToHex(ByteSpan(DerOf(der_tag::kOctetString, {Bytes(256)})).first(4)), "04820100");
  EXPECT_EQ(ToHex(ByteSpan(DerOf(der_tag::kOctetString, {Bytes(65536)})).first(5)), "0483010000");
}

TEST(DerElementTest, SetElementsAreSorted) {
  EXPECT_EQ(ToHex(DerSetOf(der_tag::kSet, {{0x02, 0x01, 0x05}, {0x02, 0x01, 0x01}})),
            "3106020101020105");
}

TEST(DerCursorTest, WhatIsNotDerIsNotRead) {
  for (const char* hex : {"", "30", "3001", "308000", "308100", "30817f", "3082007f", "3085",
                          "1f01", "3084ffffffff", "30850000000001"}) {
    const Bytes octets = *FromHex(hex);
    DerReader cursor(octets);
    EXPECT_FALSE(cursor.TakeAny().has_value()) << hex;
  }
}

TEST(DerCursorTest, AnotherTagLeavesTheCursorWhereItWas) {
  const Bytes octets = *FromHex("020105");
  DerReader cursor(octets);
  EXPECT_FALSE(cursor.Take(der_tag::kSequence).has_value());
  ASSERT_TRUE(cursor.Take(der_tag::kInteger).has_value());
  EXPECT_TRUE(cursor.AtEnd());
}

}  // namespace
}  // namespace enkrat::ades
