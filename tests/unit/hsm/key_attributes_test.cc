#include "hsm/key_attributes.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

KeyAttributes Promised() {
  return {.token = false,
          .is_private = true,
          .sensitive = true,
          .always_sensitive = true,
          .extractable = false,
          .never_extractable = true,
          .local = true,
          .sign = true,
          .generation_mechanism = "CKM_EC_KEY_PAIR_GEN",
          .generation_mechanism_acceptable = true,
          .value_read_result = "CKR_ATTRIBUTE_SENSITIVE",
          .value_read_refused = true};
}

TEST(KeyAttributes, KeyThatKeepsEveryPromiseIsAccepted) {
  EXPECT_THAT(BrokenPromises(Promised(), /*expect_token=*/false), IsEmpty());
  EXPECT_THAT(CheckKeyAttributes(Promised(), /*expect_token=*/false), IsOk());
}

TEST(KeyAttributes, AttributesThatWereNeverReadBreakThePromises) {
  EXPECT_THAT(CheckKeyAttributes({}, /*expect_token=*/false), FailsWith(Reason::kInternal));
}

struct BrokenCase {
  void (*spoil)(KeyAttributes&);
  std::string complaint;
};

class BrokenPromise : public ::testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenPromise, IsRefusedByName) {
  KeyAttributes attributes = Promised();
  GetParam().spoil(attributes);
  EXPECT_THAT(BrokenPromises(attributes, /*expect_token=*/false),
              ElementsAre(GetParam().complaint));
  EXPECT_THAT(CheckKeyAttributes(attributes, /*expect_token=*/false), FailsWith(Reason::kInternal));
}

INSTANTIATE_TEST_SUITE_P(
    Each, BrokenPromise,
    ::testing::Values(
        BrokenCase{[](KeyAttributes& a) { a.token = true; }, "CKA_TOKEN is true"},
        BrokenCase{[](KeyAttributes& a) { a.is_private = false; }, "CKA_PRIVATE is false"},
        BrokenCase{[](KeyAttributes& a) { a.sensitive = false; }, "CKA_SENSITIVE is false"},
        BrokenCase{[](KeyAttributes& a) { a.always_sensitive = false; },
                   "CKA_ALWAYS_SENSITIVE is false"},
        BrokenCase{[](KeyAttributes& a) { a.extractable = true; }, "CKA_EXTRACTABLE is true"},
        BrokenCase{[](KeyAttributes& a) { a.never_extractable = false; },
                   "CKA_NEVER_EXTRACTABLE is false"},
        BrokenCase{[](KeyAttributes& a) { a.local = false; }, "CKA_LOCAL is false"},
        BrokenCase{[](KeyAttributes& a) { a.sign = false; }, "CKA_SIGN is false"},
        BrokenCase{[](KeyAttributes& a) { a.generation_mechanism_acceptable = false; },
                   "CKA_KEY_GEN_MECHANISM is not the one asked for"},
        BrokenCase{[](KeyAttributes& a) {
                     a.value_read_refused = false;
                     a.value_read_result = "CKR_OK";
                   },
                   "reading the secret value answered CKR_OK instead of a refusal"}));

TEST(KeyAttributes, SessionKeyIsNoLongLivedKey) {
  EXPECT_THAT(BrokenPromises(Promised(), /*expect_token=*/true), ElementsAre("CKA_TOKEN is false"));
}

}  // namespace
}  // namespace enkrat::hsm
