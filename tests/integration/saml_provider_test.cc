// Real logins at SimpleSAMLphp, and what the SAML verifier makes of them.
#include "tests/integration/saml_provider.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/clock.h"
#include "common/digest.h"
#include "common/file.h"
#include "common/random.h"
#include "http_client/curl_fetcher.h"
#include "idp_client/saml_verifier.h"
#include "tests/support/status_matchers.h"

namespace enkrat::testing {
namespace {

using ::enkrat::idp_client::AssertionCheck;
using ::enkrat::idp_client::AssertionType;
using ::enkrat::idp_client::LevelOfAssurance;
using ::enkrat::idp_client::SamlIdentityProvider;
using ::enkrat::idp_client::SamlVerifier;
using ::enkrat::idp_client::VerifiedIdentity;

class SamlProviderTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { provider_ = std::make_unique<SamlProvider>(); }
  static void TearDownTestSuite() { provider_.reset(); }
  static SamlProvider& provider() { return *provider_; }

  SamlIdentityProvider Settings() const {
    SamlIdentityProvider settings;
    settings.entity_id = provider().entity_id();
    settings.audiences = {kSamlServiceEntityId};
    settings.recipients = {kSamlServiceRecipient};
    settings.metadata_url = provider().entity_id();
    settings.metadata_signer_file = provider().metadata_signer_file();
    settings.allow_loopback_http = true;
    settings.context_levels = {{"http://eidas.europa.eu/LoA/high", LevelOfAssurance::kHigh}};
    settings.attributes.country = "country";
    settings.attributes.identifier = "uid";
    settings.attributes.identifier_type = "EID";
    return settings;
  }
  std::unique_ptr<SamlVerifier> MakeVerifier(const SamlIdentityProvider& settings) {
    SamlVerifier::Options options;
    options.providers = {settings};
    options.min_refresh_interval = absl::Seconds(1);
    options.fetcher = fetcher_.get();
    options.clock = &clock_;
    return SamlVerifier::Create(std::move(options)).value();
  }

  // "_" and hex(SAD), for a SAD that nobody has had yet.
  static std::string NewRequestId() { return absl::StrCat("_", ToHex(RandomBytes(32))); }
  static absl::StatusOr<VerifiedIdentity> Verify(SamlVerifier& verifier,
                                                 const std::string& response,
                                                 const std::string& request_id) {
    return verifier.Verify({.type = AssertionType::kSamlResponse,
                            .assertion = AsSpan(response),
                            .expected_nonce = {},
                            .expected_in_response_to = request_id,
                            .accepted_issuers = {}});
  }

  SystemClock clock_;
  std::unique_ptr<HttpFetcher> fetcher_ = http_client::CurlFetcher::Create().value();

 private:
  static inline std::unique_ptr<SamlProvider> provider_;
};

TEST_F(SamlProviderTest, LoginYieldsTheIdentity) {
  const std::string id = NewRequestId();
  ASSERT_OK_AND_ASSIGN(const std::string response, provider().Login(id));
  const auto verifier = MakeVerifier(Settings());
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, Verify(*verifier, response, id));
  EXPECT_EQ(identity.issuer, provider().entity_id());
  EXPECT_EQ(identity.subject, "ana-0001");
  EXPECT_EQ(identity.given_name, "Ana Marija");
  EXPECT_EQ(identity.surname, "Žnidaršič & Novak");
  EXPECT_EQ(identity.country, "SI");
  EXPECT_EQ(identity.identifier, "ana-0001");
  EXPECT_EQ(identity.level_of_assurance, LevelOfAssurance::kHigh);
  EXPECT_TRUE(identity.bound);
  EXPECT_GT(identity.assertion_expires_at, absl::Now());
}

TEST_F(SamlProviderTest, TwoLoginsAreTwoAssertions) {
  const auto verifier = MakeVerifier(Settings());
  const std::string id = NewRequestId();
  ASSERT_OK_AND_ASSIGN(const std::string first, provider().Login(id));
  ASSERT_OK_AND_ASSIGN(const std::string second, provider().Login(id));
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity one, Verify(*verifier, first, id));
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity other, Verify(*verifier, second, id));
  EXPECT_NE(one.assertion_id, other.assertion_id);
}

TEST_F(SamlProviderTest, MetadataFromAFileWillDoWhileTheProviderIsDown) {
  HttpRequest request;
  request.url = provider().entity_id();
  request.plain_http = PlainHttp::kOnLoopback;
  ASSERT_OK_AND_ASSIGN(const HttpResponse metadata, fetcher_->Fetch(request));
  const ScratchFolder folder;
  ASSERT_THAT(WriteFile(folder.File("metadata.xml"), metadata.body, {}), IsOk());
  SamlIdentityProvider settings = Settings();
  settings.metadata_url = "";
  settings.metadata_file = folder.File("metadata.xml");
  const std::string id = NewRequestId();
  ASSERT_OK_AND_ASSIGN(const std::string response, provider().Login(id));
  provider().Stop();
  const auto verifier = MakeVerifier(settings);
  EXPECT_THAT(Verify(*verifier, response, id), IsOk());
  provider().Start();
}

TEST_F(SamlProviderTest, ResponseForAnotherSadIsRejected) {
  ASSERT_OK_AND_ASSIGN(const std::string response, provider().Login(NewRequestId()));
  EXPECT_THAT(Verify(*MakeVerifier(Settings()), response, NewRequestId()),
              FailsWith(Reason::kAssertionRejected));
}

TEST_F(SamlProviderTest, AlteredResponseIsRejected) {
  const std::string id = NewRequestId();
  ASSERT_OK_AND_ASSIGN(const std::string response, provider().Login(id));
  const auto verifier = MakeVerifier(Settings());
  ASSERT_THAT(Verify(*verifier, response, id), IsOk());
  const std::string xml = ToString(FromBase64(response).value());
  for (const auto& [old_text, new_text] : std::vector<std::pair<std::string, std::string>>{
           {">ana-0001<", ">bor-0002<"}, {"Ana Marija", "Bor"}, {"Version=\"2.0\" ", ""}}) {
    const std::string altered = absl::StrReplaceAll(xml, {{old_text, new_text}});
    ASSERT_NE(altered, xml);
    EXPECT_THAT(Verify(*verifier, altered, id), FailsWith(Reason::kAssertionRejected)) << new_text;
  }
}

TEST_F(SamlProviderTest, ResponseForAnotherServiceIsRejected) {
  const std::string id = NewRequestId();
  ASSERT_OK_AND_ASSIGN(const std::string response, provider().Login(id));
  SamlIdentityProvider settings = Settings();
  settings.audiences = {"https://other.example/saml"};
  EXPECT_THAT(Verify(*MakeVerifier(settings), response, id), FailsWith(Reason::kAssertionRejected));
  settings = Settings();
  settings.recipients = {"https://other.example/acs"};
  EXPECT_THAT(Verify(*MakeVerifier(settings), response, id), FailsWith(Reason::kAssertionRejected));
}

TEST_F(SamlProviderTest, TooLowALevelIsRefusedAsSuch) {
  const std::string id = NewRequestId();
  ASSERT_OK_AND_ASSIGN(const std::string response, provider().Login(id));
  SamlIdentityProvider settings = Settings();
  settings.context_levels = {{"http://eidas.europa.eu/LoA/high", LevelOfAssurance::kSubstantial}};
  EXPECT_THAT(Verify(*MakeVerifier(settings), response, id),
              FailsWith(Reason::kLevelOfAssuranceTooLow));
}

TEST_F(SamlProviderTest, MetadataOfAnotherSignerIsNotBelieved) {
  const std::string id = NewRequestId();
  ASSERT_OK_AND_ASSIGN(const std::string response, provider().Login(id));
  const SamlProvider other;
  SamlIdentityProvider settings = Settings();
  settings.metadata_signer_file = other.metadata_signer_file();
  EXPECT_THAT(Verify(*MakeVerifier(settings), response, id),
              FailsWith(Reason::kIdpKeysUnavailable));
}

// Keys change and the provider goes away, while one verifier lives.
TEST_F(SamlProviderTest, NewKeysAreFoundAndOldMetadataCarriesOverAnOutage) {
  const auto verifier = MakeVerifier(Settings());
  const std::string id = NewRequestId();
  ASSERT_OK_AND_ASSIGN(const std::string before, provider().Login(id));
  ASSERT_THAT(Verify(*verifier, before, id), IsOk());
  provider().RotateKey();
  ASSERT_OK_AND_ASSIGN(const std::string after, provider().Login(id));
  absl::StatusOr<VerifiedIdentity> outcome = Verify(*verifier, after, id);
  const absl::Time end = absl::Now() + absl::Seconds(20);
  while (!outcome.ok() && ReasonOf(outcome.status()) == Reason::kIdpKeysUnavailable &&
         absl::Now() < end) {
    outcome = Verify(*verifier, after, id);  // metadata was asked for within the last second
  }
  EXPECT_THAT(outcome, IsOk());
  provider().Stop();
  EXPECT_THAT(Verify(*verifier, after, id), IsOk());
  provider().Start();
}

}  // namespace
}  // namespace enkrat::testing
