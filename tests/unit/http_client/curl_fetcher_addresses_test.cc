// A stranger's URL leads to the Internet or nowhere: the address that is connected to is judged.
#include <gtest/gtest.h>

#include "http_client/curl_fetcher.h"
#include "tests/support/loopback_http_server.h"
#include "tests/support/status_matchers.h"

namespace enkrat::http_client {
namespace {

using enkrat::testing::FailsWith;
using enkrat::testing::IsOk;
using enkrat::testing::LoopbackHttpServer;

absl::Status FetchPublic(HttpFetcher& fetcher, const std::string& url) {
  return fetcher
      .Fetch({.url = url,
              .timeout = absl::Seconds(2),
              .plain_http = PlainHttp::kAnywhere,
              .public_addresses_only = true})
      .status();
}

// Refused before anything is sent: nobody need listen, no resolver is asked for a literal.
TEST(CurlFetcherAddressesTest, EveryWayToSpellAnInsideAddressIsRefused) {
  auto fetcher = *CurlFetcher::Create();
  for (const char* url : {"http://127.0.0.1/",
                          "http://localhost/",
                          "https://localhost/",
                          "http://2130706433/",
                          "http://0x7f.1/",
                          "http://0177.0.0.1/",
                          "http://0/",
                          "http://0.0.0.0/",
                          "http://10.0.0.1/",
                          "http://192.168.1.1/",
                          "http://169.254.169.254/latest/meta-data/",
                          "http://100.64.0.1/",
                          "http://[::1]/",
                          "http://[::ffff:127.0.0.1]/",
                          "http://[::]/",
                          "http://[::ffff:a9fe:a9fe]/",
                          "http://[fd00::1]/",
                          "http://[64:ff9b::a00:1]/",
                          "http://[2002:7f00:1::]/",
                          "http://127.0.0.1:80/",
                          "http://foo.localhost/"}) {
    const absl::Status status = FetchPublic(*fetcher, url);
    EXPECT_THAT(status, FailsWith(Reason::kConfigurationInvalid)) << url;
    EXPECT_NE(status.message().find("not public"), std::string::npos) << url << status;
  }
}

TEST(CurlFetcherAddressesTest, UnusualPortsAreRefused) {
  auto fetcher = *CurlFetcher::Create();
  for (const char* url : {"http://1.1.1.1:22/", "http://1.1.1.1:443/", "https://1.1.1.1:80/",
                          "https://1.1.1.1:8443/", "http://1.1.1.1:65535/"}) {
    const absl::Status status = FetchPublic(*fetcher, url);
    EXPECT_THAT(status, FailsWith(Reason::kConfigurationInvalid)) << url;
    EXPECT_NE(status.message().find("port"), std::string::npos) << url;
  }
}

TEST(CurlFetcherAddressesTest, OtherSchemesAreRefused) {
  auto fetcher = *CurlFetcher::Create();
  for (const char* url : {"ftp://1.1.1.1/", "file:///etc/passwd", "ldap://1.1.1.1/",
                          "gopher://1.1.1.1/", "http://user@1.1.1.1/"}) {
    EXPECT_THAT(FetchPublic(*fetcher, url), FailsWith(Reason::kConfigurationInvalid)) << url;
  }
}

TEST(CurlFetcherAddressesTest, WithoutTheLimitTheInsideCanBeAsked) {
  LoopbackHttpServer server(
      {.handler = [](const std::string&) { return testing::OkAnswer("text/plain", "here"); }});
  auto fetcher = *CurlFetcher::Create();
  EXPECT_THAT(
      fetcher->Fetch({.url = server.Url("/"), .plain_http = PlainHttp::kOnLoopback}).status(),
      IsOk());
}

}  // namespace
}  // namespace enkrat::http_client
