// The real service over an HSM that fails at each step of a signature: what the client is told,
// what is left, and that the next signature works.
#include <gtest/gtest.h>

#include <csignal>
#include <ostream>
#include <string>

#include "common/reason.h"
#include "tests/fault/faulty_service.h"
#include "tests/fault/health_watch.h"
#include "tests/support/status_matchers.h"

namespace enkrat::testing {
namespace {

struct Fault {
  const char* step;
  const char* plan;  // tests/fault/pkcs11_fault_module.cc
  absl::StatusCode code = absl::StatusCode::kAborted;
  Reason reason = Reason::kHsmUnavailable;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.step; }

std::string NameOf(const ::testing::TestParamInfo<Fault>& info) { return info.param.step; }

class HsmFault : public ::testing::TestWithParam<Fault> {
 protected:
  void SetUp() override {
    ASSERT_THAT(service_.Start(), IsOk());
    client_ = std::make_unique<SigningClient>(service_.environment().grpc_target());
    ASSERT_THAT(client_->Sign(service_.requests().Make()).status, IsOk());
    files_ = service_.TokenFiles();
  }

  // Neither the request again nor its assertion elsewhere yields anything.
  void ExpectSpent(const v1::SignRequest& request, Reason reason) {
    const SignAnswer again = client_->Sign(request);
    EXPECT_THAT(again.status, FailsWith(reason));
    const SignAnswer elsewhere = client_->Sign(RequestMaker::WithSameAssertion(request));
    EXPECT_EQ(elsewhere.code, absl::StatusCode::kUnauthenticated);
    EXPECT_THAT(elsewhere.status, FailsWith(Reason::kAssertionRejected));
  }

  FaultyService service_{{.fault_module = true}};
  std::unique_ptr<SigningClient> client_;
  std::set<std::string> files_;
};

class FaultInOneCall : public HsmFault {};

TEST_P(FaultInOneCall, EndsTheSessionWithoutAResultAndTheNextOneWorks) {
  const Fault& fault = GetParam();
  const v1::SignRequest request = service_.requests().Make();
  service_.Plan(fault.plan);
  const SignAnswer answer = client_->Sign(request);
  service_.Plan("");

  EXPECT_EQ(answer.code, fault.code) << answer.status;
  EXPECT_THAT(answer.status, FailsWith(fault.reason));
  EXPECT_EQ(answer.response.ByteSizeLong(), 0u);
  ExpectSpent(request, fault.reason);

  const SignAnswer next = client_->Sign(service_.requests().Make());
  EXPECT_THAT(next.status, IsOk());
  const LedgerAudit audit = service_.Audit();
  EXPECT_THAT(audit.CheckReply(next.response), IsOk());
  EXPECT_EQ(*audit.StateOf(kRelyingParty, request.intent().request_id()),
            store::SessionState::kFailed);
  EXPECT_THAT(audit.CheckNothingOpen(), IsOk());
  const bool unconfirmed = fault.reason == Reason::kKeyDestructionUnconfirmed;
  EXPECT_EQ(*service_.Metric("enkrat_hsm_destructions_unconfirmed"), unconfirmed ? 1 : 0);
  EXPECT_EQ(
      *service_.Metric("enkrat_hsm_keys_generated") - *service_.Metric("enkrat_hsm_keys_destroyed"),
      unconfirmed ? 1 : 0);
  EXPECT_EQ(service_.TokenFiles(), files_);
}

INSTANTIATE_TEST_SUITE_P(
    Steps, FaultInOneCall,
    ::testing::Values(Fault{"Generate", "C_GenerateKeyPair 1 CKR_DEVICE_REMOVED\n"},
                      Fault{"ReadBack", "C_GetAttributeValue 1 CKR_DEVICE_ERROR\n"},
                      Fault{"PersonMac", "C_Sign 1 CKR_DEVICE_REMOVED\n"},
                      Fault{"CertificateSignature", "C_Sign 2 CKR_DEVICE_REMOVED\n"},
                      Fault{"DocumentSignature", "C_Sign 3 CKR_DEVICE_ERROR\n"},
                      Fault{"TimestampSignature", "C_Sign 4 CKR_DEVICE_REMOVED\n"},
                      Fault{"Destruction", "C_DestroyObject 1 CKR_DEVICE_ERROR\n",
                            absl::StatusCode::kInternal, Reason::kKeyDestructionUnconfirmed},
                      Fault{"PretendedDestruction", "C_DestroyObject * CKR_OK\n",
                            absl::StatusCode::kInternal, Reason::kKeyDestructionUnconfirmed}),
    NameOf);

class KillInOneCall : public HsmFault {};

TEST_P(KillInOneCall, LeavesAnAbandonedSession) {
  const v1::SignRequest request = service_.requests().Make();
  service_.Plan(GetParam().plan);
  const SignAnswer answer = client_->Sign(request);
  EXPECT_FALSE(answer.from_service) << answer.status;
  EXPECT_EQ(service_.environment().daemon().WaitForExit(), 128 + SIGKILL);
  EXPECT_EQ(service_.TokenFiles(), files_);

  service_.Plan("");
  ASSERT_THAT(service_.Start(), IsOk());
  client_ = std::make_unique<SigningClient>(service_.environment().grpc_target());
  const LedgerAudit audit = service_.Audit();
  EXPECT_EQ(*audit.StateOf(kRelyingParty, request.intent().request_id()),
            store::SessionState::kAbandoned);
  EXPECT_THAT(audit.CheckNothingOpen(), IsOk());
  EXPECT_EQ(client_->Sign(request).code, absl::StatusCode::kAborted);
  ExpectSpent(request, Reason::kSessionAbandoned);
  EXPECT_THAT(client_->Sign(service_.requests().Make()).status, IsOk());
}

INSTANTIATE_TEST_SUITE_P(Steps, KillInOneCall,
                         ::testing::Values(Fault{"Generate", "C_GenerateKeyPair 1 KILL\n"},
                                           Fault{"CertificateSignature", "C_Sign 2 KILL\n"},
                                           Fault{"DocumentSignature", "C_Sign 3 KILL\n"},
                                           Fault{"Destruction", "C_DestroyObject 1 KILL\n"},
                                           Fault{"TimestampSignature", "C_Sign 4 KILL\n"}),
                         NameOf);

class HsmGone : public HsmFault {};

TEST_F(HsmGone, RefusesBeforeTheSpendOnceItIsKnownAndComesBack) {
  HealthWatch health(service_.environment().grpc_target());
  ASSERT_TRUE(health.WaitUntilServing());
  service_.Plan("* * CKR_DEVICE_REMOVED\n");

  // The first calls may find out the hard way; from then on the service knows.
  std::optional<v1::SignRequest> refused;
  for (int i = 0; i < 50 && !refused.has_value(); ++i) {
    const v1::SignRequest request = service_.requests().Make();
    const SignAnswer answer = client_->Sign(request);
    EXPECT_THAT(answer.status, FailsWith(Reason::kHsmUnavailable));
    if (answer.code == absl::StatusCode::kAborted) continue;
    EXPECT_EQ(answer.code, absl::StatusCode::kUnavailable);
    EXPECT_TRUE(RetryDelayOf(answer.status).has_value());
    refused = request;
  }
  ASSERT_TRUE(refused.has_value());
  EXPECT_THAT(service_.Audit().StateOf(kRelyingParty, refused->intent().request_id()),
              FailsWith(Reason::kNotFound));
  EXPECT_TRUE(health.WaitUntilNotServing());

  service_.Plan("");
  EXPECT_TRUE(health.WaitUntilServing(absl::Seconds(60)));
  EXPECT_THAT(client_->Sign(*refused).status, IsOk()) << "its assertion had not been spent";
  EXPECT_THAT(service_.Audit().CheckNothingOpen(), IsOk());
  EXPECT_EQ(service_.TokenFiles(), files_);
}

TEST_F(HsmGone, DoesNotStartOnATokenThatIsAway) {
  service_.environment().Terminate();
  service_.Plan("C_OpenSession * CKR_DEVICE_REMOVED\n");
  EXPECT_FALSE(service_.Start().ok());
  EXPECT_EQ(service_.environment().daemon().WaitForExit(), 1);
}

}  // namespace
}  // namespace enkrat::testing
