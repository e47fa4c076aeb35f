// The CMS envelope octet for octet, from fixed inputs: a certificate of nonsense, the P-256 base
// point as public key, a signature of nonsense.
#include "tsa/token_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/der.h"
#include "tests/support/status_matchers.h"
#include "tsa/der_reader.h"
#include "tsa/der_writer.h"

namespace enkrat::tsa {
namespace {

// id-ecPublicKey, prime256v1, the base point: the public key of the private key 1.
constexpr char kBasePointSpki[] =
    "3059301306072a8648ce3d020106082a8648ce3d030107034200"
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

UnitCertificate FixedUnit() {
  const Bytes unit = DerOf(kTagSequence, {DerInteger(2)});
  const Bytes issuing = DerOf(kTagSequence, {DerInteger(1)});
  const Bytes root = DerOf(kTagSequence, {DerInteger(0)});
  return {.chain_der = {unit, issuing, root},
          .public_key = PublicKey::FromSpki(*FromHex(kBasePointSpki)).value(),
          .issuer_der = DerOf(kTagSequence, {}),
          .serial_number_der = DerInteger(0x77),
          .usable_from = absl::InfinitePast(),
          .usable_until = absl::InfiniteFuture()};
}

const Bytes kTstInfo = DerOf(kTagSequence, {DerInteger(1)});
const Bytes kSignature = {0x5a, 0x5a};

TEST(TokenLayout, SignedAttributesAreTheGoldenOctets) {
  EXPECT_EQ(ToHex(TokenLayout(FixedUnit()).SignedAttributes(kTstInfo)),
            "3181"
            "86"
            "301a06092a864886f70d010903310d060b2a864886f70d0109100104"  // content-type
            "302f06092a864886f70d01090431220420"                        // message-digest
            "0000000000000000000000000000000000000000000000000000000000000000"
            "303706");
}

TEST(TokenLayout, TokenIsTheGoldenOctets) {
  const TokenLayout layout(FixedUnit());
  EXPECT_EQ(ToHex(layout.Assemble({.tst_info_der = kTstInfo,
                                   .signed_attributes = layout.SignedAttributes(kTstInfo),
                                   .signature = kSignature})),
            "");
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
  EXPECT_EQ(DerOf(kTagSet, {parts->signed_attributes}), attributes);
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
  const ByteSpan content = *OnlyElement(attributes, kTagSet);
  EXPECT_TRUE(MessageDigestOf(content).has_value());
  EXPECT_FALSE(MessageDigestOf(ByteSpan()).has_value());
  Bytes twice = ToBytes(content);
  Append(twice, content);
  EXPECT_FALSE(MessageDigestOf(twice).has_value());
}

}  // namespace
}  // namespace enkrat::tsa
