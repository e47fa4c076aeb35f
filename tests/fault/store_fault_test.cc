// The real service over a ledger that cannot be written: nothing is spent, nothing leaves, and it
// goes on when the ledger does.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>

#include "common/reason.h"
#include "store/sqlite_connection.h"
#include "tests/fault/faulty_service.h"
#include "tests/fault/health_watch.h"
#include "tests/fault/sign_load.h"
#include "tests/support/status_matchers.h"

namespace enkrat::testing {
namespace {

class StoreFault : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(service_.Start(), IsOk());
    client_ = std::make_unique<SigningClient>(service_.environment().grpc_target());
    ASSERT_THAT(client_->Sign(service_.requests().Make()).status, IsOk());
  }

  // No write to any file succeeds while the limit is 0, as on a disk that is full.
  void SetDiskFull(bool full) {
    const pid_t pid = service_.environment().daemon().pid();
    rlimit limit{};
    ASSERT_EQ(prlimit(pid, RLIMIT_FSIZE, nullptr, &limit), 0);
    limit.rlim_cur = full ? 0 : limit.rlim_max;
    ASSERT_EQ(prlimit(pid, RLIMIT_FSIZE, &limit, nullptr), 0);
  }

  std::string LedgerPath() { return service_.environment().File("ledger.db"); }

  // Refused before anything was spent: the same request is good later.
  v1::SignRequest ExpectRefused() {
    const v1::SignRequest request = service_.requests().Make();
    const SignAnswer answer = client_->Sign(request);
    EXPECT_EQ(answer.code, absl::StatusCode::kUnavailable) << answer.status;
    EXPECT_THAT(answer.status, FailsWith(Reason::kStoreUnavailable));
    EXPECT_EQ(answer.response.ByteSizeLong(), 0u);
    return request;
  }

  void ExpectSigned(const v1::SignRequest& request) {
    const SignAnswer answer = client_->Sign(request);
    ASSERT_THAT(answer.status, IsOk());
    EXPECT_THAT(service_.Audit().CheckReply(answer.response), IsOk());
  }

  FaultyService service_;
  std::unique_ptr<SigningClient> client_;
};

TEST_F(StoreFault, FullDiskRefusesBeforeTheSpendAndTheServiceRecovers) {
  HealthWatch health(service_.environment().grpc_target());
  ASSERT_TRUE(health.WaitUntilServing());
  SetDiskFull(true);
  const v1::SignRequest request = ExpectRefused();
  EXPECT_TRUE(health.WaitUntilNotServing());
  SetDiskFull(false);
  ExpectSigned(request);
  EXPECT_TRUE(health.WaitUntilServing());
}

TEST_F(StoreFault, DiskThatFillsUnderLoadReleasesNothingThatIsNotDurable) {
  SignLoad load({.target = service_.environment().grpc_target(), .concurrency = 8, .next = [this] {
                   return service_.requests().Make();
                 }});
  for (size_t i = 1; i <= 5; ++i) {
    ASSERT_TRUE(load.WaitForSignatures(10 * i));
    SetDiskFull(true);
    ASSERT_TRUE(load.WaitForFailures(8 * i));
    SetDiskFull(false);
  }
  ASSERT_TRUE(load.WaitForSignatures(100));
  const std::vector<SignedCall> calls = load.Finish();

  const LedgerAudit audit = service_.Audit();
  for (const SignedCall& call : calls) {
    const auto state = audit.StateOf(kRelyingParty, call.request.intent().request_id());
    if (call.answer.status.ok()) {
      EXPECT_THAT(audit.CheckReply(call.answer.response), IsOk());
    } else if (call.answer.code == absl::StatusCode::kUnavailable) {
      EXPECT_THAT(state, FailsWith(Reason::kNotFound)) << "spent, though the client was not told";
    } else {
      EXPECT_EQ(call.answer.code, absl::StatusCode::kAborted) << call.answer.status;
      ASSERT_THAT(state, IsOk());
      EXPECT_NE(*state, store::SessionState::kCompleted);
    }
  }
  EXPECT_EQ(*service_.Metric("enkrat_hsm_keys_generated"),
            *service_.Metric("enkrat_hsm_keys_destroyed"));
  // A session whose failure could not be written has its end after the next start.
  ASSERT_THAT(service_.environment().Restart(), IsOk());
  EXPECT_THAT(service_.Audit().CheckNothingOpen(), IsOk());
  EXPECT_THAT(service_.Audit().CheckOneCertificatePerSession(kRelyingParty), IsOk());
}

TEST_F(StoreFault, LedgerThatAnotherProcessLocksRefusesBeforeTheSpend) {
  auto other = store::SqliteConnection::Open(LedgerPath(), store::SqliteConnection::Use::kWriting,
                                             /*vfs=*/"");
  ASSERT_THAT(other, IsOk());
  ASSERT_THAT((*other)->Execute("BEGIN EXCLUSIVE"), IsOk());
  const v1::SignRequest request = ExpectRefused();
  ASSERT_THAT((*other)->Execute("ROLLBACK"), IsOk());
  ExpectSigned(request);
}

TEST_F(StoreFault, LedgerThatWasMovedAwayRefusesBeforeTheSpend) {
  std::filesystem::rename(LedgerPath(), LedgerPath() + ".moved");
  const v1::SignRequest request = ExpectRefused();
  std::filesystem::rename(LedgerPath() + ".moved", LedgerPath());
  ExpectSigned(request);
}

TEST_F(StoreFault, SecondServiceOnTheSameLedgerDoesNotStart) {
  Subprocess second(service_.environment().DaemonCall());
  EXPECT_EQ(second.WaitForExit(), 1);
  ExpectSigned(service_.requests().Make());
}

}  // namespace
}  // namespace enkrat::testing
