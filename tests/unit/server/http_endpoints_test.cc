#include "server/http_endpoints.h"

#include <gtest/gtest.h>

#include "common/reason.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::testing::HasSubstr;

class HttpEndpointsTest : public ::testing::Test {
 protected:
  HttpEndpoints::Parts Parts() {
    HttpEndpoints::Parts parts;
    parts.timestamp = [this](ByteSpan) -> absl::StatusOr<Bytes> {
      ++timestamps_;
      if (full_) return MakeError(Reason::kOverloaded, "full");
      return ToBytes(absl::string_view("reply"));
    };
    parts.certificates["root"] = Bytes{0x30, 0x00};
    parts.metrics = [] { return std::string("enkrat_calls_total 1\n"); };
    parts.healthy = [this] { return healthy_; };
    return parts;
  }
  HttpResponse Get(const std::string& path) {
    return HttpEndpoints(Parts()).Answer(
        {.method = "GET", .path = path, .content_type = "", .body = {}});
  }
  HttpResponse Post(const std::string& content_type, Bytes body) {
    return HttpEndpoints(Parts()).Answer(
        {.method = "POST", .path = "/tsa", .content_type = content_type, .body = std::move(body)});
  }

  bool healthy_ = true;
  bool full_ = false;
  int timestamps_ = 0;
};

TEST_F(HttpEndpointsTest, TimestampQueryIsAnsweredWithATimestampReply) {
  const HttpResponse response = Post("Application/Timestamp-Query; x=y", Bytes(10));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/timestamp-reply");
  EXPECT_EQ(timestamps_, 1);
}

TEST_F(HttpEndpointsTest, OtherMediaTypesAreRefusedBeforeTheUnitIsAsked) {
  for (const char* type :
       {"", "text/plain", "application/timestamp-reply", "application/timestamp-queryx"}) {
    EXPECT_EQ(Post(type, Bytes(10)).status, 415) << type;
  }
  EXPECT_EQ(timestamps_, 0);
}

TEST_F(HttpEndpointsTest, OversizedQueryIsRefusedBeforeTheUnitIsAsked) {
  EXPECT_EQ(Post("application/timestamp-query", Bytes(4097)).status, 413);
  EXPECT_EQ(timestamps_, 0);
}

TEST_F(HttpEndpointsTest, FullHouseIsAnswered503WithADelay) {
  full_ = true;
  const HttpResponse response = Post("application/timestamp-query", Bytes(10));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers,
            (std::vector<std::pair<std::string, std::string>>{{"Retry-After", "1"}}));
}

TEST_F(HttpEndpointsTest, EverythingButATimestampIsQuick) {
  const HttpEndpoints endpoints(Parts());
  const auto quick = [&](const std::string& path) {
    return endpoints.AnswerQuickly({.method = "GET", .path = path, .content_type = "", .body = {}})
        .has_value();
  };
  for (const char* path : {"/healthz", "/metrics", "/ca/root.cer", "/elsewhere"}) {
    EXPECT_TRUE(quick(path)) << path;
  }
  EXPECT_FALSE(quick("/tsa"));
}

TEST_F(HttpEndpointsTest, GettingATimestampIsNotAllowed) {
  const HttpResponse response = Get("/tsa");
  EXPECT_EQ(response.status, 405);
  ASSERT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.headers[0].second, "POST");
}

TEST_F(HttpEndpointsTest, WithoutAnOwnUnitThereIsNoTimestamp) {
  HttpEndpoints::Parts parts = Parts();
  parts.timestamp = nullptr;
  EXPECT_EQ(HttpEndpoints(parts)
                .Answer({.method = "POST", .path = "/tsa", .content_type = "", .body = {}})
                .status,
            404);
}

TEST_F(HttpEndpointsTest, CertificatesAreServedAsPkixCert) {
  const HttpResponse response = Get("/ca/root.cer");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/pkix-cert");
  EXPECT_EQ(response.body, (Bytes{0x30, 0x00}));
}

TEST_F(HttpEndpointsTest, OtherPathsAreNotFound) {
  for (const char* path :
       {"/", "/ca/", "/ca/.cer", "/ca/other.cer", "/ca/root", "/ca/../root.cer", "/ca/ROOT.cer"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
}

TEST_F(HttpEndpointsTest, PostingElsewhereIsNotAllowed) {
  const HttpResponse response = HttpEndpoints(Parts()).Answer(
      {.method = "POST", .path = "/metrics", .content_type = "", .body = {}});
  EXPECT_EQ(response.status, 405);
}

TEST_F(HttpEndpointsTest, HealthFollowsTheService) {
  EXPECT_EQ(Get("/healthz").status, 200);
  healthy_ = false;
  EXPECT_EQ(Get("/healthz").status, 503);
}

TEST_F(HttpEndpointsTest, MetricsAreText) {
  EXPECT_THAT(ToString(Get("/metrics").body), HasSubstr("enkrat_calls_total"));
}

}  // namespace
}  // namespace enkrat::server
