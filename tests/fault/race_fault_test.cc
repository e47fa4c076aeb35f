// Many calls that want the same thing at the same moment, and a service that is told to stop in
// the midst of them.
#include <gtest/gtest.h>

#include <csignal>
#include <future>
#include <set>

#include "common/reason.h"
#include "tests/fault/faulty_service.h"
#include "tests/fault/sign_load.h"
#include "tests/support/status_matchers.h"

namespace enkrat::testing {
namespace {

constexpr size_t kCalls = 24;

class RaceFault : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(service_.Start(), IsOk());
    // Several connections, so that the calls do not come one after the other.
    for (size_t i = 0; i < 4; ++i) {
      clients_.push_back(std::make_unique<SigningClient>(service_.environment().grpc_target()));
      ASSERT_THAT(clients_.back()->Sign(service_.requests().Make()).status, IsOk());
    }
  }

  // Only so many may wait for the call that they repeat (signer/running_sessions.h).
  static bool SentAway(const SignAnswer& answer) {
    return ReasonOf(answer.status) == Reason::kOverloaded &&
           answer.code == absl::StatusCode::kResourceExhausted &&
           RetryDelayOf(answer.status).has_value();
  }

  std::vector<SignAnswer> SignAllAtOnce(const std::vector<v1::SignRequest>& requests) {
    std::vector<std::promise<SignAnswer>> promises(requests.size());
    for (size_t i = 0; i < requests.size(); ++i) {
      clients_[i % clients_.size()]->Start(
          requests[i], absl::Seconds(30),
          [&promise = promises[i]](const SignAnswer& answer) { promise.set_value(answer); });
    }
    std::vector<SignAnswer> answers;
    for (auto& promise : promises) answers.push_back(promise.get_future().get());
    clients_.clear();  // waits for the callbacks
    return answers;
  }

  FaultyService service_;
  std::vector<std::unique_ptr<SigningClient>> clients_;
};

TEST_F(RaceFault, OneAssertionInManyCallsYieldsOneSignature) {
  std::vector<v1::SignRequest> requests = {service_.requests().Make()};
  while (requests.size() < kCalls) {
    requests.push_back(RequestMaker::WithSameAssertion(requests.front()));
  }
  size_t signatures = 0;
  for (const SignAnswer& answer : SignAllAtOnce(requests)) {
    if (answer.status.ok()) {
      ++signatures;
      EXPECT_THAT(service_.Audit().CheckReply(answer.response), IsOk());
    } else {
      EXPECT_EQ(answer.code, absl::StatusCode::kUnauthenticated);
      EXPECT_THAT(answer.status, FailsWith(Reason::kAssertionRejected));
    }
  }
  EXPECT_EQ(signatures, 1u);
  EXPECT_THAT(service_.Audit().CheckOneCertificatePerSession(kRelyingParty), IsOk());
}

TEST_F(RaceFault, OneRequestInManyCallsYieldsOneResult) {
  const std::vector<v1::SignRequest> requests(kCalls, service_.requests().Make());
  std::optional<v1::SignResponse> result;
  size_t first = 0;
  for (const SignAnswer& answer : SignAllAtOnce(requests)) {
    if (!answer.status.ok()) {
      EXPECT_TRUE(SentAway(answer)) << answer.status;
      continue;
    }
    if (!result.has_value()) result = answer.response;
    EXPECT_TRUE(SameResult(answer.response, *result));
    first += answer.response.replayed() ? 0 : 1;
  }
  EXPECT_EQ(first, 1u);
}

TEST_F(RaceFault, OneRequestIdWithManyContentsYieldsOneSignature) {
  const std::string id = service_.requests().Make().intent().request_id();
  std::vector<v1::SignRequest> requests(kCalls);
  for (v1::SignRequest& request : requests) {
    request = service_.requests().Make();
    request.mutable_intent()->set_request_id(id);
  }
  size_t signatures = 0;
  for (const SignAnswer& answer : SignAllAtOnce(requests)) {
    if (answer.status.ok()) {
      ++signatures;
    } else if (!SentAway(answer)) {
      EXPECT_EQ(answer.code, absl::StatusCode::kAlreadyExists);
      EXPECT_THAT(answer.status, FailsWith(Reason::kRequestIdReused));
    }
  }
  EXPECT_EQ(signatures, 1u);
}

TEST_F(RaceFault, ServiceThatIsToldToStopFinishesWhatItAccepted) {
  SignLoad load({.target = service_.environment().grpc_target(),
                 .concurrency = kCalls,
                 .next = [this] { return service_.requests().Make(); }});
  ASSERT_TRUE(load.WaitForSignatures(50));
  load.Stop();
  EXPECT_EQ(service_.environment().Terminate(), 0);

  const LedgerAudit audit = service_.Audit();
  EXPECT_THAT(audit.CheckNothingOpen(), IsOk());
  for (const SignedCall& call : load.Finish()) {
    if (call.answer.status.ok()) {
      EXPECT_THAT(audit.CheckReply(call.answer.response), IsOk());
    } else {
      // It came too late to be taken in.
      EXPECT_FALSE(call.answer.from_service) << call.answer.status;
      EXPECT_THAT(audit.StateOf(kRelyingParty, call.request.intent().request_id()),
                  FailsWith(Reason::kNotFound));
    }
  }
}

}  // namespace
}  // namespace enkrat::testing
