#include "common/aead.h"

#include <gtest/gtest.h>

#include "common/reason.h"
#include "tests/support/status_matchers.h"

namespace enkrat {
namespace {

using ::enkrat::testing::FailsWith;

const Bytes kKey(kAeadKeyBytes, 7);

// McGrew and Viega, The Galois/Counter Mode of Operation, test case 16.
TEST(Aead, GivesTheCiphertextOfThePublishedTestCase) {
  const Bytes key = *FromHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const Bytes text = *FromHex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6"
      "b525b16aedf5aa0de657ba637b39");
  EXPECT_EQ(
      ToHex(AeadSealWithNonce(key, *FromHex("cafebabefacedbaddecaf888"), text,
                              *FromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
                .value()),
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10"
      "56828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
}

TEST(Aead, OpensWhatItSealed) {
  for (const size_t size : {0, 1, 16, 1000}) {
    const Bytes text(size, 3);
    const Bytes sealed = AeadSeal(kKey, text, AsSpan("row 1")).value();
    EXPECT_EQ(sealed.size(), size + kAeadNonceBytes + kAeadTagBytes);
    EXPECT_EQ(AeadOpen(kKey, sealed, AsSpan("row 1")), text);
  }
}

TEST(Aead, SealsTheSameTextDifferentlyEachTime) {
  EXPECT_NE(AeadSeal(kKey, AsSpan("text"), {}).value(), AeadSeal(kKey, AsSpan("text"), {}).value());
}

TEST(Aead, FlippedBitAnywhereIsNotOpened) {
  const Bytes sealed = AeadSeal(kKey, AsSpan("text"), AsSpan("row 1")).value();
  for (size_t at = 0; at < sealed.size(); ++at) {
    Bytes flipped = sealed;
    flipped[at] ^= 0x80;
    EXPECT_EQ(AeadOpen(kKey, flipped, AsSpan("row 1")), std::nullopt) << at;
  }
}

TEST(Aead, CutOctetsAreNotOpened) {
  const Bytes sealed = AeadSeal(kKey, AsSpan("text"), {}).value();
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(AeadOpen(kKey, ByteSpan(sealed).first(size), {}), std::nullopt) << size;
  }
}

TEST(Aead, OtherAssociatedOctetsOrKeyAreNotOpened) {
  const Bytes sealed = AeadSeal(kKey, AsSpan("text"), AsSpan("row 1")).value();
  EXPECT_EQ(AeadOpen(kKey, sealed, AsSpan("row 2")), std::nullopt);
  EXPECT_EQ(AeadOpen(Bytes(kAeadKeyBytes, 8), sealed, AsSpan("row 1")), std::nullopt);
}

TEST(Aead, KeyOfAnotherLengthIsRefused) {
  EXPECT_THAT(AeadSeal(Bytes(16, 7), AsSpan("text"), {}), FailsWith(Reason::kInternal));
  EXPECT_EQ(AeadOpen(Bytes(16, 7), Bytes(64), {}), std::nullopt);
}

}  // namespace
}  // namespace enkrat
