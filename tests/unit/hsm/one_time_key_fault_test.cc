// What becomes of a one-time key when the token fails, lies or goes away at any step of its life.
#include <gtest/gtest.h>

#include "tests/unit/hsm/fake_hsm.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeCryptoki;
using ::enkrat::testing::IsOk;

const Bytes kDigest(32, 0x17);

absl::StatusOr<DestructionReceipt> WholeLife(SessionPool& pool) {
  absl::StatusOr<SessionLease> lease = pool.Acquire(absl::InfiniteFuture());
  if (!lease.ok()) return lease.status();
  absl::StatusOr<OneTimeKey> key = lease->GenerateOneTimeKey({});
  if (!key.ok()) return key.status();
  const absl::StatusOr<Bytes> signature = key->SignDigest(DigestAlgorithm::kSha256, kDigest);
  if (!signature.ok()) return signature.status();
  return (*std::move(key)).Destroy();
}

struct Step {
  const char* name;
  const char* call;
  int nth;
};

const Step kSteps[] = {{"Generate", "C_GenerateKeyPair", 1},
                       {"ReadPrivate", "C_GetAttributeValue", 1},
                       {"ReadPublic", "C_GetAttributeValue", 2},
                       {"SignInit", "C_SignInit", 1},
                       {"Sign", "C_Sign", 1},
                       {"DestroyPrivate", "C_DestroyObject", 1},
                       {"DestroyPublic", "C_DestroyObject", 2},
                       {"ConfirmPrivate", "C_GetAttributeValue", 3},
                       {"ConfirmPublic", "C_GetAttributeValue", 4}};

std::string StepName(const ::testing::TestParamInfo<Step>& info) { return info.param.name; }

class HsmGoneAt : public ::testing::TestWithParam<Step> {};

TEST_P(HsmGoneAt, NoReceiptIsGivenAndTheNextCallerGetsAMendedPool) {
  FakeHsm hsm;
  hsm.OpenPool();
  int calls = 0;
  hsm.token.OnCall([&](const std::string& call) {
    if (call == GetParam().call && ++calls == GetParam().nth) hsm.token.SetGone(true);
  });
  const absl::StatusOr<DestructionReceipt> receipt = WholeLife(*hsm.pool);
  hsm.token.OnCall(nullptr);
  ASSERT_FALSE(receipt.ok());
  EXPECT_THAT(ReasonOf(receipt.status()),
              ::testing::AnyOf(Reason::kHsmUnavailable, Reason::kKeyDestructionUnconfirmed));
  EXPECT_EQ(hsm.token.SessionObjects(), 0u);
  hsm.token.SetGone(false);
  EXPECT_THAT(WholeLife(*hsm.pool), IsOk());
  EXPECT_EQ(hsm.pool->statistics().reconnects, 1u);
}

INSTANTIATE_TEST_SUITE_P(EachStep, HsmGoneAt, ::testing::ValuesIn(kSteps), StepName);

class OneFailureAt : public ::testing::TestWithParam<Step> {};

TEST_P(OneFailureAt, LeavesNoKeyBehind) {
  for (const char* answer : {"CKR_DEVICE_ERROR", "CKR_SESSION_HANDLE_INVALID", "CKR_DEVICE_MEMORY",
                             "CKR_FUNCTION_FAILED", "CKR_ARGUMENTS_BAD"}) {
    FakeHsm hsm;
    hsm.OpenPool();
    hsm.token.FailNth(GetParam().call, GetParam().nth, answer);
    WholeLife(*hsm.pool).status().IgnoreError();
    EXPECT_EQ(hsm.token.SessionObjects(), 0u) << answer;
    EXPECT_EQ(hsm.pool->statistics().sessions_leased, 0u) << answer;
    EXPECT_THAT(WholeLife(*hsm.pool), IsOk()) << answer;
    EXPECT_FALSE(hsm.token.SessionSharedByThreads());
  }
}

TEST_P(OneFailureAt, LeavesNoKeyBehindWhereSessionsMayNotBeClosedEither) {
  FakeHsm hsm({}, "softhsm");
  hsm.OpenPool();
  hsm.token.FailNth(GetParam().call, GetParam().nth, "CKR_DEVICE_ERROR");
  EXPECT_FALSE(WholeLife(*hsm.pool).ok());
  EXPECT_EQ(hsm.token.CallCount("C_CloseSession"), 0);
  EXPECT_THAT(WholeLife(*hsm.pool), IsOk());
  EXPECT_EQ(hsm.token.SessionObjects(), 0u);
  EXPECT_EQ(hsm.pool->statistics().reconnects, 1u);
}

INSTANTIATE_TEST_SUITE_P(EachStep, OneFailureAt, ::testing::ValuesIn(kSteps), StepName);

struct Lie {
  const char* name;
  FakeCryptoki::Lies lies;
};

class LyingToken : public ::testing::TestWithParam<Lie> {};

TEST_P(LyingToken, KeyIsRefusedAndDestroyed) {
  FakeHsm hsm;
  hsm.OpenPool();
  hsm.token.SetLies(GetParam().lies);
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm.Acquire());
  EXPECT_THAT(lease.GenerateOneTimeKey({}), FailsWith(Reason::kInternal));
  EXPECT_EQ(hsm.token.SessionObjects() + hsm.token.TokenObjects(), 0u);
  EXPECT_EQ(hsm.token.CallCount("C_SignInit"), 0);
}

INSTANTIATE_TEST_SUITE_P(Each, LyingToken,
                         ::testing::Values(Lie{"Extractable", {.extractable = true}},
                                           Lie{"NotSensitive", {.not_sensitive = true}},
                                           Lie{"NotLocal", {.not_local = true}},
                                           Lie{"WereExtractable", {.were_extractable = true}},
                                           Lie{"StoredInToken", {.stored_in_token = true}}),
                         [](const ::testing::TestParamInfo<Lie>& lie) { return lie.param.name; });

TEST(OneTimeKeyFault, TokenThatIsSilentAboutTheMechanismIsAccepted) {
  FakeHsm hsm;
  hsm.OpenPool();
  hsm.token.SetLies({.hides_generation_mechanism = true});
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm.Acquire());
  ASSERT_OK_AND_ASSIGN(const OneTimeKey key, lease.GenerateOneTimeKey({}));
  EXPECT_EQ(key.attributes().generation_mechanism, "unknown");
  EXPECT_EQ(key.attributes().value_read_result, "CKR_ATTRIBUTE_SENSITIVE");
}

TEST(OneTimeKeyFault, DestroyThatOnlyPretendsEndsInAClosedSession) {
  FakeHsm hsm;
  hsm.OpenPool();
  hsm.token.SetLies({.destroy_keeps_objects = true});
  ASSERT_OK_AND_ASSIGN(const DestructionReceipt receipt, WholeLife(*hsm.pool));
  EXPECT_EQ(receipt.method(), DestructionMethod::kCloseSession);
  EXPECT_EQ(hsm.token.SessionObjects(), 0u);
  EXPECT_EQ(hsm.pool->statistics().sessions_quarantined, 1u);
}

TEST(OneTimeKeyFault, DestroyThatIsRefusedEndsInAClosedSession) {
  FakeHsm hsm;
  hsm.OpenPool();
  hsm.token.FailAlways("C_DestroyObject", "CKR_ACTION_PROHIBITED");
  ASSERT_OK_AND_ASSIGN(const DestructionReceipt receipt, WholeLife(*hsm.pool));
  EXPECT_EQ(receipt.method(), DestructionMethod::kCloseSession);
  EXPECT_EQ(hsm.token.SessionObjects(), 0u);
}

TEST(OneTimeKeyFault, KeyThatSurvivesEverythingGetsNoReceiptAndEndsWithTheModule) {
  FakeHsm hsm;
  hsm.OpenPool();
  hsm.token.SetLies({.destroy_keeps_objects = true, .close_keeps_objects = true});
  EXPECT_THAT(WholeLife(*hsm.pool), FailsWith(Reason::kKeyDestructionUnconfirmed));
  EXPECT_EQ(hsm.token.SessionPrivateKeys(), 1u);
  EXPECT_EQ(hsm.pool->statistics().destructions_unconfirmed, 1u);
  EXPECT_EQ(hsm.pool->statistics().keys_destroyed, 0u);
  hsm.token.SetLies({});
  EXPECT_THAT(WholeLife(*hsm.pool), IsOk());
  EXPECT_EQ(hsm.token.SessionPrivateKeys(), 0u);
  EXPECT_EQ(hsm.pool->statistics().reconnects, 1u);
}

TEST(OneTimeKeyFault, UnconfirmedEndOfADroppedKeyIsLoggedWithoutSecrets) {
  FakeHsm hsm;
  hsm.OpenPool();
  hsm.token.SetLies({.destroy_keeps_objects = true, .close_keeps_objects = true});
  {
    ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm.Acquire());
    ASSERT_OK_AND_ASSIGN(const OneTimeKey key, lease.GenerateOneTimeKey({}));
  }
  EXPECT_THAT(hsm.log.str(), ::testing::HasSubstr("destruction is not confirmed"));
  EXPECT_THAT(hsm.log.str(), ::testing::Not(::testing::HasSubstr("1234")));
}

TEST(OneTimeKeyFault, ConfirmationThatNeverComesGivesNoReceipt) {
  for (const char* answer : {"CKR_DEVICE_ERROR", "CKR_SESSION_HANDLE_INVALID",
                             "CKR_USER_NOT_LOGGED_IN", "CKR_FUNCTION_FAILED"}) {
    FakeHsm hsm;
    hsm.OpenPool();
    ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm.Acquire());
    ASSERT_OK_AND_ASSIGN(OneTimeKey key, lease.GenerateOneTimeKey({}));
    hsm.token.FailAlways("C_GetAttributeValue", answer);
    EXPECT_THAT(std::move(key).Destroy(), FailsWith(Reason::kKeyDestructionUnconfirmed)) << answer;
  }
}

TEST(OneTimeKeyFault, SessionThatFailedToSignDoesNotSignAgain) {
  FakeHsm hsm;
  hsm.OpenPool();
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm.Acquire());
  ASSERT_OK_AND_ASSIGN(OneTimeKey key, lease.GenerateOneTimeKey({}));
  hsm.token.FailNth("C_Sign", 1, "CKR_DATA_INVALID");
  EXPECT_THAT(key.SignDigest(DigestAlgorithm::kSha256, kDigest), FailsWith(Reason::kInternal));
  EXPECT_THAT(key.SignDigest(DigestAlgorithm::kSha256, kDigest),
              FailsWith(Reason::kHsmUnavailable));
  EXPECT_THAT(std::move(key).Destroy(), IsOk());
}

TEST(OneTimeKeyFault, FailedCallIsLoggedOnceByNameAndHex) {
  FakeHsm hsm;
  hsm.OpenPool();
  hsm.token.FailNth("C_Sign", 1, "CKR_DEVICE_ERROR");
  EXPECT_THAT(WholeLife(*hsm.pool), FailsWith(Reason::kHsmUnavailable));
  const std::string log = hsm.log.str();
  const size_t first = log.find("CKR_DEVICE_ERROR (0x30)");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(log.find("CKR_DEVICE_ERROR", first + 1), std::string::npos);
}

}  // namespace
}  // namespace enkrat::hsm
