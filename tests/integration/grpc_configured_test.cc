// What a client is told by services that are configured to be small, open or in a hurry.
#include <algorithm>
#include <string>

#include "tests/integration/running_service.h"
#include "tests/integration/sign_calls.h"

namespace enkrat::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;

constexpr int kResourceExhausted = 8;
constexpr int kDeadlineExceeded = 4;
constexpr int kUnavailable = 14;

std::vector<CallOutcome> LongCallsAtOnce(const ServiceEnvironment& service, int count) {
  const GrpcCaller caller({service.grpc_target()});
  return caller.CallAtOnce(kSign, LongRequests(service, caller, count));
}

size_t CountGranted(const std::vector<CallOutcome>& outcomes) {
  return static_cast<size_t>(std::count_if(outcomes.begin(), outcomes.end(),
                                           [](const CallOutcome& one) { return one.ok(); }));
}

TEST(GrpcConfiguredTest, FullHouseIsOverloadedWithARetryDelay) {
  ServiceEnvironment service({.settings = {{"server.max_in_flight", "1"}}});
  ASSERT_THAT(service.Start(), IsOk());
  const std::vector<CallOutcome> outcomes = LongCallsAtOnce(service, 6);
  EXPECT_GE(CountGranted(outcomes), 1u);
  EXPECT_THAT(outcomes, Contains(Refuses(kResourceExhausted, "OVERLOADED")));
  for (const CallOutcome& outcome : outcomes) {
    EXPECT_EQ(outcome.has_retry_delay, outcome.reason == "OVERLOADED");
  }
}

TEST(GrpcConfiguredTest, PartyOverItsShareIsRateLimited) {
  ServiceEnvironment service(
      {.settings = {
           {"relying_parties", "[{id: demo, max_in_flight: 1, levels: [{level: advanced}]}]"}}});
  ASSERT_THAT(service.Start(), IsOk());
  const std::vector<CallOutcome> outcomes = LongCallsAtOnce(service, 6);
  EXPECT_GE(CountGranted(outcomes), 1u);
  EXPECT_THAT(outcomes, Contains(Refuses(kResourceExhausted, "RATE_LIMITED")));
}

TEST(GrpcConfiguredTest, DeadlineBelowWhatASignatureTakesIsToldSo) {
  ServiceEnvironment service({.settings = {{"server.default_deadline", "10ms"}}});
  ASSERT_THAT(service.Start(), IsOk());
  const GrpcCaller caller({service.grpc_target()});
  v1::SignRequest request = UnboundRequest();
  request.set_assertion("never looked at");
  // So long a deadline counts as none, and the service's own holds.
  EXPECT_THAT(caller.Call(kSign, request, nullptr, {.timeout = absl::Hours(1)}),
              Refuses(kDeadlineExceeded, "DEADLINE_TOO_SHORT"));
}

TEST(GrpcConfiguredTest, IdentityProviderThatIsAwayIsUnavailableAndSpendsNothing) {
  ServiceEnvironment service;
  ASSERT_THAT(service.Start(), IsOk());
  const v1::SignRequest request = BoundRequest(service, GrpcCaller({service.grpc_target()}));
  service.idp().Signal(SIGKILL);
  ASSERT_TRUE(service.idp().WaitForExit().has_value());
  ASSERT_THAT(service.Restart(), IsOk());  // the first may have fetched the keys by itself
  const GrpcCaller caller({service.grpc_target()});
  EXPECT_THAT(caller.Call(kSign, request, nullptr), Refuses(kUnavailable, "IDP_KEYS_UNAVAILABLE"));
}

TEST(GrpcConfiguredTest, ReflectionIsOnWhenItIsConfigured) {
  ServiceEnvironment service({.settings = {{"server.reflection", "true"}}});
  ASSERT_THAT(service.Start(), IsOk());
  const GrpcCaller caller({service.grpc_target()});
  const CallOutcome outcome = caller.Call(
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", std::string("\x3a\x01*"));
  ASSERT_THAT(outcome, IsGranted());
  EXPECT_THAT(*outcome.reply, AllOf(HasSubstr("enkrat.v1.SigningService"),
                                    HasSubstr("enkrat.v1.CertificateService"),
                                    HasSubstr("enkrat.v1.TimestampService")));
}

}  // namespace
}  // namespace enkrat::testing
