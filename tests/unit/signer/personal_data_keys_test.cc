// Tests of the HSM as keeper of data keys.
#include "signer/personal_data_keys.h"

#include <gtest/gtest.h>

#include "hsm/module.h"
#include "signer/key_ceremony.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_cryptoki.h"
#include "tests/support/status_matchers.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

class PersonalDataKeysTest : public ::testing::Test {
 protected:
  PersonalDataKeysTest() {
    module_ = hsm::Module::FromFunctionList(token_.functions(), {}).value();
    pool_ = hsm::SessionPool::Create(*module_, {.token_label = "fake token",
                                                .pin = Secret(absl::string_view("1234")),
                                                .clock = &clock_})
                .value();
  }
  absl::StatusOr<std::unique_ptr<PersonalDataKeys>> Make() {
    return PersonalDataKeys::Create({.pool = pool_.get(), .clock = &clock_, .label = "data"});
  }

  testing::FakeClock clock_;
  testing::FakeCryptoki token_;
  std::unique_ptr<hsm::Module> module_;
  std::unique_ptr<hsm::SessionPool> pool_;
  const Bytes data_key_ = Bytes(32, 9);
};

TEST_F(PersonalDataKeysTest, UnwrapsWhatItWrapped) {
  ASSERT_THAT(pool_->GenerateWrappingKey("data"), IsOk());
  const auto keys = Make().value();
  const Bytes wrapped = keys->Wrap(data_key_).value();
  EXPECT_EQ(ToBytes(keys->Unwrap(wrapped).value().Reveal()), data_key_);
}

TEST_F(PersonalDataKeysTest, TokenWithoutTheKeyIsAnErrorThatSaysWhatToDo) {
  const auto keys = Make();
  EXPECT_THAT(keys, FailsWith(Reason::kConfigurationInvalid));
  EXPECT_NE(keys.status().message().find("enkrat init"), absl::string_view::npos);
}

TEST_F(PersonalDataKeysTest, KeyOfAnotherTypeIsRefused) {
  ASSERT_THAT(pool_->GenerateMacKey("data"), IsOk());
  EXPECT_THAT(Make(), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(PersonalDataKeysTest, WhatWasEncryptedForAnotherPurposeDoesNotUnwrap) {
  ASSERT_OK_AND_ASSIGN(const hsm::WrappingKey key, pool_->GenerateWrappingKey("data"));
  const auto keys = Make().value();
  const Bytes other =
      pool_->Acquire(absl::InfiniteFuture()).value().Encrypt(key, data_key_, {}).value();
  EXPECT_THAT(keys->Unwrap(other), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(PersonalDataKeysTest, LostTokenIsUnavailableNotAForgery) {
  ASSERT_THAT(pool_->GenerateWrappingKey("data"), IsOk());
  const auto keys = Make().value();
  const Bytes wrapped = keys->Wrap(data_key_).value();
  token_.SetGone(true);
  EXPECT_THAT(keys->Unwrap(wrapped), FailsWith(Reason::kHsmUnavailable));
  EXPECT_THAT(keys->Wrap(data_key_), FailsWith(Reason::kHsmUnavailable));
}

}  // namespace
}  // namespace enkrat::signer
