// Tests of which PINs may be.
#include "signer/signing_pin_rules.h"

#include <gtest/gtest.h>

#include <iterator>
#include <set>
#include <string>

#include "tests/support/status_matchers.h"

namespace enkrat::signer {
namespace {

using enkrat::testing::FailsWith;
using enkrat::testing::IsOk;

absl::StatusOr<Secret> Normalise(absl::string_view pin) {
  return NormalisePin(AsSpan(pin), "new_pin");
}

absl::Status Strength(absl::string_view pin, absl::string_view born = "") {
  const absl::StatusOr<Secret> normalised = Normalise(pin);
  EXPECT_THAT(normalised, IsOk()) << pin;
  return normalised.ok() ? CheckPinStrength(*normalised, born) : normalised.status();
}

class MalformedPin : public ::testing::TestWithParam<std::string> {};

TEST_P(MalformedPin, IsRefusedWithItsField) {
  const absl::StatusOr<Secret> pin = Normalise(GetParam());
  ASSERT_THAT(pin, FailsWith(Reason::kRequestMalformed));
  EXPECT_EQ(FieldOf(pin.status()), "new_pin");
}

INSTANTIATE_TEST_SUITE_P(SigningPinRules, MalformedPin,
                         ::testing::Values("", "73925", "739251846", "73 925", "73-9251", "7392 51",
                                           "73925\n1", std::string("7392\0001", 6),
                                           "\xff\xfe\xfd\xfc\xfb\xfa", "7392\xc3", "pin!47",
                                           "\xe2\x80\x8b"
                                           "739251",                 // zero-width space
                                           "73925\xf0\x9f\x98\x80",  // an emoji
                                           "\xcc\x81"
                                           "739251",  // a combining mark alone
                                           std::string(4096, '7')));

TEST(SigningPinRules, LettersOfAnyAlphabetAreLetters) {
  EXPECT_THAT(Normalise("\xc5\xbe"
                        "aba47k"),
              IsOk());
  EXPECT_THAT(Normalise("\xd0\xb6\xd0\xb0\xd0\xb1\xd0\xb0"
                        "47"),
              IsOk());
}

TEST(SigningPinRules, ComposedAndDecomposedFormsAreOnePin) {
  const Secret composed = Normalise(
                              "\xc5\xbe"
                              "aba47")
                              .value();  // U+017E
  const Secret decomposed = Normalise(
                                "z\xcc\x8c"
                                "aba47")
                                .value();  // z, U+030C
  EXPECT_EQ(composed.Reveal(), decomposed.Reveal());
}

// Octets from nowhere: refused, or a PIN that stays as it is and can be judged.
TEST(SigningPinRules, AnyOctetsAreRefusedOrNormalisedForGood) {
  uint32_t random = 99;
  const auto next = [&random](uint32_t bound) {
    random = random * 1664525u + 1013904223u;
    return (random >> 8) % bound;
  };
  const std::string parts[] = {"7",
                               "k",
                               "\xc5\xbe",
                               "z\xcc\x8c",
                               "\xe1\xba\xad",
                               "\xcc\x81",
                               "\xea\xb0\x81",
                               "\xf0\x9d\x9f\x97",
                               "\xff",
                               "\xd9\xa3"};
  int accepted = 0;
  for (int run = 0; run < 20'000; ++run) {
    std::string text;
    for (uint32_t n = next(10); n > 0; --n) text += parts[next(std::size(parts))];
    const absl::StatusOr<Secret> pin = Normalise(text);
    if (!pin.ok()) continue;
    ++accepted;
    EXPECT_EQ(NormalisePin(pin->Reveal(), "new_pin").value().Reveal(), pin->Reveal());
    CheckPinStrength(*pin, "1984-03-29").IgnoreError();
  }
  EXPECT_GT(accepted, 100);
}

TEST(SigningPinRules, CaseMatters) {
  EXPECT_NE(Normalise("abK47x").value().Reveal(), Normalise("abk47x").value().Reveal());
}

class WeakPin : public ::testing::TestWithParam<const char*> {};

TEST_P(WeakPin, IsUnsuitable) {
  const absl::Status status = Strength(GetParam());
  EXPECT_THAT(status, FailsWith(Reason::kSigningPinUnsuitable)) << GetParam();
  EXPECT_EQ(FieldOf(status), "new_pin");
  EXPECT_EQ(std::string(status.message()).find(GetParam()), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    SigningPinRules, WeakPin,
    ::testing::Values("000000", "111111", "aaaaaaaa", "112233", "121212", "123123", "12341234",
                      "1231231", "abcabc", "k47dk47d", "123456", "1234567", "654321", "987654",
                      "890123", "210987", "135791", "246802", "abcdef", "fedcba", "ACEGIK",
                      "12345k", "k12345", "x98765y", "123321", "1234321", "47k11k74", "qwertz",
                      "qwerty7", "QwErTy", "asdfgh", "ytrewq", "1q2w3e", "1qaz2wsx", "147258",
                      "741852", "159753", "password", "PassWord", "passwort", "letmein1",
                      "admin123", "abc12374", "test4711", "010285", "311299", "123199", "991231",
                      "121985", "198512", "01021985", "12311999", "20040229", "heslo947"));

class StrongPin : public ::testing::TestWithParam<const char*> {};

TEST_P(StrongPin, MayBe) { EXPECT_THAT(Strength(GetParam()), IsOk()) << GetParam(); }

INSTANTIATE_TEST_SUITE_P(SigningPinRules, StrongPin,
                         ::testing::Values("739251", "58d2k7", "84629375", "kX7mQ2", "946173",
                                           "prav4zda", "1234k8x7", "77391584", "qwe94kd7"));

class PinWithBirth : public ::testing::TestWithParam<const char*> {};

TEST_P(PinWithBirth, IsUnsuitableForThatPersonOnly) {
  EXPECT_THAT(Strength(GetParam(), "1984-03-29"), FailsWith(Reason::kSigningPinUnsuitable));
  EXPECT_THAT(Strength(GetParam(), "1971-06-05"), IsOk());
}

INSTANTIATE_TEST_SUITE_P(SigningPinRules, PinWithBirth,
                         ::testing::Values("k290384", "032984kx", "x840329", "kd1984", "71984625"));

TEST(SigningPinRules, PukIsReadInAnyCaseAndGrouping) {
  for (const absl::string_view text : {"K7MQ2XAB", "k7mq2xab", "k7mq-2xab", "K7 MQ 2X AB"}) {
    EXPECT_EQ(ToString(NormalisePuk(AsSpan(text)).value().Reveal()), "K7MQ2XAB") << text;
  }
}

TEST(SigningPinRules, WhatIsNoPukIsRefused) {
  for (const absl::string_view text :
       {"", "K7MQ2XA", "K7MQ2XABC", "K7MQ2XA0", "K7MQ2XAO", "K7MQ2XA1", "K7MQ2XAI", "K7MQ2XAL",
        "K7MQ2XA!", "--------", "K-7-M-Q-2-X-A-B-C-D"}) {
    const absl::StatusOr<Secret> puk = NormalisePuk(AsSpan(text));
    ASSERT_THAT(puk, FailsWith(Reason::kRequestMalformed)) << text;
    EXPECT_EQ(FieldOf(puk.status()), "puk");
  }
}

TEST(SigningPinRules, RandomSecretsHaveTheirShapeAndDiffer) {
  std::set<std::string> seen;
  std::set<char> letters;
  for (int n = 0; n < 500; ++n) {
    const Secret puk = RandomPuk();
    EXPECT_THAT(NormalisePuk(puk.Reveal()), IsOk());
    const Secret transport = RandomTransportPin();
    EXPECT_THAT(NormalisePin(transport.Reveal(), "transport_pin"), IsOk());
    EXPECT_EQ(transport.Reveal().size(), kTransportPinDigits);
    seen.insert(ToString(puk.Reveal()));
    for (const uint8_t letter : puk.Reveal()) letters.insert(static_cast<char>(letter));
  }
  EXPECT_EQ(seen.size(), 500u);
  EXPECT_EQ(letters.size(), kPukAlphabet.size());
}

}  // namespace
}  // namespace enkrat::signer
