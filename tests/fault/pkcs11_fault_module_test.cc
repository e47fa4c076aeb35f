// The fault module itself, over SoftHSM: it is what the fault tests of the whole service trust.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>

#include "common/status_macros.h"
#include "hsm/object_listing.h"
#include "hsm/session_pool.h"
#include "hsm/token_setup.h"
#include "tests/support/fake_clock.h"
#include "tests/support/paths.h"
#include "tests/support/softhsm_token.h"
#include "tests/support/status_matchers.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

const char kFaultModule[] = "lib/libenkrat_fault_pkcs11.so";

class FaultModule : public ::testing::Test {
 protected:
  void SetUp() override {
    // The module reads its environment once a process: the plan stays at one place.
    static const std::string plan =
        ::testing::TempDir() + "enkrat-fault-plan-" + std::to_string(getpid());
    plan_path_ = plan;
    Plan("");
    setenv("ENKRAT_FAULT_MODULE", testing::SoftHsmDirectory::ModulePath().c_str(), 1);
    setenv("ENKRAT_FAULT_PLAN", plan_path_.c_str(), 1);
    module_ = Module::Load({.path = testing::BinaryPath(kFaultModule)}).value();
    ASSERT_THAT(InitializeToken(*module_, {.label = "fault",
                                           .so_pin = Secret(absl::string_view("12345678")),
                                           .user_pin = Secret(absl::string_view("1234"))}),
                IsOk());
    pool_ = SessionPool::Create(*module_, {.token_label = "fault",
                                           .pin = Secret(absl::string_view("1234")),
                                           .clock = &clock_})
                .value();
  }
  void TearDown() override {
    Plan("");
    pool_.reset();
    module_.reset();
    unlink(plan_path_.c_str());
  }

  void Plan(const std::string& lines) { std::ofstream(plan_path_) << lines; }

  absl::StatusOr<DestructionReceipt> WholeLife() {
    ENKRAT_ASSIGN_OR_RETURN(SessionLease lease, pool_->Acquire(absl::InfiniteFuture()));
    ENKRAT_ASSIGN_OR_RETURN(OneTimeKey key, lease.GenerateOneTimeKey({}));
    for (int i = 0; i < 3; ++i) {
      ENKRAT_RETURN_IF_ERROR(key.SignDigest(DigestAlgorithm::kSha256, Bytes(32, 1)).status());
    }
    return std::move(key).Destroy();
  }

  testing::SoftHsmDirectory directory_;
  testing::FakeClock clock_;
  std::string plan_path_;
  std::unique_ptr<Module> module_;
  std::unique_ptr<SessionPool> pool_;
};

TEST_F(FaultModule, EmptyPlanChangesNothing) {
  EXPECT_EQ(module_->info().manufacturer, "SoftHSM");
  EXPECT_THAT(WholeLife(), IsOk());
}

TEST_F(FaultModule, NthCallFailsOnceThoughTheLineStays) {
  Plan("C_Sign 5 CKR_DEVICE_ERROR\n");
  EXPECT_THAT(WholeLife(), IsOk());
  EXPECT_THAT(WholeLife(), FailsWith(Reason::kHsmUnavailable));
  EXPECT_THAT(WholeLife(), IsOk());
}

TEST_F(FaultModule, EveryCallFailsUntilTheLineGoes) {
  Plan("C_GenerateKeyPair * CKR_DEVICE_MEMORY\n");
  EXPECT_THAT(WholeLife(), FailsWith(Reason::kOverloaded));
  EXPECT_THAT(WholeLife(), FailsWith(Reason::kOverloaded));
  Plan("");
  EXPECT_THAT(WholeLife(), IsOk());
}

TEST_F(FaultModule, LineThatComesBackCountsAnew) {
  for (int i = 0; i < 2; ++i) {
    Plan("C_SignInit 1 CKR_ARGUMENTS_BAD\n");
    EXPECT_THAT(WholeLife(), FailsWith(Reason::kInternal));
    Plan("");
    EXPECT_THAT(WholeLife(), IsOk());
  }
}

TEST_F(FaultModule, AllCallsFailWhileTheHsmIsGone) {
  Plan("* * CKR_DEVICE_REMOVED\n");
  EXPECT_THAT(WholeLife(), FailsWith(Reason::kHsmUnavailable));
  Plan("");
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(WholeLife(), IsOk());
  ASSERT_OK_AND_ASSIGN(SessionLease lease, pool_->Acquire(absl::InfiniteFuture()));
  EXPECT_EQ(CountOneTimeKeys(lease).value(), 0u);
}

TEST_F(FaultModule, DestroyThatOnlyPretendsIsFoundOutAndMended) {
  Plan("C_DestroyObject * CKR_OK\n");
  EXPECT_THAT(WholeLife(), FailsWith(Reason::kKeyDestructionUnconfirmed));
  Plan("");
  EXPECT_THAT(WholeLife(), IsOk());
  EXPECT_EQ(pool_->statistics().reconnects, 1u);
  ASSERT_OK_AND_ASSIGN(SessionLease lease, pool_->Acquire(absl::InfiniteFuture()));
  EXPECT_EQ(CountOneTimeKeys(lease).value(), 0u);
}

TEST_F(FaultModule, ProcessEndsWhereThePlanSaysSo) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  // What the killed process leaves behind goes with this one's directory.
  setenv("TMPDIR", directory_.directory().c_str(), 1);
  EXPECT_EXIT(
      {
        Plan("C_Sign 2 KILL\n");
        WholeLife().status().IgnoreError();
      },
      ::testing::KilledBySignal(SIGKILL), "");
  unsetenv("TMPDIR");
}

}  // namespace
}  // namespace enkrat::hsm
