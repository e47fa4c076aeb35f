#include "validation/revocation_fetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "common/der.h"
#include "tests/support/fake_http_fetcher.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/validation/test_pki.h"

namespace enkrat::validation {
namespace {

using enkrat::testing::FailsWith;
using ::testing::ElementsAre;

constexpr char kUrl[] = "http://pki.example/x";

class RevocationFetcherTest : public ::testing::Test {
 protected:
  std::unique_ptr<RevocationFetcher> Make(int max_fetches = 32) {
    return *RevocationFetcher::Create({.http = &http_, .max_fetches = max_fetches});
  }
  enkrat::testing::FakeHttpFetcher http_;
  const absl::Time soon_ = absl::Now() + absl::Seconds(60);
};

TEST_F(RevocationFetcherTest, NeedsHttp) {
  EXPECT_THAT(RevocationFetcher::Create({}), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(RevocationFetcher::Create({.http = &http_, .max_fetches = -1}),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(RevocationFetcherTest, AsksPublicAddressesOnlyWithBounds) {
  http_.Answer(kUrl, "crl");
  ASSERT_TRUE(Make()->FetchCrl(kUrl, soon_).ok());
  const HttpRequest request = http_.requests().at(0);
  EXPECT_TRUE(request.public_addresses_only);
  EXPECT_EQ(request.plain_http, PlainHttp::kAnywhere);
  EXPECT_EQ(request.max_response_size, size_t{8} << 20);
  EXPECT_LE(request.timeout, absl::Seconds(10));
  EXPECT_TRUE(request.content_type.empty());
}

TEST_F(RevocationFetcherTest, DeadlineShortensTheTimeout) {
  http_.Answer(kUrl, "crl");
  ASSERT_TRUE(Make()->FetchCrl(kUrl, absl::Now() + absl::Seconds(2)).ok());
  EXPECT_LE(http_.requests().at(0).timeout, absl::Seconds(2));
}

TEST_F(RevocationFetcherTest, OcspIsPosted) {
  http_.Answer(kUrl, "response");
  const auto response = Make()->FetchOcsp(kUrl, AsSpan("request"), soon_);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(ToString(*response), "response");
  EXPECT_EQ(http_.requests().at(0).content_type, "application/ocsp-request");
  EXPECT_EQ(ToString(http_.requests().at(0).body), "request");
}

TEST_F(RevocationFetcherTest, OtherStatusThan200IsAnError) {
  for (const int status : {204, 301, 404, 500}) {
    http_.Answer(kUrl, status, "crl");
    EXPECT_THAT(Make()->FetchCrl(kUrl, soon_), FailsWith(Reason::kValidationDataUnavailable));
  }
}

TEST_F(RevocationFetcherTest, FetchesAreCounted) {
  http_.Answer(kUrl, "crl");
  const auto fetcher = Make(2);
  EXPECT_TRUE(fetcher->FetchCrl(kUrl, soon_).ok());
  EXPECT_FALSE(fetcher->FetchCrl("http://pki.example/none", soon_).ok());
  EXPECT_THAT(fetcher->FetchCrl(kUrl, soon_), FailsWith(Reason::kLimitExceeded));
  EXPECT_THAT(fetcher->FetchCrl(kUrl, soon_), FailsWith(Reason::kLimitExceeded));
  EXPECT_EQ(http_.requests().size(), 2u);
}

TEST_F(RevocationFetcherTest, IssuerComesAsDerPemOrCmsMessage) {
  const Entity root = MakeRoot(), ca = IssueCa(root);
  http_.Answer(kUrl, ToString(ca.der()));
  EXPECT_THAT(*Make()->FetchIssuers(kUrl, soon_), ElementsAre(ca.der()));
  http_.Answer(kUrl, CertificateToPem(ca.der()));
  EXPECT_THAT(*Make()->FetchIssuers(kUrl, soon_), ElementsAre(ca.der()));
  const CmsPtr message(CMS_sign(nullptr, nullptr, nullptr, nullptr, CMS_PARTIAL | CMS_DETACHED));
  CMS_add1_cert(message.get(), ca.x509());
  CMS_add1_cert(message.get(), root.x509());
  http_.Answer(kUrl, ToString(*EncodeDer<i2d_CMS_ContentInfo>(message.get())));
  EXPECT_THAT(*Make()->FetchIssuers(kUrl, soon_),
              ::testing::UnorderedElementsAre(ca.der(), root.der()));
}

TEST_F(RevocationFetcherTest, AnswerWithoutACertificateIsAnError) {
  for (const char* body : {"", "<html>not found</html>", "0\x82"}) {
    http_.Answer(kUrl, body);
    EXPECT_THAT(Make()->FetchIssuers(kUrl, soon_), FailsWith(Reason::kRequestMalformed));
  }
}

}  // namespace
}  // namespace enkrat::validation
