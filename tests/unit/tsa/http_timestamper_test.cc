// An outside TSA that answers wrongly in every way that we know of.
#include "tsa/http_timestamper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "tests/support/status_matchers.h"
#include "tests/unit/tsa/foreign_tsa.h"
#include "tests/unit/tsa/openssl_view.h"
#include "tests/unit/tsa/unit_fixture.h"
#include "tsa/response.h"
#include "tsa/timestamp_request.h"

namespace enkrat::tsa {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeClock;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::TestAuthority;

class FakeFetcher final : public HttpFetcher {
 public:
  using Answer = std::function<absl::StatusOr<HttpResponse>(const HttpRequest&)>;

  absl::StatusOr<HttpResponse> Fetch(const HttpRequest& request) override {
    last = request;
    return answer(request);
  }

  Answer answer;
  HttpRequest last;
};

class HttpTimestamperTest : public ::testing::Test {
 protected:
  HttpTimestamperTest() { AnswerWith(tsa_); }

  static HttpResponse Reply(Bytes body) {
    return {.status = 200, .content_type = "application/timestamp-reply", .body = std::move(body)};
  }
  void AnswerWith(const ForeignTsa& tsa) {
    fetcher_.answer = [&tsa](const HttpRequest& request) {
      return Reply(tsa.Respond(request.body));
    };
  }
  void AnswerWith(HttpResponse response) {
    fetcher_.answer = [response](const HttpRequest&) { return response; };
  }
  HttpTimestamper::Options Options() {
    return {.url = "https://tsa.example.test/",
            .trusted_roots_der = {authority_.root_der()},
            .fetcher = &fetcher_,
            .clock = &clock_};
  }
  absl::StatusOr<IssuedTimestamp> Ask() {
    return HttpTimestamper::Create(Options()).value()->Timestamp(ImprintOf(),
                                                                 clock_.Now() + absl::Seconds(9));
  }

  FakeClock clock_;
  FakeFetcher fetcher_;
  TestAuthority authority_;
  ForeignTsa tsa_{authority_, {}};
};

TEST_F(HttpTimestamperTest, HonestAnswerIsReturned) {
  ASSERT_OK_AND_ASSIGN(const IssuedTimestamp issued, Ask());
  EXPECT_EQ(issued.gen_time, clock_.Now());
  EXPECT_EQ(issued.serial_number, "2a");
  EXPECT_EQ(issued.policy_oid, "1.2.3.4.1");
  EXPECT_THAT(ParseToken(issued.token_der), IsOk());
}

TEST_F(HttpTimestamperTest, OwnUnitIsAnHonestTsa) {
  UnitFixture own;
  const auto unit = own.MakeUnit();
  fetcher_.answer = [&](const HttpRequest& request) {
    return Reply(unit->Respond(request.body, own.WithKey()));
  };
  HttpTimestamper::Options options = Options();
  options.trusted_roots_der = {authority_.root_der(), own.authority.root_der()};
  const auto timestamper = HttpTimestamper::Create(options).value();
  EXPECT_THAT(timestamper->Timestamp(ImprintOf(DigestAlgorithm::kSha512), absl::InfiniteFuture()),
              IsOk());
}

TEST_F(HttpTimestamperTest, RequestIsAQueryWithNonceAndCertReq) {
  ASSERT_THAT(Ask(), IsOk());
  EXPECT_EQ(fetcher_.last.url, "https://tsa.example.test/");
  EXPECT_EQ(fetcher_.last.content_type, "application/timestamp-query");
  const auto request = ParseTimestampRequest(fetcher_.last.body);
  ASSERT_TRUE(std::holds_alternative<TimestampRequest>(request));
  EXPECT_EQ(std::get<TimestampRequest>(request).nonce.size(), 8u);
  EXPECT_TRUE(std::get<TimestampRequest>(request).cert_req);
  const Bytes first = fetcher_.last.body;
  ASSERT_THAT(Ask(), IsOk());
  EXPECT_NE(fetcher_.last.body, first) << "every request has its own nonce";
}

TEST_F(HttpTimestamperTest, ReplayedAnswerIsRefused) {
  ASSERT_THAT(Ask(), IsOk());
  AnswerWith(Reply(tsa_.Respond(fetcher_.last.body)));
  EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(HttpTimestamperTest, AnswerWithoutNonceIsRefused) {
  AnswerWith(Reply(tsa_.Respond(OpenSslRequest({.nonce = {}}))));
  EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(HttpTimestamperTest, AnswerOverAnotherImprintIsRefused) {
  fetcher_.answer = [&](const HttpRequest& request) {
    auto parsed = std::get<TimestampRequest>(ParseTimestampRequest(request.body));
    parsed.imprint.digest[0] ^= 0x01;
    return Reply(tsa_.Respond(EncodeTimestampRequest(parsed.imprint, parsed.nonce)));
  };
  EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(HttpTimestamperTest, RejectionIsRefused) {
  for (const FailureInfo failure : {FailureInfo::kBadAlg, FailureInfo::kTimeNotAvailable}) {
    AnswerWith(Reply(RejectionResponse(failure)));
    EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable));
  }
}

TEST_F(HttpTimestamperTest, TokenBesideAStatusThatIsNotGrantedIsRefused) {
  fetcher_.answer = [&](const HttpRequest& request) {
    Bytes body = tsa_.Respond(request.body);
    // TimeStampResp header (4 octets), then PKIStatusInfo { INTEGER status }.
    body[8] = 2;
    return Reply(body);
  };
  EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(HttpTimestamperTest, HttpStatusOtherThan200IsRefused) {
  for (const int status : {201, 204, 302, 400, 404, 500, 503}) {
    fetcher_.answer = [&](const HttpRequest& request) {
      HttpResponse response = Reply(tsa_.Respond(request.body));
      response.status = status;
      return response;
    };
    EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable)) << status;
  }
}

TEST_F(HttpTimestamperTest, AnotherContentTypeIsRefused) {
  for (const char* type : {"", "text/html", "application/timestamp-query"}) {
    fetcher_.answer = [&](const HttpRequest& request) {
      HttpResponse response = Reply(tsa_.Respond(request.body));
      response.content_type = type;
      return response;
    };
    EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable)) << type;
  }
}

TEST_F(HttpTimestamperTest, BodyThatIsNoResponseIsRefused) {
  for (const Bytes& body :
       {Bytes(), ToBytes("<html>"), Bytes{0x30, 0x00}, Bytes(kMaxTokenSize * 2, 0x30)}) {
    AnswerWith(Reply(body));
    EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable)) << body.size();
  }
}

TEST_F(HttpTimestamperTest, OctetsBehindTheResponseAreRefused) {
  fetcher_.answer = [&](const HttpRequest& request) {
    Bytes body = tsa_.Respond(request.body);
    body.push_back(0x00);
    return Reply(body);
  };
  EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(HttpTimestamperTest, UnknownRootIsRefused) {
  const TestAuthority stranger;
  const ForeignTsa other(stranger, {});
  AnswerWith(other);
  EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable));
}

// What comes from elsewhere completes a token and makes no other one good.
TEST_F(HttpTimestamperTest, IssuersThatATokenLacksAreAskedFor) {
  const ForeignTsa bare(authority_, {}, {.with_issuer = false});
  AnswerWith(bare);
  EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable));
  HttpTimestamper::Options options = Options();
  std::vector<Bytes> issuers;
  options.issuers = [&](const Token& token, absl::Time) {
    EXPECT_EQ(token.signer_certificate_der, bare.certificate_der());
    return issuers;
  };
  const auto timestamper = HttpTimestamper::Create(options).value();
  const auto ask = [&] {
    return timestamper->Timestamp(ImprintOf(), clock_.Now() + absl::Hours(1));
  };
  EXPECT_THAT(ask(), FailsWith(Reason::kTimestampUnavailable));
  issuers = {TestAuthority().issuing_der()};
  EXPECT_THAT(ask(), FailsWith(Reason::kTimestampUnavailable));
  issuers = {ToBytes("no certificate")};
  EXPECT_THAT(ask(), FailsWith(Reason::kTimestampUnavailable));
  issuers = {authority_.issuing_der(), authority_.root_der()};
  EXPECT_THAT(ask(), IsOk());
}

TEST_F(HttpTimestamperTest, RootThatIsHandedInIsNotTrusted) {
  const TestAuthority stranger;
  const ForeignTsa other(stranger, {}, {.with_issuer = false});
  AnswerWith(other);
  HttpTimestamper::Options options = Options();
  options.issuers = [&](const Token&, absl::Time) {
    return std::vector<Bytes>{stranger.issuing_der(), stranger.root_der()};
  };
  EXPECT_THAT(HttpTimestamper::Create(options).value()->Timestamp(ImprintOf(),
                                                                  clock_.Now() + absl::Seconds(9)),
              FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(HttpTimestamperTest, CompleteTokenIsNotAskedAbout) {
  HttpTimestamper::Options options = Options();
  options.issuers = [](const Token&, absl::Time) -> std::vector<Bytes> {
    ADD_FAILURE() << "asked";
    return {};
  };
  EXPECT_THAT(HttpTimestamper::Create(options).value()->Timestamp(ImprintOf(),
                                                                  clock_.Now() + absl::Seconds(9)),
              IsOk());
}

TEST_F(HttpTimestamperTest, PlainHttpIsAskedOnlyWhereItIsAllowed) {
  HttpTimestamper::Options options = Options();
  options.url = "http://tsa.example.test/";
  EXPECT_THAT(HttpTimestamper::Create(options), FailsWith(Reason::kConfigurationInvalid));
  ASSERT_THAT(Ask(), IsOk());
  EXPECT_EQ(fetcher_.last.plain_http, PlainHttp::kOnLoopback);
  options.plain_http = true;
  ASSERT_THAT(HttpTimestamper::Create(options).value()->Timestamp(ImprintOf(),
                                                                  clock_.Now() + absl::Seconds(9)),
              IsOk());
  EXPECT_EQ(fetcher_.last.plain_http, PlainHttp::kAnywhere);
}

TEST_F(HttpTimestamperTest, ExpiredUnitIsRefused) {
  const ForeignTsa other(authority_, {.not_after = clock_.Now() - absl::Hours(1)});
  AnswerWith(other);
  EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(HttpTimestamperTest, CertificateThatIsNoUnitsIsRefused) {
  const ForeignTsa other(authority_, {.extended_key_usage_critical = false});
  AnswerWith(other);
  EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(HttpTimestamperTest, TimeFiveMinutesOffIsAcceptedAndOneSecondMoreIsRefused) {
  for (const int sign : {-1, 1}) {
    const ForeignTsa near(authority_, {}, {.time = clock_.Now() + sign * absl::Minutes(5)});
    AnswerWith(near);
    EXPECT_THAT(Ask(), IsOk());
    const ForeignTsa far(authority_, {}, {.time = clock_.Now() + sign * absl::Seconds(301)});
    AnswerWith(far);
    EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable));
  }
}

TEST_F(HttpTimestamperTest, FetcherThatFailsIsUnavailable) {
  for (const Reason reason : {Reason::kInternal, Reason::kLimitExceeded}) {
    fetcher_.answer = [reason](const HttpRequest&) { return MakeError(reason, "no connection"); };
    EXPECT_THAT(Ask(), FailsWith(Reason::kTimestampUnavailable));
  }
}

TEST_F(HttpTimestamperTest, FailureAfterTheDeadlineIsDeadlineTooShort) {
  fetcher_.answer = [this](const HttpRequest& request) {
    clock_.Advance(request.timeout + absl::Seconds(5));
    return MakeError(Reason::kInternal, "timeout");
  };
  EXPECT_THAT(Ask(), FailsWith(Reason::kDeadlineTooShort));
}

TEST_F(HttpTimestamperTest, TimeoutIsCutToTheDeadline) {
  const auto timestamper = HttpTimestamper::Create(Options()).value();
  ASSERT_THAT(timestamper->Timestamp(ImprintOf(), clock_.Now() + absl::Seconds(2)), IsOk());
  EXPECT_EQ(fetcher_.last.timeout, absl::Seconds(2));
  ASSERT_THAT(timestamper->Timestamp(ImprintOf(), clock_.Now() + absl::Hours(2)), IsOk());
  EXPECT_EQ(fetcher_.last.timeout, absl::Seconds(5));
}

TEST_F(HttpTimestamperTest, PassedDeadlineIsNotAskedFor) {
  bool asked = false;
  fetcher_.answer = [&](const HttpRequest&) {
    asked = true;
    return MakeError(Reason::kInternal, "asked");
  };
  const auto timestamper = HttpTimestamper::Create(Options()).value();
  EXPECT_THAT(timestamper->Timestamp(ImprintOf(), clock_.Now()),
              FailsWith(Reason::kDeadlineTooShort));
  EXPECT_THAT(timestamper->Timestamp(ImprintOf(), absl::InfinitePast()),
              FailsWith(Reason::kDeadlineTooShort));
  EXPECT_FALSE(asked);
}

TEST_F(HttpTimestamperTest, DigestOfAnotherLengthIsRefused) {
  const auto timestamper = HttpTimestamper::Create(Options()).value();
  EXPECT_THAT(timestamper->Timestamp({.digest = Bytes(20)}, absl::InfiniteFuture()),
              FailsWith(Reason::kDigestUnsupported));
}

TEST_F(HttpTimestamperTest, OptionsThatCannotBeAreRefused) {
  const auto refused = [this](auto change) {
    HttpTimestamper::Options options = Options();
    change(options);
    EXPECT_THAT(HttpTimestamper::Create(options), FailsWith(Reason::kConfigurationInvalid));
  };
  refused([](auto& options) { options.url = ""; });
  refused([](auto& options) { options.url = "ftp://tsa.example.test/"; });
  refused([](auto& options) { options.url = "http://tsa.example.test/"; });
  refused([](auto& options) { options.url = "http://localhost.example.test/"; });
  refused([](auto& options) { options.url = "http://127.example.test/"; });
  refused([](auto& options) { options.url = "http://127.0.0.1@tsa.example.test/"; });
  refused([](auto& options) { options.trusted_roots_der.clear(); });
  refused([](auto& options) { options.trusted_roots_der = {ToBytes("root")}; });
  refused([](auto& options) { options.timeout = absl::ZeroDuration(); });
  refused([](auto& options) { options.timeout = absl::Hours(1); });
  refused([](auto& options) { options.fetcher = nullptr; });
  refused([](auto& options) { options.clock = nullptr; });
}

TEST_F(HttpTimestamperTest, PlainHttpOnALoopbackAddressIsAllowed) {
  for (const char* url : {"http://localhost/", "http://localhost:3161/tsa",
                          "http://127.0.0.1:3161/", "http://[::1]:1/"}) {
    HttpTimestamper::Options options = Options();
    options.url = url;
    EXPECT_THAT(HttpTimestamper::Create(options), IsOk()) << url;
  }
}

}  // namespace
}  // namespace enkrat::tsa
