// The CMS envelope octet for octet, from fixed inputs: a certificate of nonsense, the P-256 base
// point as public key, a signature of nonsense.
#include "tsa/token_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "common/der_reader.h"
#include "common/der_writer.h"
#include "tests/support/status_matchers.h"

namespace enkrat::tsa {
namespace {

// id-ecPublicKey, prime256v1, the base point: the public key of the private key 1.
constexpr char kBasePointSpki[] =
    "3059301306072a8648ce3d020106082a8648ce3d030107034200"
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

UnitCertificate FixedUnit() {
  const Bytes unit = DerOf(der_tag::kSequence, {DerInteger(2)});
  const Bytes issuing = DerOf(der_tag::kSequence, {DerInteger(1)});
  const Bytes root = DerOf(der_tag::kSequence, {DerInteger(0)});
  return {.chain_der = {unit, issuing, root},
          .public_key = PublicKey::FromSpki(*FromHex(kBasePointSpki)).value(),
          .issuer_der = DerOf(der_tag::kSequence, {}),
          .serial_number_der = DerInteger(0x77),
          .usable_from = absl::InfinitePast(),
          .usable_until = absl::InfiniteFuture()};
}

const Bytes kTstInfo = DerOf(der_tag::kSequence, {DerInteger(1)});
const Bytes kSignature = {0x5a, 0x5a};

// Content of the signed attributes for kTstInfo.
std::string GoldenAttributes() {
  return absl::StrCat(
      // content-type: id-ct-TSTInfo
      "301a06092a864886f70d010903310d060b2a864886f70d0109100104",
      // message-digest: SHA-256 of 3003020101
      "302f06092a864886f70d01090431220420",
      "1b65f68a522c858715f5dd951cd0402dc16691778814bf0759822b7a257421d0",
      // SigningCertificateV2: SHA-256 of 3003020102 (hashAlgorithm left out), issuer, serial 77
      "3042060b2a864886f70d010910022f31333031302f302d0420",
      "714f7108ae1387dc72ec6b79a0c0f8e596205dbc8159d2c538493ba664ed26a9", "30093004a4023000020177");
}

TEST(TokenLayout, SignedAttributesAreTheGoldenOctets) {
  EXPECT_EQ(ToHex(TokenLayout(FixedUnit()).SignedAttributes(kTstInfo)),
            absl::StrCat("318191", GoldenAttributes()));
}

TEST(TokenLayout, TokenIsTheGoldenOctets) {
  const TokenLayout layout(FixedUnit());
  EXPECT_EQ(ToHex(layout.Assemble({.tst_info_der = kTstInfo,
                                   .signed_attributes = layout.SignedAttributes(kTstInfo),
                                   .signature = kSignature})),
            absl::StrCat("3082010806092a864886f70d010702a081fa",  // ContentInfo: signedData
                         "3081f7020103",                          // SignedData, version 3
                         "310d300b0609608648016503040201",        // digestAlgorithms: SHA-256
                         "3016060b2a864886f70d0109100104",        // eContentType: id-ct-TSTInfo
                         "a00704053003020101",                    // eContent
                         "a00a30030201013003020102",              // certificates, in order
                         "3181be3081bb020101",                    // one SignerInfo, version 1
                         "30053000020177",                        // issuerAndSerialNumber
                         "300b0609608648016503040201",            // SHA-256
                         "a08191", GoldenAttributes(),            // signedAttrs
                         "300a06082a8648ce3d040302",              // ecdsa-with-SHA256
                         "04025a5a"));                            // signature
}

TEST(TokenLayout, WithoutCertificatesThatFieldIsGone) {
  const TokenLayout layout(FixedUnit());
  const Bytes attributes = layout.SignedAttributes(kTstInfo);
  const auto assemble = [&](bool with_certificates) {
    return ToHex(layout.Assemble({.tst_info_der = kTstInfo,
                                  .signed_attributes = attributes,
                                  .signature = kSignature,
                                  .with_certificates = with_certificates}));
  };
  // [0] with the issuing certificate before the unit's: a SET OF in DER is sorted.
  constexpr char kCertificates[] = "a00a30030201013003020102";
  EXPECT_THAT(assemble(true), ::testing::HasSubstr(kCertificates));
  EXPECT_THAT(assemble(false), ::testing::Not(::testing::HasSubstr(kCertificates)));
}

TEST(TokenLayout, PartsAreReadBack) {
  const TokenLayout layout(FixedUnit());
  const Bytes attributes = layout.SignedAttributes(kTstInfo);
  const Bytes token = layout.Assemble(
      {.tst_info_der = kTstInfo, .signed_attributes = attributes, .signature = kSignature});
  const std::optional<SignedParts> parts = ReadSignedParts(token);
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(ToBytes(parts->tst_info_der), kTstInfo);
  EXPECT_EQ(DerOf(der_tag::kSet, {parts->signed_attributes}), attributes);
  EXPECT_EQ(ToBytes(parts->signature), kSignature);
  const std::optional<ByteSpan> digest = MessageDigestOf(parts->signed_attributes);
  ASSERT_TRUE(digest.has_value());
  EXPECT_EQ(ToBytes(*digest), ComputeDigest(DigestAlgorithm::kSha256, kTstInfo));
}

TEST(TokenLayout, EveryPrefixOfATokenIsRefused) {
  const TokenLayout layout(FixedUnit());
  const Bytes token = layout.Assemble({.tst_info_der = kTstInfo,
                                       .signed_attributes = layout.SignedAttributes(kTstInfo),
                                       .signature = kSignature});
  for (size_t size = 0; size < token.size(); ++size) {
    EXPECT_FALSE(ReadSignedParts(ByteSpan(token).subspan(0, size)).has_value()) << size;
  }
}

TEST(TokenLayout, MessageDigestThatIsMissingOrTwiceIsNone) {
  const Bytes attributes = TokenLayout(FixedUnit()).SignedAttributes(kTstInfo);
  const ByteSpan content = *OnlyElement(attributes, der_tag::kSet);
  EXPECT_TRUE(MessageDigestOf(content).has_value());
  EXPECT_FALSE(MessageDigestOf(ByteSpan()).has_value());
  Bytes twice = ToBytes(content);
  Append(twice, content);
  EXPECT_FALSE(MessageDigestOf(twice).has_value());
}

}  // namespace
}  // namespace enkrat::tsa
