#include "cli/client.h"

#include <gtest/gtest.h>

#include <future>

#include "cli/outcome.h"
#include "enkrat/rpc/status_details.pb.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/cli/fake_signing_service.h"

namespace enkrat::cli {
namespace {

class ClientTest : public ::testing::Test {
 protected:
  FakeSigningService service_;
  v1::SignRequest request_;
  v1::SignResponse response_;
};

TEST_F(ClientTest, AnswerComesBack) {
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Create(service_.connection()));
  request_.mutable_intent()->set_request_id("id");
  EXPECT_THAT(client->Sign(request_, &response_), testing::IsOk());
  EXPECT_EQ(response_.request_id(), "id");
}

TEST_F(ClientTest, ErrorKeepsTheServicesReason) {
  rpc::ErrorInfo info;
  info.set_reason("ASSERTION_REJECTED");
  info.set_domain("enkrat");
  rpc::Status details;
  details.add_details()->set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  details.mutable_details(0)->set_value(info.SerializeAsString());
  service_.AnswerWith(
      grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "No.", details.SerializeAsString()));
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Create(service_.connection()));
  EXPECT_THAT(client->Sign(request_, &response_), testing::FailsWith(Reason::kAssertionRejected));
}

TEST_F(ClientTest, ServiceThatIsAwayIsUnavailable) {
  const Connection connection = service_.connection();
  service_.Stop();
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Create(connection));
  EXPECT_EQ(ExitCodeFor(client->Sign(request_, &response_)), kExitUnavailable);
}

TEST_F(ClientTest, ServiceThatIsSilentIsUnavailableAfterTheTimeout) {
  Connection connection = service_.connection();
  connection.timeout = absl::Milliseconds(50);
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Create(connection));
  v1::GetSessionResponse response;
  EXPECT_EQ(ExitCodeFor(client->GetSession({}, &response)), kExitUnavailable);
}

TEST_F(ClientTest, StartedCallsEndBeforeTheClientDoes) {
  int done = 0;
  {
    ASSERT_OK_AND_ASSIGN(const auto client, Client::Create(service_.connection()));
    std::promise<absl::Status> ended;
    client->StartSign(request_, [&](const absl::Status& status, const v1::SignResponse&) {
      ++done;
      ended.set_value(status);
    });
    EXPECT_THAT(ended.get_future().get(), testing::IsOk());
  }
  EXPECT_EQ(done, 1);
}

TEST_F(ClientTest, PlaintextToAnotherMachineIsRefused) {
  EXPECT_EQ(ExitCodeFor(Client::Create({.server = "192.0.2.1:1", .plaintext = true}).status()),
            kExitUsage);
}

TEST_F(ClientTest, MissingTlsFileIsUnavailable) {
  EXPECT_EQ(ExitCodeFor(Client::Create({.tls_ca_file = "/nowhere/ca.pem"}).status()),
            kExitUnavailable);
}

}  // namespace
}  // namespace enkrat::cli
