// Settings that cannot be right are told at start, and what is right in spite of looking odd.
#include "idp_client/oidc_settings.h"

#include <cstdio>
#include <fstream>
#include <functional>

#include "absl/strings/str_cat.h"
#include "tests/support/scratch_folder.h"
#include "tests/unit/idp_client/oidc_fixture.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeClock;
using ::enkrat::testing::FakeHttpFetcher;
using ::enkrat::testing::IdTokenClaims;
using ::enkrat::testing::IdTokenKey;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::Jwks;
using ::enkrat::testing::SignToken;

class OidcSettingsTest : public ::testing::Test {
 protected:
  OidcSettingsTest() {
    options_.issuers = {TestIssuerSettings()};
    options_.fetcher = &fetcher_;
    options_.clock = &clock_;
  }
  absl::Status Create() { return OidcVerifier::Create(options_).status(); }
  OidcIssuer& issuer() { return options_.issuers[0]; }

  FakeClock clock_;
  FakeHttpFetcher fetcher_;
  OidcVerifier::Options options_;
};

TEST_F(OidcSettingsTest, GoodSettingsAreAcceptedWithoutARequest) {
  EXPECT_THAT(Create(), IsOk());
  EXPECT_TRUE(fetcher_.requests().empty());
}

struct BadSetting {
  const char* what;
  std::function<void(OidcVerifier::Options&, OidcIssuer&)> spoil;
};

class BadSettingTest : public OidcSettingsTest, public ::testing::WithParamInterface<BadSetting> {};

TEST_P(BadSettingTest, IsRefused) {
  OidcIssuer spoilt = issuer();
  GetParam().spoil(options_, spoilt);
  if (!options_.issuers.empty()) issuer() = spoilt;
  EXPECT_THAT(Create(), FailsWith(Reason::kConfigurationInvalid));
}

using O = OidcVerifier::Options;
using I = OidcIssuer;
INSTANTIATE_TEST_SUITE_P(
    Settings, BadSettingTest,
    ::testing::Values(
        BadSetting{"NoClock", [](O& o, I&) { o.clock = nullptr; }},
        BadSetting{"NoIssuer", [](O& o, I&) { o.issuers.clear(); }},
        BadSetting{"SixtyFiveIssuers",
                   [](O& o, I&) {
                     for (int i = 0; i < 64; ++i) {
                       o.issuers.push_back(o.issuers[0]);
                       o.issuers.back().issuer += std::to_string(i);
                     }
                   }},
        BadSetting{"IssuerTwice", [](O& o, I& i) { o.issuers.push_back(i); }},
        BadSetting{"NoFetcher", [](O& o, I&) { o.fetcher = nullptr; }},
        BadSetting{"IntervalBelowOneSecond",
                   [](O& o, I&) { o.min_refresh_interval = absl::Milliseconds(999); }},
        BadSetting{"RefreshBelowInterval", [](O& o, I&) { o.refresh_after = absl::Seconds(9); }},
        BadSetting{"AgeBelowRefresh", [](O& o, I&) { o.max_key_age = absl::Minutes(59); }},
        BadSetting{"EmptyIssuer", [](O&, I& i) { i.issuer = ""; }},
        BadSetting{"PlainHttp", [](O&, I& i) { i.issuer = "http://127.0.0.1"; }},
        BadSetting{"IssuerWithQuery", [](O&, I& i) { i.issuer += "/?a=b"; }},
        BadSetting{"IssuerWithFragment", [](O&, I& i) { i.issuer += "#a"; }},
        BadSetting{"IssuerWithLineFeed", [](O&, I& i) { i.issuer += "\n"; }},
        BadSetting{"NoAudience", [](O&, I& i) { i.audiences.clear(); }},
        BadSetting{"EmptyAudience", [](O&, I& i) { i.audiences = {"a", ""}; }},
        BadSetting{"NoAlgorithm", [](O&, I& i) { i.algorithms.clear(); }},
        BadSetting{"None", [](O&, I& i) { i.algorithms = {"none"}; }},
        BadSetting{"Hmac", [](O&, I& i) { i.algorithms = {"ES256", "HS256"}; }},
        BadSetting{"UnknownAlgorithm", [](O&, I& i) { i.algorithms = {"es256"}; }},
        BadSetting{"NoAcr", [](O&, I& i) { i.acr_levels.clear(); }},
        BadSetting{"EmptyAcr", [](O&, I& i) { i.acr_levels[""] = LevelOfAssurance::kHigh; }},
        BadSetting{"NegativeSkew", [](O&, I& i) { i.skew = absl::Seconds(-1); }},
        BadSetting{"SkewOver60s", [](O&, I& i) { i.skew = absl::Milliseconds(60001); }},
        BadSetting{"NoLevelClaim", [](O&, I& i) { i.level_claim = ""; }},
        BadSetting{"NoNames", [](O&, I& i) { i.claims.given_name = i.claims.surname = ""; }},
        BadSetting{"NoCountry", [](O&, I& i) { i.claims.fixed_country = ""; }},
        BadSetting{"TwoCountries", [](O&, I& i) { i.claims.country = "country"; }},
        BadSetting{"LowerCaseCountry", [](O&, I& i) { i.claims.fixed_country = "si"; }},
        BadSetting{"UnknownIdentifierType",
                   [](O&, I& i) {
                     i.claims.identifier = "pid";
                     i.claims.identifier_type = "XYZ";
                   }},
        BadSetting{"MissingFile", [](O&, I& i) { i.jwks_file = "/nonexistent/keys.jwks"; }}),
    [](const auto& row) { return std::string(row.param.what); });

TEST_F(OidcSettingsTest, PlainHttpIsAcceptedWhereItIsAllowed) {
  issuer().issuer = "http://127.0.0.1:8080";
  issuer().allow_loopback_http = true;
  EXPECT_THAT(Create(), IsOk());
}

// The keys of a provider that this machine cannot reach.
class KeyFileTest : public OidcSettingsTest {
 protected:
  KeyFileTest() {
    issuer().jwks_file = path_;
    options_.fetcher = nullptr;
  }
  void Write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }
  absl::Status Verify(OidcVerifier& verifier, const IdTokenKey& key) {
    const std::string token =
        SignToken(key, IdTokenClaims(clock_.Now()).Text("nonce", kNonce).Json());
    const AssertionCheck check{
        .assertion = AsSpan(token), .expected_nonce = kNonce, .accepted_issuers = {}};
    return verifier.Verify(check).status();
  }

  const enkrat::testing::ScratchFolder folder_;
  const std::string path_ = folder_.File("keys.json");
};

TEST_F(KeyFileTest, NeedsNoFetcher) {
  const IdTokenKey key;
  Write(Jwks({key.PublicJwk()}));
  ASSERT_OK_AND_ASSIGN(const auto verifier, OidcVerifier::Create(options_));
  EXPECT_THAT(Verify(*verifier, key), IsOk());
}

TEST_F(KeyFileTest, WithoutKeysOfUseIsRefusedAtTheStart) {
  Write("{\"keys\":[]}");
  EXPECT_THAT(Create(), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(KeyFileTest, IsReadAgainAtAnUnknownKid) {
  const IdTokenKey first({.kid = "first"});
  const IdTokenKey second({.kid = "second"});
  Write(Jwks({first.PublicJwk()}));
  ASSERT_OK_AND_ASSIGN(const auto verifier, OidcVerifier::Create(options_));
  EXPECT_THAT(Verify(*verifier, first), IsOk());
  Write(Jwks({second.PublicJwk()}));
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(Verify(*verifier, second), IsOk());
  EXPECT_THAT(Verify(*verifier, first), FailsWith(Reason::kAssertionRejected));
}

TEST_F(KeyFileTest, ThatIsGoneLaterLeavesTheKeysInUse) {
  const IdTokenKey key;
  Write(Jwks({key.PublicJwk()}));
  ASSERT_OK_AND_ASSIGN(const auto verifier, OidcVerifier::Create(options_));
  std::remove(path_.c_str());
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(Verify(*verifier, key), IsOk());
}

}  // namespace
}  // namespace enkrat::idp_client
