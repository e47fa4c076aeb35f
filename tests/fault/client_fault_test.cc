// Clients that leave, hurry, crowd in or play tricks with streams, against the real service.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "common/reason.h"
#include "tests/fault/faulty_service.h"
#include "tests/fault/sign_load.h"
#include "tests/support/status_matchers.h"

namespace enkrat::testing {
namespace {

constexpr size_t kMaxInFlight = 8;

class ClientFault : public ::testing::Test {
 protected:
  void SetUp() override {
    seed_ = std::random_device()();
    random_.seed(seed_);
    RecordProperty("seed", std::to_string(seed_));
    ASSERT_THAT(service_.Start(), IsOk());
  }

  size_t Random(size_t most) { return std::uniform_int_distribution<size_t>(0, most)(random_); }

  // Nobody is in the house, no key is left, every intent has an end, and the service serves.
  void ExpectQuiet() {
    EXPECT_TRUE(service_.WaitForMetric("enkrat_calls_in_flight", 0));
    EXPECT_EQ(*service_.Metric("enkrat_hsm_keys_generated"),
              *service_.Metric("enkrat_hsm_keys_destroyed"));
    EXPECT_THAT(service_.Audit().CheckNothingOpen(), IsOk());
    EXPECT_THAT(service_.Connect().Sign(service_.requests().Make()).status, IsOk());
  }

  FaultyService service_{{.settings = {{"server.max_in_flight", std::to_string(kMaxInFlight)}}}};
  uint64_t seed_ = 0;
  std::mt19937_64 random_;
};

TEST_F(ClientFault, ClientsThatLeaveAtRandomMomentsLeaveNothingBehind) {
  SCOPED_TRACE(::testing::Message() << "seed " << seed_);
  SignLoad load({.target = service_.environment().grpc_target(),
                 .concurrency = kMaxInFlight,
                 .next = [this] { return service_.requests().Make(1 + Random(4)); }});
  for (size_t answers = 0, i = 0; i < 60; ++i) {
    answers += 1 + Random(5);
    ASSERT_TRUE(load.WaitForAnswers(answers));
    load.Cancel(1 + Random(kMaxInFlight - 1));
  }
  const std::vector<SignedCall> calls = load.Finish();
  ExpectQuiet();

  const LedgerAudit audit = service_.Audit();
  size_t cancelled = 0;
  for (const SignedCall& call : calls) {
    if (call.answer.status.ok()) {
      EXPECT_THAT(audit.CheckReply(call.answer.response), IsOk());
      continue;
    }
    // Its place was taken again before it was free; or it left.
    if (call.answer.code == absl::StatusCode::kResourceExhausted) continue;
    EXPECT_EQ(call.answer.code, absl::StatusCode::kCancelled) << call.answer.status;
    ++cancelled;
    const auto state = audit.StateOf(kRelyingParty, call.request.intent().request_id());
    if (!state.ok() || *state != store::SessionState::kCompleted) continue;
    // It finished regardless, and can be fetched.
    v1::GetSessionResponse session;
    EXPECT_THAT(service_.Connect().GetSession(call.request.intent().request_id(), &session),
                IsOk());
    EXPECT_THAT(audit.CheckReply(session.result()), IsOk());
  }
  EXPECT_GT(cancelled, 0u);
}

TEST_F(ClientFault, DeadlineShorterThanASignatureEndsInOrder) {
  SigningClient client(service_.environment().grpc_target());
  ASSERT_THAT(client.Sign(service_.requests().Make()).status, IsOk());  // connected
  size_t late = 0;
  for (int i = 0; i < 60; ++i) {
    const v1::SignRequest request = service_.requests().Make(8);
    const SignAnswer answer = client.Sign(request, absl::Microseconds(200 * (i + 1)));
    if (answer.status.ok()) continue;
    EXPECT_EQ(answer.code, absl::StatusCode::kDeadlineExceeded) << answer.status;
    ++late;
  }
  EXPECT_GT(late, 0u);
  ExpectQuiet();
}

TEST_F(ClientFault, OverloadIsRefusedAtOnceAndWhatWasAcceptedSucceeds) {
  SignLoad load({.target = service_.environment().grpc_target(),
                 .concurrency = 3 * kMaxInFlight,
                 .next = [this] { return service_.requests().Make(); }});
  ASSERT_TRUE(load.WaitForSignatures(100));
  const std::vector<SignedCall> calls = load.Finish();

  const LedgerAudit audit = service_.Audit();
  std::vector<absl::Duration> refusals;
  std::optional<v1::SignRequest> refused;
  for (const SignedCall& call : calls) {
    if (call.answer.status.ok()) {
      EXPECT_THAT(audit.CheckReply(call.answer.response), IsOk());
      continue;
    }
    ASSERT_EQ(call.answer.code, absl::StatusCode::kResourceExhausted) << call.answer.status;
    EXPECT_THAT(call.answer.status, FailsWith(Reason::kOverloaded));
    EXPECT_TRUE(RetryDelayOf(call.answer.status).has_value());
    refusals.push_back(call.answer.took);
    refused = call.request;
  }
  ASSERT_TRUE(refused.has_value());
  std::nth_element(refusals.begin(), refusals.begin() + refusals.size() / 2, refusals.end());
  EXPECT_LT(refusals[refusals.size() / 2], absl::Milliseconds(250));
  EXPECT_THAT(audit.StateOf(kRelyingParty, refused->intent().request_id()),
              FailsWith(Reason::kNotFound));
  ExpectQuiet();
  EXPECT_THAT(service_.Connect().Sign(*refused).status, IsOk()) << "nothing of it was spent";
}

// docs/stack.md: opening and resetting streams gets past gRPC's own limit of streams.
TEST_F(ClientFault, RapidResetDoesNotGetPastTheLimitOfCallsInFlight) {
  double most = 0;
  {
    SigningClient client(service_.environment().grpc_target());
    for (int round = 0; round < 60; ++round) {
      for (int i = 0; i < 20; ++i) {
        client.Start(service_.requests().Make(), absl::Seconds(30), [](const SignAnswer&) {})
            ->Cancel();
      }
      most = std::max(most, service_.Metric("enkrat_calls_in_flight").value_or(0));
    }
  }
  EXPECT_LE(most, static_cast<double>(kMaxInFlight));
  ExpectQuiet();
}

}  // namespace
}  // namespace enkrat::testing
