#include "hsm/token_public_key.h"

#include <gtest/gtest.h>

#include "common/der.h"
#include "tests/support/status_matchers.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;

// The base points of the curves (SEC 2, 2.4.2 and 2.5.1): public keys that everybody may know.
constexpr absl::string_view kP256Point =
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
constexpr absl::string_view kP384Point =
    "04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e387276"
    "0"
    "ab73617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90e"
    "a"
    "0e5f";

Bytes Hex(absl::string_view hex) { return FromHex(hex).value(); }

Bytes Wrapped(Bytes point) {
  Bytes wrapped = {0x04, static_cast<uint8_t>(point.size())};
  Append(wrapped, point);
  return wrapped;
}

TEST(PublicKeyFromPoint, WrappedAndRawPointsGiveTheSameKey) {
  for (const auto& [algorithm, hex] : {std::pair(KeyAlgorithm::kEcdsaP256, kP256Point),
                                       std::pair(KeyAlgorithm::kEcdsaP384, kP384Point)}) {
    ASSERT_OK_AND_ASSIGN(const PublicKey raw, PublicKeyFromPoint(algorithm, Hex(hex)));
    ASSERT_OK_AND_ASSIGN(const PublicKey wrapped, PublicKeyFromPoint(algorithm, Wrapped(Hex(hex))));
    EXPECT_EQ(raw.spki_der(), wrapped.spki_der());
    EXPECT_EQ(raw.algorithm(), algorithm);
  }
}

TEST(PublicKeyFromPoint, PointOffTheCurveIsRefused) {
  Bytes point = Hex(kP256Point);
  point.back() ^= 1;
  EXPECT_THAT(PublicKeyFromPoint(KeyAlgorithm::kEcdsaP256, point), FailsWith(Reason::kInternal));
}

TEST(PublicKeyFromPoint, PointOfAnotherCurveIsRefused) {
  EXPECT_THAT(PublicKeyFromPoint(KeyAlgorithm::kEcdsaP384, Hex(kP256Point)),
              FailsWith(Reason::kInternal));
}

TEST(PublicKeyFromPoint, CompressedPointIsRefused) {
  Bytes point = Hex(kP256Point);
  point.resize(33);
  point[0] = 0x03;
  EXPECT_THAT(PublicKeyFromPoint(KeyAlgorithm::kEcdsaP256, point), FailsWith(Reason::kInternal));
}

TEST(PublicKeyFromPoint, HybridPointIsRefused) {
  Bytes point = Hex(kP256Point);
  point[0] = 0x07;
  EXPECT_THAT(PublicKeyFromPoint(KeyAlgorithm::kEcdsaP256, point), FailsWith(Reason::kInternal));
}

TEST(PublicKeyFromPoint, EveryOtherLengthIsRefused) {
  const Bytes wrapped = Wrapped(Hex(kP256Point));
  for (size_t size = 0; size < wrapped.size(); ++size) {
    EXPECT_THAT(PublicKeyFromPoint(KeyAlgorithm::kEcdsaP256, ByteSpan(wrapped).first(size)),
                FailsWith(Reason::kInternal))
        << size;
  }
  Bytes longer = wrapped;
  longer.push_back(0);
  EXPECT_THAT(PublicKeyFromPoint(KeyAlgorithm::kEcdsaP256, longer), FailsWith(Reason::kInternal));
}

TEST(PublicKeyFromPoint, WrapperOfAnotherTypeIsRefused) {
  Bytes wrapped = Wrapped(Hex(kP256Point));
  wrapped[0] = 0x03;
  EXPECT_THAT(PublicKeyFromPoint(KeyAlgorithm::kEcdsaP256, wrapped), FailsWith(Reason::kInternal));
}

Bytes OddModulus(size_t bits) {
  Bytes modulus(bits / 8, 0x5a);
  modulus.front() = 0xc0;
  modulus.back() = 0x01;
  return modulus;
}

const Bytes kF4 = {0x01, 0x00, 0x01};

TEST(PublicKeyFromModulus, KeyOfTheAlgorithmsSizeIsAccepted) {
  ASSERT_OK_AND_ASSIGN(const PublicKey key,
                       PublicKeyFromModulus(KeyAlgorithm::kRsaPss3072, OddModulus(3072), kF4));
  EXPECT_EQ(key.algorithm(), KeyAlgorithm::kRsaPss3072);
}

TEST(PublicKeyFromModulus, ModulusOfAnotherSizeIsRefused) {
  EXPECT_THAT(PublicKeyFromModulus(KeyAlgorithm::kRsaPss3072, OddModulus(2048), kF4),
              FailsWith(Reason::kInternal));
  EXPECT_THAT(PublicKeyFromModulus(KeyAlgorithm::kRsaPss3072, OddModulus(4096), kF4),
              FailsWith(Reason::kInternal));
  EXPECT_THAT(PublicKeyFromModulus(KeyAlgorithm::kRsaPss3072, {}, kF4),
              FailsWith(Reason::kInternal));
}

TEST(PublicKeyFromModulus, SmallOrEvenExponentIsRefused) {
  const Bytes three = {0x03};
  const Bytes even = {0x01, 0x00, 0x00};
  for (const Bytes& exponent : {three, even, Bytes()}) {
    EXPECT_THAT(PublicKeyFromModulus(KeyAlgorithm::kRsaPss3072, OddModulus(3072), exponent),
                FailsWith(Reason::kInternal));
  }
}

}  // namespace
}  // namespace enkrat::hsm
