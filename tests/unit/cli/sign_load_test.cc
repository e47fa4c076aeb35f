#include "cli/sign_load.h"

#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_cat.h"
#include "cli/outcome.h"
#include "common/thread_pool.h"
#include "server/http_server.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/cli/fake_signing_service.h"
#include "tools/demo_idp/provider.h"

namespace enkrat::cli {
namespace {

// The real demo provider and a fake service, both on free ports of this machine. Runs end when
// their tokens do, so that no test waits for a time to pass.
class SignLoadTest : public ::testing::Test {
 protected:
  SignLoadTest() {
    provider_->SetIssuer("http://127.0.0.1:1");
    http_ = server::HttpServer::Start(
                {.max_body_size = 1 << 20}, pool_,
                [this](const server::HttpRequest& request) { return provider_->Answer(request); })
                .value();
  }

  absl::StatusOr<std::unique_ptr<RequestSupply>> Supply(size_t total, size_t stock = 1000) {
    return RequestSupply::Create(
        {.login = {.idp_url = absl::StrCat("http://127.0.0.1:", http_->port())},
         .relying_party = "demo",
         .choice = {.format = signer::SignatureFormat::kRaw},
         .documents = 2,
         .stock = stock,
         .total = total});
  }

  LoadReport Run(SignLoadOptions options, RequestSupply& supply) {
    options.warm_up = absl::ZeroDuration();
    options.length = absl::Minutes(5);
    std::vector<std::unique_ptr<Client>> clients;
    clients.push_back(Client::Create(service_.connection()).value());
    Progress progress(context_, "load");
    return RunSignLoad(options, clients, supply, progress);
  }

  std::ostringstream out_;
  Context context_{.out = out_, .err = out_};
  testing::FakeClock clock_;
  ThreadPool pool_{{.threads = 1}};
  std::unique_ptr<demo_idp::Provider> provider_ =
      demo_idp::Provider::Create("ES256", clock_).value();
  std::unique_ptr<server::HttpServer> http_;
  FakeSigningService service_;
};

TEST_F(SignLoadTest, ClosedLoopSpendsEveryTokenOnceAndVerifiesASample) {
  ASSERT_OK_AND_ASSIGN(const auto supply, Supply(120));
  const LoadReport report = Run({.concurrency = 4}, *supply);
  EXPECT_EQ(report.succeeded, 120u);
  EXPECT_EQ(service_.calls(), 120);
  EXPECT_TRUE(report.errors.empty());
  EXPECT_EQ(report.verified, 3u);
  EXPECT_EQ(report.verification_failures, 0u);
  EXPECT_TRUE(report.ran_dry);
  EXPECT_GT(report.OperationsPerSecond(), 0);
}

TEST_F(SignLoadTest, OpenLoopSendsAtItsRate) {
  ASSERT_OK_AND_ASSIGN(const auto supply, Supply(50));
  const LoadReport report = Run({.open_loop = true, .concurrency = 1000, .rate = 1000}, *supply);
  EXPECT_EQ(report.succeeded, 50u);
  EXPECT_LT(report.OperationsPerSecond(), 1100);
}

TEST_F(SignLoadTest, WrongSignaturesAreFound) {
  service_.SignWrongly();
  ASSERT_OK_AND_ASSIGN(const auto supply, Supply(60));
  const LoadReport report = Run({.concurrency = 2}, *supply);
  EXPECT_EQ(report.verified, 2u);
  EXPECT_EQ(report.verification_failures, 2u);
}

TEST_F(SignLoadTest, ErrorsOfTheServiceAreCounted) {
  service_.AnswerWith(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "busy"));
  ASSERT_OK_AND_ASSIGN(const auto supply, Supply(10));
  const LoadReport report = Run({.concurrency = 2}, *supply);
  EXPECT_EQ(report.succeeded, 0u);
  EXPECT_EQ(report.errors.at("TRANSPORT_RESOURCE_EXHAUSTED"), 10u);
}

TEST_F(SignLoadTest, ClosedLoopEndsWhenTheServiceIsAway) {
  service_.Stop();
  ASSERT_OK_AND_ASSIGN(const auto supply, Supply(1000));
  const LoadReport report = Run({.concurrency = 4}, *supply);
  EXPECT_EQ(report.succeeded, 0u);
  EXPECT_LE(report.errors.at("TRANSPORT_UNAVAILABLE"), 8u);
}

TEST_F(SignLoadTest, SupplyIsRefilledWhileItIsUsed) {
  ASSERT_OK_AND_ASSIGN(const auto supply, Supply(4500, 2000));
  size_t taken = 0;
  while (taken < 4500) {
    if (supply->Take() != nullptr) {
      ++taken;
    } else {
      std::this_thread::yield();
    }
  }
  EXPECT_EQ(supply->Take(), nullptr);
}

TEST_F(SignLoadTest, SupplyWithoutProviderIsUnavailable) {
  http_.reset();
  const auto supply = RequestSupply::Create(
      {.login = {.idp_url = "http://127.0.0.1:1"}, .relying_party = "demo", .total = 1});
  EXPECT_EQ(ExitCodeFor(supply.status()), kExitUnavailable);
}

}  // namespace
}  // namespace enkrat::cli
