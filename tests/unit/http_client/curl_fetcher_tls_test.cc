// CurlFetcher trusts no TLS server without a reason.
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>

#include "http_client/curl_fetcher.h"
#include "tests/support/loopback_http_server.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::http_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::LoopbackHttpServer;
using ::enkrat::testing::OkAnswer;

class CurlFetcherTlsTest : public ::testing::Test {
 protected:
  void Start(LoopbackHttpServer::Options options = {}) {
    options.tls = true;
    options.handler = [](const std::string&) { return OkAnswer("text/plain", "over TLS"); };
    server_ = std::make_unique<LoopbackHttpServer>(options);
    std::ofstream(roots_) << server_->certificate_pem();
  }

  absl::StatusOr<HttpResponse> Get(const std::string& roots) {
    return fetcher_->Fetch({.url = server_->Url("/"), .tls_ca_file = roots});
  }

  std::unique_ptr<CurlFetcher> fetcher_ = CurlFetcher::Create().value();
  std::unique_ptr<LoopbackHttpServer> server_;
  const enkrat::testing::ScratchFolder folder_;
  const std::string roots_ = folder_.File("roots.pem");
};

TEST_F(CurlFetcherTlsTest, ServerOfATrustedRootIsAccepted) {
  Start();
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, Get(roots_));
  EXPECT_EQ(ToString(response.body), "over TLS");
}

TEST_F(CurlFetcherTlsTest, ServerUnknownToTheSystemIsRefused) {
  Start();
  EXPECT_THAT(Get(""), FailsWith(Reason::kInternal));
}

TEST_F(CurlFetcherTlsTest, ServerTrustedOnceIsNotTrustedWithOtherRoots) {
  Start();
  ASSERT_THAT(Get(roots_), IsOk());
  EXPECT_THAT(Get(""), FailsWith(Reason::kInternal));
}

TEST_F(CurlFetcherTlsTest, CertificateForAnotherHostIsRefused) {
  Start({.certificate_names = "DNS:idp.example,IP:127.0.0.2"});
  EXPECT_THAT(Get(roots_), FailsWith(Reason::kInternal));
}

TEST_F(CurlFetcherTlsTest, TlsOlderThan12IsRefused) {
  Start({.tls_max_version = TLS1_1_VERSION});
  EXPECT_THAT(Get(roots_), FailsWith(Reason::kInternal));
}

TEST_F(CurlFetcherTlsTest, Tls12IsAccepted) {
  Start({.tls_max_version = TLS1_2_VERSION});
  EXPECT_THAT(Get(roots_), IsOk());
}

TEST_F(CurlFetcherTlsTest, MissingFileOfRootsIsAMatterOfConfiguration) {
  Start();
  EXPECT_THAT(Get("/nonexistent/roots.pem"), FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::http_client
