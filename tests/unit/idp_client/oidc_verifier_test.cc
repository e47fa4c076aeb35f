// The verifier as a whole: what a good token yields, and the demands of the relying party.
#include "idp_client/oidc_verifier.h"

#include "common/digest.h"
#include "tests/unit/idp_client/oidc_fixture.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IdTokenKey;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::Jwks;
using ::enkrat::testing::kTestAcrSubstantial;
using ::enkrat::testing::SigningInput;
using ::enkrat::testing::SignToken;

class OidcVerifierTest : public OidcFixture {};

TEST_F(OidcVerifierTest, GoodTokenYieldsTheIdentity) {
  const absl::Time now = clock_.Now();
  ASSERT_OK_AND_ASSIGN(
      const VerifiedIdentity identity,
      VerifyClaims(GoodClaims().Text("jti", "token-1").Time("auth_time", now - absl::Seconds(20))));
  EXPECT_EQ(identity.issuer, "https://idp.example");
  EXPECT_EQ(identity.assertion_id, "token-1");
  EXPECT_EQ(identity.assertion_expires_at, now + absl::Minutes(5) + absl::Seconds(10));
  EXPECT_EQ(identity.authenticated_at, now - absl::Seconds(20));
  EXPECT_EQ(identity.level_of_assurance, LevelOfAssurance::kHigh);
  EXPECT_EQ(identity.subject, "person-1");
  EXPECT_EQ(identity.given_name, "Ana");
  EXPECT_EQ(identity.surname, "Novak");
  EXPECT_EQ(identity.country, "SI");
  EXPECT_EQ(identity.identifier_type, "");
  EXPECT_EQ(identity.identifier, "");
  EXPECT_TRUE(identity.bound);
}

// A single sign-on session and prompt=none: a new token, the person not asked.
TEST_F(OidcVerifierTest, NewTokenOfAnOldAuthenticationIsRejected) {
  EXPECT_THAT(
      VerifyClaims(GoodClaims().Time("auth_time", clock_.Now() - absl::Seconds(181))).status(),
      FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, TokenWithoutAuthTimeIsRejected) {
  EXPECT_THAT(VerifyClaims(GoodClaims().Remove("auth_time")).status(),
              FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, TokenWithoutAuthTimeCountsFromIatWhereThatIsAllowed) {
  settings_.auth_time_required = false;
  const absl::Time iat = clock_.Now() - absl::Seconds(7);
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity,
                       VerifyClaims(GoodClaims().Remove("auth_time").Time("iat", iat)));
  EXPECT_EQ(identity.authenticated_at, iat);
}

TEST_F(OidcVerifierTest, TokenWithoutJtiIsKnownByItsSignedOctetsAlone) {
  const std::string claims = GoodClaims().Remove("jti").Json();
  // ECDSA signs the same octets differently each time: both are the same assertion.
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity first, Verify(SignToken(key_, claims)));
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity second, Verify(SignToken(key_, claims)));
  EXPECT_EQ(first.assertion_id, second.assertion_id);
  EXPECT_EQ(first.assertion_id, ToHex(Sha256(AsSpan(SigningInput(key_.Header(), claims)))));
}

TEST_F(OidcVerifierTest, EmptyAssertionIsRejected) {
  EXPECT_THAT(Verify(""), FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, IssuerWithASlashMoreIsRejected) {
  EXPECT_THAT(VerifyClaims(GoodClaims().Text("iss", "https://idp.example/")),
              FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, IssuerInOtherCaseIsRejected) {
  EXPECT_THAT(VerifyClaims(GoodClaims().Text("iss", "https://IDP.example")),
              FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, MissingIssuerIsRejected) {
  EXPECT_THAT(VerifyClaims(GoodClaims().Remove("iss")), FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, IssuerThatIsNotATextIsRejected) {
  EXPECT_THAT(VerifyClaims(GoodClaims().Raw("iss", "[\"https://idp.example\"]")),
              FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, UnknownIssuerCostsNoRequest) {
  EXPECT_THAT(VerifyClaims(GoodClaims().Text("iss", "https://evil.example")),
              FailsWith(Reason::kAssertionRejected));
  EXPECT_TRUE(fetcher_.requests().empty());
}

TEST_F(OidcVerifierTest, IssuerThatDoesNotCountForTheRelyingPartyIsRejected) {
  demands_.accepted_issuers = {"https://other.example"};
  EXPECT_THAT(Verify(GoodToken()), FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, IssuerThatCountsForTheRelyingPartyIsAccepted) {
  demands_.accepted_issuers = {"https://other.example", "https://idp.example"};
  EXPECT_THAT(Verify(GoodToken()), IsOk());
}

TEST_F(OidcVerifierTest, ForeignAudienceIsRejected) {
  EXPECT_THAT(VerifyClaims(GoodClaims().Text("aud", "somebody-else")),
              FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, OtherNonceIsRejected) {
  EXPECT_THAT(VerifyClaims(GoodClaims().Text("nonce", "ZXhwZWN0ZWQtbm9uY2V")),
              FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, MissingNonceIsRejectedWhereBindingIsRequired) {
  EXPECT_THAT(VerifyClaims(GoodClaims().Remove("nonce")), FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, MissingNonceIsUnboundWhereBindingIsOptional) {
  demands_.binding_required = false;
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, VerifyClaims(GoodClaims().Remove("nonce")));
  EXPECT_FALSE(identity.bound);
}

TEST_F(OidcVerifierTest, OtherNonceIsRejectedEvenWhereBindingIsOptional) {
  demands_.binding_required = false;
  EXPECT_THAT(VerifyClaims(GoodClaims().Text("nonce", "other")),
              FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, UnknownAcrIsRejected) {
  EXPECT_THAT(VerifyClaims(GoodClaims().Text("acr", "http://eidas.europa.eu/LoA/HIGH")),
              FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, LevelBelowTheMinimumIsToldApart) {
  EXPECT_THAT(VerifyClaims(GoodClaims().Text("acr", kTestAcrSubstantial)),
              FailsWith(Reason::kLevelOfAssuranceTooLow));
}

TEST_F(OidcVerifierTest, LevelBelowTheMinimumNamesTheMinimum) {
  const auto refused = VerifyClaims(GoodClaims().Text("acr", kTestAcrSubstantial));
  EXPECT_EQ(FieldOf(refused.status()), "high");
}

TEST_F(OidcVerifierTest, LevelAtTheMinimumIsAccepted) {
  demands_.minimal_level_of_assurance = LevelOfAssurance::kSubstantial;
  EXPECT_THAT(VerifyClaims(GoodClaims().Text("acr", kTestAcrSubstantial)), IsOk());
}

TEST_F(OidcVerifierTest, LevelAboveTheMinimumIsAccepted) {
  demands_.minimal_level_of_assurance = LevelOfAssurance::kLow;
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, Verify(GoodToken()));
  EXPECT_EQ(identity.level_of_assurance, LevelOfAssurance::kHigh);
}

// Nobody learns about levels of assurance with a token that is bad for another reason.
TEST_F(OidcVerifierTest, LowLevelOfAForgedTokenIsNotTold) {
  const IdTokenKey forger;
  EXPECT_THAT(Verify(SignToken(forger, GoodClaims().Text("acr", kTestAcrSubstantial).Json())),
              FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, LowLevelOfAnExpiredTokenIsNotTold) {
  EXPECT_THAT(VerifyClaims(GoodClaims()
                               .Text("acr", kTestAcrSubstantial)
                               .Time("exp", clock_.Now() - absl::Seconds(11))),
              FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, LowLevelOfANamelessTokenIsNotTold) {
  EXPECT_THAT(
      VerifyClaims(
          GoodClaims().Text("acr", kTestAcrSubstantial).Remove("given_name").Remove("family_name")),
      FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcVerifierTest, MessageOfARejectionNeverHoldsTheClaim) {
  const auto result = VerifyClaims(GoodClaims().Text("given_name", "Poison\nedName"));
  ASSERT_THAT(result, FailsWith(Reason::kAssertionRejected));
  EXPECT_EQ(result.status().ToString().find("Poison"), std::string::npos);
}

class AlgorithmTest : public OidcFixture, public ::testing::WithParamInterface<const char*> {
 protected:
  // One key for all tests of an algorithm: RSA keys take time to make.
  static const IdTokenKey& Key() {
    static std::map<std::string, IdTokenKey>& keys = *new std::map<std::string, IdTokenKey>();
    return keys.try_emplace(GetParam(), IdTokenKey::Options{.algorithm = GetParam()}).first->second;
  }
};

TEST_P(AlgorithmTest, IsAcceptedWhereItIsConfigured) {
  const IdTokenKey& key = Key();
  PublishKeys(Jwks({key.PublicJwk()}));
  settings_.algorithms = {GetParam()};
  EXPECT_THAT(Verify(SignToken(key, GoodClaims().Json())), IsOk());
}

TEST_P(AlgorithmTest, IsRejectedWhereItIsNotConfigured) {
  const IdTokenKey& key = Key();
  PublishKeys(Jwks({key.PublicJwk()}));
  settings_.algorithms = {std::string(GetParam()) == "ES256" ? "ES384" : "ES256"};
  EXPECT_THAT(Verify(SignToken(key, GoodClaims().Json())), FailsWith(Reason::kAssertionRejected));
  EXPECT_TRUE(fetcher_.requests().empty());
}

TEST_P(AlgorithmTest, RejectsASignatureWithOneBitFlipped) {
  const IdTokenKey& key = Key();
  PublishKeys(Jwks({key.PublicJwk()}));
  settings_.algorithms = {GetParam()};
  const std::string claims = GoodClaims().Json();
  Bytes signature = key.Sign(SigningInput(key.Header(), claims));
  signature[signature.size() / 2] ^= 1;
  EXPECT_THAT(Verify(testing::CompactToken(key.Header(), claims, signature)),
              FailsWith(Reason::kAssertionRejected));
}

INSTANTIATE_TEST_SUITE_P(Names, AlgorithmTest,
                         ::testing::Values("ES256", "ES384", "ES512", "PS256", "PS384", "PS512",
                                           "RS256", "RS384", "RS512", "EdDSA"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace enkrat::idp_client
