// CurlFetcher against a server that says what it is told to.
#include "http_client/curl_fetcher.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/loopback_http_server.h"
#include "tests/support/status_matchers.h"

namespace enkrat::http_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::LoopbackHttpServer;
using ::enkrat::testing::OkAnswer;
using ::enkrat::testing::RawAnswer;

class CurlFetcherTest : public ::testing::Test {
 protected:
  void Start(RawAnswer answer) {
    server_ = std::make_unique<LoopbackHttpServer>(
        LoopbackHttpServer::Options{.handler = [this, answer](const std::string& request) {
          ++requests_;
          last_request_ = request;
          return answer;
        }});
  }

  HttpRequest Get(const std::string& path = "/x") const {
    return {.url = server_->Url(path), .plain_http = PlainHttp::kOnLoopback};
  }

  std::unique_ptr<CurlFetcher> fetcher_ = CurlFetcher::Create().value();
  std::atomic<int> requests_ = 0;
  std::string last_request_;
  std::unique_ptr<LoopbackHttpServer> server_;
};

TEST_F(CurlFetcherTest, GetAnswersStatusTypeAndBody) {
  Start(OkAnswer("Application/JSON; charset=utf-8", "{\"a\":1}"));
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, fetcher_->Fetch(Get()));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(ToString(response.body), "{\"a\":1}");
  EXPECT_EQ(last_request_.substr(0, 16), "GET /x HTTP/1.1\r");
}

TEST_F(CurlFetcherTest, BodyIsPostedWithItsContentType) {
  Start(OkAnswer("application/timestamp-reply", "reply"));
  HttpRequest request = Get();
  request.content_type = "application/timestamp-query";
  request.body = {0x30, 0x00, 0xff};
  ASSERT_THAT(fetcher_->Fetch(request), IsOk());
  server_.reset();
  EXPECT_EQ(last_request_.substr(0, 17), "POST /x HTTP/1.1\r");
  EXPECT_NE(last_request_.find("Content-Type: application/timestamp-query\r\n"), std::string::npos);
  EXPECT_EQ(last_request_.find("Expect:"), std::string::npos);
  EXPECT_EQ(last_request_.substr(last_request_.size() - 3), std::string("0\0\xff", 3));
}

TEST_F(CurlFetcherTest, ErrorStatusIsAnAnswerToo) {
  Start({.octets = "HTTP/1.1 503 Busy\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"});
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, fetcher_->Fetch(Get()));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.content_type, "");
  EXPECT_EQ(ToString(response.body), "no");
}

TEST_F(CurlFetcherTest, RedirectIsNotFollowed) {
  Start({.octets = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n"
                   "Connection: close\r\n\r\n"});
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, fetcher_->Fetch(Get()));
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(requests_, 1);
}

TEST_F(CurlFetcherTest, CookieIsNotSentBack) {
  Start({.octets = "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n"
                   "Connection: close\r\n\r\n"});
  ASSERT_THAT(fetcher_->Fetch(Get()), IsOk());
  ASSERT_THAT(fetcher_->Fetch(Get()), IsOk());
  server_.reset();
  EXPECT_EQ(last_request_.find("Cookie"), std::string::npos);
}

TEST_F(CurlFetcherTest, BodyAsLongAsTheLimitIsAccepted) {
  Start(OkAnswer("text/plain", std::string(100, 'x')));
  HttpRequest request = Get();
  request.max_response_size = 100;
  EXPECT_THAT(fetcher_->Fetch(request), IsOk());
}

TEST_F(CurlFetcherTest, ContentLengthOverTheLimitIsRefused) {
  Start(OkAnswer("text/plain", std::string(101, 'x')));
  HttpRequest request = Get();
  request.max_response_size = 100;
  EXPECT_THAT(fetcher_->Fetch(request), FailsWith(Reason::kLimitExceeded));
}

TEST_F(CurlFetcherTest, BodyWithoutLengthIsCutOffAtTheLimit) {
  Start({.octets = "HTTP/1.1 200 OK\r\n\r\n" + std::string(1 << 20, 'x'), .stay_silent = true});
  HttpRequest request = Get();
  request.max_response_size = 100;
  EXPECT_THAT(fetcher_->Fetch(request), FailsWith(Reason::kLimitExceeded));
}

TEST_F(CurlFetcherTest, ChunkedBodyIsCutOffAtTheLimit) {
  Start({.octets = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" +
                   std::string(101, 'x') + "\r\n",
         .stay_silent = true});
  HttpRequest request = Get();
  request.max_response_size = 100;
  EXPECT_THAT(fetcher_->Fetch(request), FailsWith(Reason::kLimitExceeded));
}

TEST_F(CurlFetcherTest, EndlessHeadersAreCutOff) {
  std::string octets = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 50; ++i) octets += "X: " + std::string(1000, 'x') + "\r\n";
  Start({.octets = octets, .stay_silent = true});
  EXPECT_THAT(fetcher_->Fetch(Get()), FailsWith(Reason::kLimitExceeded));
}

TEST_F(CurlFetcherTest, SilentServerIsGivenUpAfterTheTimeout) {
  Start({.octets = "", .stay_silent = true});
  HttpRequest request = Get();
  request.timeout = absl::Milliseconds(50);
  EXPECT_THAT(fetcher_->Fetch(request), FailsWith(Reason::kInternal));
}

TEST_F(CurlFetcherTest, BodyCutShortIsAnError) {
  Start({.octets = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"});
  EXPECT_THAT(fetcher_->Fetch(Get()), FailsWith(Reason::kInternal));
}

TEST_F(CurlFetcherTest, AnswerThatIsNotHttpIsAnError) {
  Start({.octets = "hello\n"});
  EXPECT_THAT(fetcher_->Fetch(Get()), FailsWith(Reason::kInternal));
}

TEST_F(CurlFetcherTest, StatusOutOfRangeIsAnError) {
  Start({.octets = "HTTP/1.1 999 What\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"});
  EXPECT_THAT(fetcher_->Fetch(Get()), FailsWith(Reason::kInternal));
}

TEST_F(CurlFetcherTest, NobodyListeningIsAnError) {
  Start(OkAnswer("text/plain", ""));
  const HttpRequest request = Get();
  server_.reset();
  EXPECT_THAT(fetcher_->Fetch(request), FailsWith(Reason::kInternal));
}

TEST_F(CurlFetcherTest, PlainHttpIsRefusedUnlessAllowed) {
  Start(OkAnswer("text/plain", ""));
  HttpRequest request = Get();
  request.plain_http = PlainHttp::kRefused;
  EXPECT_THAT(fetcher_->Fetch(request), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(requests_, 0);
}

TEST_F(CurlFetcherTest, TimeoutOfZeroMakesNoRequest) {
  Start(OkAnswer("text/plain", ""));
  HttpRequest request = Get();
  request.timeout = absl::ZeroDuration();
  EXPECT_THAT(fetcher_->Fetch(request), FailsWith(Reason::kInternal));
  EXPECT_EQ(requests_, 0);
}

TEST_F(CurlFetcherTest, BodyWithoutContentTypeIsRefused) {
  Start(OkAnswer("text/plain", ""));
  HttpRequest request = Get();
  request.body = {1};
  EXPECT_THAT(fetcher_->Fetch(request), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(CurlFetcherTest, ContentTypeThatWouldAddAHeaderIsRefused) {
  Start(OkAnswer("text/plain", ""));
  HttpRequest request = Get();
  request.content_type = "text/plain\r\nX-Other: 1";
  EXPECT_THAT(fetcher_->Fetch(request), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(requests_, 0);
}

TEST_F(CurlFetcherTest, ProxyOfTheEnvironmentIsNotUsed) {
  Start(OkAnswer("text/plain", "direct"));
  setenv("http_proxy", "http://127.0.0.1:1/", 1);
  setenv("ALL_PROXY", "http://127.0.0.1:1/", 1);
  const auto response = fetcher_->Fetch(Get());
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(ToString(response->body), "direct");
}

TEST_F(CurlFetcherTest, ManyThreadsFetchAtOnce) {
  Start(OkAnswer("text/plain", "same for all"));
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      const auto response = fetcher_->Fetch(Get());
      if (response.ok() && ToString(response->body) == "same for all") ++good;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 12);
}

}  // namespace
}  // namespace enkrat::http_client
