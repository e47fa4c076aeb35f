// The real service and an identity provider that is away, or changes its keys.
#include <gtest/gtest.h>

#include <csignal>

#include "common/reason.h"
#include "tests/fault/health_watch.h"
#include "tests/fault/request_maker.h"
#include "tests/fault/signing_client.h"
#include "tests/support/paths.h"
#include "tests/support/service_environment.h"
#include "tests/support/status_matchers.h"

namespace enkrat::testing {
namespace {

// An unknown key makes the service ask its provider at most so often (idp_client/issuer_keys.h);
// longer, because the machine may be busy.
constexpr absl::Duration kRefresh = absl::Seconds(60);

class IdpFault : public ::testing::Test {
 protected:
  v1::SignRequest Request(std::map<std::string, std::string> fields = {}) {
    fields["acr"] = "urn:enkrat:loa:high";
    v1::SignRequest request = maker_.Make();
    request.set_assertion(environment_.IdToken(fields));
    return request;
  }

  void Connect() {
    ASSERT_THAT(environment_.Start(), IsOk());
    client_ = std::make_unique<SigningClient>(environment_.grpc_target());
    health_ = std::make_unique<HealthWatch>(environment_.grpc_target());
  }

  void StopProvider() {
    environment_.idp().Signal(SIGKILL);
    environment_.idp().WaitForExit();
  }

  void PostToProvider(const std::string& path) {
    const ProgramOutcome outcome =
        RunProgram({.argv = {"curl", "-sSf", "-X", "POST", environment_.idp_url() + path}});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }

  // Signs until it works; a second passes between two tries.
  SignAnswer SignWhenKeysAreRefreshed(const v1::SignRequest& request, Reason until_then) {
    const absl::Time end = absl::Now() + kRefresh;
    SignAnswer answer = client_->Sign(request);
    while (!answer.status.ok() && absl::Now() < end) {
      EXPECT_THAT(answer.status, FailsWith(until_then));
      EXPECT_FALSE(health_->WaitUntilNotServing(absl::Seconds(1)));
      answer = client_->Sign(request);
    }
    return answer;
  }

  RequestMaker maker_;
  ServiceEnvironment environment_{
      {.settings = {{"relying_parties", RequestMaker::Settings("")["relying_parties"]}}}};
  std::unique_ptr<SigningClient> client_;
  std::unique_ptr<HealthWatch> health_;
};

TEST_F(IdpFault, ServiceStartsWithoutItsProviderAndFindsItLater) {
  const v1::SignRequest request = Request();
  StopProvider();
  Connect();
  const SignAnswer answer = client_->Sign(request);
  EXPECT_EQ(answer.code, absl::StatusCode::kUnavailable);
  EXPECT_THAT(answer.status, FailsWith(Reason::kIdpKeysUnavailable));
  v1::GetSessionResponse session;
  EXPECT_THAT(client_->GetSession(request.intent().request_id(), &session),
              FailsWith(Reason::kNotFound));

  const std::string port = environment_.idp_url().substr(environment_.idp_url().rfind(':') + 1);
  Subprocess provider({.argv = {BinaryPath("bin/enkrat-demo-idp"), "--port", port}});
  ASSERT_TRUE(provider.WaitForLine("issuer").has_value()) << provider.err();
  EXPECT_THAT(SignWhenKeysAreRefreshed(Request(), Reason::kIdpKeysUnavailable).status, IsOk());
}

TEST_F(IdpFault, KeysOutliveTheirProvider) {
  Connect();
  ASSERT_THAT(client_->Sign(Request()).status, IsOk());
  const v1::SignRequest known = Request();
  const v1::SignRequest unknown = Request({{"kid", "nobody"}});
  StopProvider();
  EXPECT_THAT(client_->Sign(known).status, IsOk());
  // Whether the provider was asked for the unknown key is a matter of when it was asked last.
  const SignAnswer answer = client_->Sign(unknown);
  EXPECT_TRUE(answer.code == absl::StatusCode::kUnauthenticated ||
              answer.code == absl::StatusCode::kUnavailable)
      << answer.status;
}

TEST_F(IdpFault, NewKeyOfTheProviderIsPickedUpAndTheOldOneStillCounts) {
  Connect();
  ASSERT_THAT(client_->Sign(Request()).status, IsOk());  // it has keys now
  const v1::SignRequest with_old_key = Request();
  PostToProvider("/rotate");
  const v1::SignRequest with_new_key = Request();
  EXPECT_THAT(client_->Sign(with_old_key).status, IsOk());
  EXPECT_THAT(SignWhenKeysAreRefreshed(with_new_key, Reason::kIdpKeysUnavailable).status, IsOk());
}

}  // namespace
}  // namespace enkrat::testing
