// Metadata over time: fetched when it is needed, renewed, kept while the provider is down, dropped
// when it has expired.
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/unit/idp_client/saml_fixture.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::SamlResponseAround;
using ::enkrat::testing::SamlSigningPair;
using ::enkrat::testing::SamlTimeText;
using ::enkrat::testing::SignSaml;

class SamlMetadataRefreshTest : public SamlFixture {
 protected:
  absl::StatusOr<VerifiedIdentity> VerifySignedBy(const SamlSigningPair& key) {
    return Verify(SamlResponseAround(SignSaml(key, GoodAssertion().Xml())));
  }
  size_t fetches() const { return fetcher_.CountOf(kMetadataUrl); }
};

TEST_F(SamlMetadataRefreshTest, MetadataIsFetchedOnceForManyResponses) {
  for (int i = 0; i < 5; ++i) EXPECT_THAT(VerifySignedBy(key_), IsOk());
  EXPECT_EQ(fetches(), 1u);
}

TEST_F(SamlMetadataRefreshTest, RequestIsBoundedAndGoesToTheSettingsRoots) {
  settings_.tls_ca_file = "/roots.pem";
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  const HttpRequest request = fetcher_.requests().front();
  EXPECT_EQ(request.tls_ca_file, "/roots.pem");
  EXPECT_EQ(request.plain_http, PlainHttp::kRefused);
  EXPECT_EQ(request.max_response_size, 8u * 1024 * 1024);
}

TEST_F(SamlMetadataRefreshTest, NewKeyIsFoundAtItsFirstResponse) {
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  const SamlSigningPair next;
  Publish({.certificates = {next.CertificateBase64()}});
  clock_.Advance(absl::Seconds(10));
  EXPECT_THAT(VerifySignedBy(next), IsOk());
  EXPECT_EQ(fetches(), 2u);
  EXPECT_THAT(VerifySignedBy(key_), IsRejectedSaying("no key of the provider"));
}

TEST_F(SamlMetadataRefreshTest, BothKeysCountWhileBothArePublished) {
  const SamlSigningPair next;
  Publish({.certificates = {key_.CertificateBase64(), next.CertificateBase64()}});
  EXPECT_THAT(VerifySignedBy(key_), IsOk());
  EXPECT_THAT(VerifySignedBy(next), IsOk());
}

// Whatever outsiders send, the provider is asked once an interval.
TEST_F(SamlMetadataRefreshTest, ForgedResponsesDoNotFloodTheProvider) {
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  clock_.Advance(absl::Seconds(10));
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(VerifySignedBy(SamlSigningPair()).ok());
  EXPECT_EQ(fetches(), 2u);
}

// The provider may have changed its keys since: the client is to try again.
TEST_F(SamlMetadataRefreshTest, UnknownKeyBetweenTwoRequestsIsNotAVerdict) {
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  clock_.Advance(absl::Seconds(4));
  const absl::Status status = VerifySignedBy(SamlSigningPair()).status();
  EXPECT_THAT(status, FailsWith(Reason::kIdpKeysUnavailable));
  EXPECT_EQ(RetryDelayOf(status), absl::Seconds(6));
}

TEST_F(SamlMetadataRefreshTest, AlteredResponseDoesNotAskTheProviderAgain) {
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  clock_.Advance(absl::Minutes(1));
  std::string response = GoodResponse();
  response.replace(response.find("person-1"), 8, "person-2");
  EXPECT_THAT(Verify(response), IsRejectedSaying("altered"));
  EXPECT_EQ(fetches(), 1u);
}

TEST_F(SamlMetadataRefreshTest, NoMetadataIsNoVerdict) {
  fetcher_.SetDown(true);
  const absl::Status status = VerifySignedBy(key_).status();
  EXPECT_THAT(status, FailsWith(Reason::kIdpKeysUnavailable));
  EXPECT_TRUE(RetryDelayOf(status).has_value());
}

TEST_F(SamlMetadataRefreshTest, OldMetadataIsKeptForADayWhileTheProviderIsDown) {
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  fetcher_.SetDown(true);
  clock_.Advance(absl::Hours(24));
  EXPECT_THAT(VerifySignedBy(key_), IsOk());
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(VerifySignedBy(key_), FailsWith(Reason::kIdpKeysUnavailable));
  fetcher_.SetDown(false);
  clock_.Advance(absl::Seconds(10));
  EXPECT_THAT(VerifySignedBy(key_), IsOk());
}

TEST_F(SamlMetadataRefreshTest, MetadataIsNotUsedPastItsValidUntil) {
  Publish({.certificates = {key_.CertificateBase64()},
           .valid_until = SamlTimeText(clock_.Now() + absl::Minutes(30))});
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  fetcher_.SetDown(true);
  clock_.Advance(absl::Minutes(29));
  EXPECT_THAT(VerifySignedBy(key_), IsOk());
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(VerifySignedBy(key_), FailsWith(Reason::kIdpKeysUnavailable));
}

TEST_F(SamlMetadataRefreshTest, ExpiredMetadataCountsAsNone) {
  Publish({.certificates = {key_.CertificateBase64()}, .valid_until = SamlTimeText(clock_.Now())});
  EXPECT_THAT(VerifySignedBy(key_), FailsWith(Reason::kIdpKeysUnavailable));
}

// Somebody between us and the provider serves what was good once.
TEST_F(SamlMetadataRefreshTest, ExpiredMetadataDoesNotTakeThePlaceOfGood) {
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  const SamlSigningPair stolen;
  Publish({.certificates = {stolen.CertificateBase64()},
           .valid_until = SamlTimeText(clock_.Now() - absl::Hours(1))});
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(VerifySignedBy(key_), IsOk());
  EXPECT_FALSE(VerifySignedBy(stolen).ok());
}

TEST_F(SamlMetadataRefreshTest, MetadataOfAnotherSignerDoesNotTakeThePlaceOfGood) {
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  const SamlSigningPair attacker;
  fetcher_.Answer(
      kMetadataUrl,
      SignSaml(attacker,
               testing::SamlMetadataText{.certificates = {attacker.CertificateBase64()}}.Xml()));
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(VerifySignedBy(attacker), FailsWith(Reason::kIdpKeysUnavailable));
  EXPECT_THAT(VerifySignedBy(key_), IsOk());
}

TEST_F(SamlMetadataRefreshTest, CacheDurationBringsTheNextRequestForward) {
  Publish({.certificates = {key_.CertificateBase64()}, .cache_duration = "PT10M"});
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  clock_.Advance(absl::Minutes(9));
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  EXPECT_EQ(fetches(), 1u);
  clock_.Advance(absl::Minutes(1));
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  EXPECT_EQ(fetches(), 2u);
}

TEST_F(SamlMetadataRefreshTest, CacheDurationOfNothingDoesNotFloodTheProvider) {
  Publish({.certificates = {key_.CertificateBase64()}, .cache_duration = "PT0S"});
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT(VerifySignedBy(key_), IsOk());
    clock_.Advance(absl::Seconds(1));
  }
  EXPECT_EQ(fetches(), 1u);
}

TEST_F(SamlMetadataRefreshTest, KeepMetadataFreshSparesCallersTheWait) {
  verifier().KeepMetadataFresh();
  EXPECT_EQ(fetches(), 1u);
  verifier().KeepMetadataFresh();
  EXPECT_EQ(fetches(), 1u);
  clock_.Advance(absl::Hours(1));
  verifier().KeepMetadataFresh();
  EXPECT_EQ(fetches(), 2u);
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  EXPECT_EQ(fetches(), 2u);
}

TEST_F(SamlMetadataRefreshTest, CallersWithMetadataDoNotWaitForAFetch) {
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  clock_.Advance(absl::Hours(1));
  const std::string response = GoodResponse();
  fetcher_.OnFetch([&](const HttpRequest&) {
    std::thread([&] { EXPECT_THAT(Verify(response), IsOk()); }).join();
  });
  EXPECT_THAT(Verify(response), IsOk());
  EXPECT_EQ(fetches(), 2u);
}

TEST_F(SamlMetadataRefreshTest, FileIsReadAgainForANewKey) {
  settings_.metadata_url = "";
  settings_.metadata_signer_file = "";
  const auto text = [](const SamlSigningPair& key) {
    return testing::SamlMetadataText{.certificates = {key.CertificateBase64()}}.Xml();
  };
  settings_.metadata_file = WriteText("metadata.xml", text(key_));
  ASSERT_THAT(VerifySignedBy(key_), IsOk());
  const SamlSigningPair next;
  WriteText("metadata.xml", text(next));
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(VerifySignedBy(next), IsOk());
  EXPECT_EQ(fetches(), 0u);
}

}  // namespace
}  // namespace enkrat::idp_client
