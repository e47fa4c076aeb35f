// One provider, one relying party's demands, one clock: what the tests of the whole verifier share.
#ifndef ENKRAT_TESTS_UNIT_IDP_CLIENT_OIDC_FIXTURE_H_
#define ENKRAT_TESTS_UNIT_IDP_CLIENT_OIDC_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "idp_client/oidc_verifier.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http_fetcher.h"
#include "tests/support/id_token_factory.h"
#include "tests/support/status_matchers.h"

namespace enkrat::idp_client {

inline constexpr char kDiscoveryUrl[] = "https://idp.example/.well-known/openid-configuration";
inline constexpr char kJwksUrl[] = "https://idp.example/keys";
inline constexpr char kNonce[] = "ZXhwZWN0ZWQtbm9uY2U";

// A provider that is configured well and whose tokens pass, until a test changes something.
inline OidcIssuer TestIssuerSettings() {
  OidcIssuer issuer;
  issuer.issuer = testing::kTestIssuer;
  issuer.audiences = {testing::kTestAudience, "enkrat-other"};
  issuer.acr_levels = {{testing::kTestAcrHigh, LevelOfAssurance::kHigh},
                       {testing::kTestAcrSubstantial, LevelOfAssurance::kSubstantial}};
  issuer.claims.fixed_country = "SI";
  return issuer;
}

class OidcFixture : public ::testing::Test {
 protected:
  OidcFixture() {
    PublishKeys(testing::Jwks({key_.PublicJwk()}));
    fetcher_.Answer(
        kDiscoveryUrl,
        "{\"issuer\":\"https://idp.example\",\"jwks_uri\":\"https://idp.example/keys\"}");
  }

  void PublishKeys(const std::string& jwks) { fetcher_.Answer(kJwksUrl, jwks); }

  // Made at the first use, so that tests can change settings_ before.
  OidcVerifier& verifier() {
    if (verifier_ == nullptr) {
      OidcVerifier::Options options;
      options.issuers = {settings_};
      options.fetcher = &fetcher_;
      options.clock = &clock_;
      verifier_ = OidcVerifier::Create(std::move(options)).value();
    }
    return *verifier_;
  }

  // Claims of a token that passes.
  testing::IdTokenClaims GoodClaims() const {
    return testing::IdTokenClaims(clock_.Now()).Text("nonce", kNonce);
  }
  std::string GoodToken() const { return testing::SignToken(key_, GoodClaims().Json()); }

  absl::StatusOr<VerifiedIdentity> Verify(const std::string& token) {
    AssertionCheck check = demands_;
    check.assertion = AsSpan(token);
    return verifier().Verify(check);
  }
  absl::StatusOr<VerifiedIdentity> VerifyClaims(const testing::IdTokenClaims& claims) {
    return Verify(testing::SignToken(key_, claims.Json()));
  }

  testing::FakeClock clock_;
  testing::FakeHttpFetcher fetcher_;
  testing::IdTokenKey key_;
  OidcIssuer settings_ = TestIssuerSettings();
  AssertionCheck demands_{.assertion = {}, .expected_nonce = kNonce, .accepted_issuers = {}};

 private:
  std::unique_ptr<OidcVerifier> verifier_;
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_TESTS_UNIT_IDP_CLIENT_OIDC_FIXTURE_H_
