#include "cli/client.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <future>

#include "absl/strings/str_cat.h"
#include "cli/outcome.h"
#include "enkrat/rpc/status_details.pb.h"
#include "enkrat/v1/signing_service.grpc.pb.h"
#include "tests/support/status_matchers.h"

namespace enkrat::cli {
namespace {

// Answers what the test tells it to, on a free port of this machine.
class FakeService final : public v1::SigningService::Service {
 public:
  FakeService() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  Connection connection() const {
    return {.server = absl::StrCat("127.0.0.1:", port_), .plaintext = true};
  }
  void AnswerWith(grpc::Status status) { status_ = std::move(status); }
  void Stop() { server_->Shutdown(); }

 private:
  grpc::Status Sign(grpc::ServerContext*, const v1::SignRequest* request,
                    v1::SignResponse* response) override {
    response->set_request_id(request->intent().request_id());
    return status_;
  }
  grpc::Status GetSession(grpc::ServerContext* context, const v1::GetSessionRequest*,
                          v1::GetSessionResponse*) override {
    while (!context->IsCancelled()) std::this_thread::yield();  // until the client gives up
    return grpc::Status::OK;
  }

  int port_ = 0;
  grpc::Status status_ = grpc::Status::OK;
  std::unique_ptr<grpc::Server> server_;
};

class ClientTest : public ::testing::Test {
 protected:
  FakeService service_;
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
