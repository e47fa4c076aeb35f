// The verifier as a whole: what binds a token to an act, whom it is for, and what to step up to.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "idp_client/authorized_act_claim.h"
#include "tests/unit/idp_client/oidc_fixture.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IdTokenClaims;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::kTestAcrHigh;
using ::enkrat::testing::kTestAcrSubstantial;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OidcBindingTest : public OidcFixture {
 protected:
  OidcBindingTest() { demands_.authorized_act = &act_; }

  // A good token whose authorization_details say `act`.
  IdTokenClaims ClaimsFor(const AuthorizedAct& act) const {
    return GoodClaims().Raw("authorization_details",
                            nlohmann::json::array({AuthorizedActJson(act)}).dump());
  }
  AuthorizedAct OtherAct() const {
    AuthorizedAct act = act_;
    act.documents[0].digest[0] ^= 1;
    return act;
  }

  AuthorizedAct act_ = {.relying_party = "demo",
                        .request_id = "r-1",
                        .level = "ADVANCED",
                        .kind = "SIGNATURE",
                        .organization_identifier = "",
                        .documents = {{.label = "Contract",
                                       .digest_algorithm_oid = "2.16.840.1.101.3.4.2.1",
                                       .digest = Bytes(32, 7)}}};
};

TEST_F(OidcBindingTest, DetailsOfTheActBindWithAnyNonce) {
  for (const char* nonce : {kNonce, "random-of-the-client"}) {
    ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity,
                         VerifyClaims(ClaimsFor(act_).Text("nonce", nonce)));
    EXPECT_TRUE(identity.bound) << nonce;
  }
}

TEST_F(OidcBindingTest, DetailsOfTheActBindWithoutNonce) {
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity,
                       VerifyClaims(ClaimsFor(act_).Remove("nonce")));
  EXPECT_TRUE(identity.bound);
}

TEST_F(OidcBindingTest, DetailsOfAnotherActAreRejectedAlsoWithTheRightNonce) {
  EXPECT_THAT(VerifyClaims(ClaimsFor(OtherAct())), FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcBindingTest, DetailsOfAnotherActAreRejectedAlsoWhereNoBindingIsRequired) {
  demands_.binding_required = false;
  EXPECT_THAT(VerifyClaims(ClaimsFor(OtherAct())), FailsWith(Reason::kAssertionRejected));
  EXPECT_THAT(VerifyClaims(ClaimsFor(OtherAct()).Remove("nonce")),
              FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcBindingTest, WithoutDetailsTheNonceDecides) {
  EXPECT_THAT(VerifyClaims(GoodClaims()), IsOk());
  EXPECT_THAT(VerifyClaims(GoodClaims().Text("nonce", "random-of-the-client")),
              FailsWith(Reason::kAssertionRejected));
  EXPECT_THAT(VerifyClaims(GoodClaims().Remove("nonce")), FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcBindingTest, WithDetailsOfAnotherTypeTheNonceDecides) {
  const std::string payment = R"([{"type":"payment_initiation"}])";
  EXPECT_THAT(VerifyClaims(GoodClaims().Raw("authorization_details", payment)), IsOk());
  EXPECT_THAT(
      VerifyClaims(
          GoodClaims().Raw("authorization_details", payment).Text("nonce", "random-of-the-client")),
      FailsWith(Reason::kAssertionRejected));
}

// Who agreed to sign a contract has not agreed to an act on their signing PIN, whose nonce the
// relying party slipped in.
TEST_F(OidcBindingTest, ConsentToADocumentIsRejectedForAnActWithoutDocuments) {
  demands_.authorized_act = nullptr;
  EXPECT_THAT(VerifyClaims(GoodClaims()), IsOk());
  EXPECT_THAT(VerifyClaims(ClaimsFor(act_)), FailsWith(Reason::kAssertionRejected));
  demands_.binding_required = false;
  EXPECT_THAT(VerifyClaims(ClaimsFor(act_).Remove("nonce")), FailsWith(Reason::kAssertionRejected));
}

// Twenty documents are within the bounds of a token.
TEST_F(OidcBindingTest, DetailsOfManyDocumentsAreRead) {
  while (act_.documents.size() < 60) act_.documents.push_back(act_.documents[0]);
  EXPECT_THAT(VerifyClaims(ClaimsFor(act_).Text("nonce", "random")), IsOk());
}

TEST_F(OidcBindingTest, AudienceOfTheRelyingPartyIsAccepted) {
  demands_.accepted_audiences = {"enkrat-other"};
  EXPECT_THAT(VerifyClaims(GoodClaims().Text("aud", "enkrat-other")), IsOk());
}

TEST_F(OidcBindingTest, AudienceOfAnotherRelyingPartyIsRejected) {
  demands_.accepted_audiences = {"enkrat-other"};
  EXPECT_THAT(VerifyClaims(GoodClaims()), FailsWith(Reason::kAssertionRejected));
  EXPECT_THAT(
      VerifyClaims(
          GoodClaims().Raw("aud", R"(["enkrat-other","enkrat-test"])").Text("azp", "enkrat-test")),
      FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcBindingTest, AudienceThatIsNotTheProvidersIsRejected) {
  demands_.accepted_audiences = {"stranger", "Enkrat-Other"};
  EXPECT_THAT(VerifyClaims(GoodClaims()), FailsWith(Reason::kAssertionRejected));
  EXPECT_THAT(VerifyClaims(GoodClaims().Text("aud", "stranger")),
              FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcBindingTest, TooLowALevelSaysWhatToStepUpTo) {
  settings_.acr_levels["urn:a"] = LevelOfAssurance::kHigh;
  demands_.minimal_level_of_assurance = LevelOfAssurance::kHigh;
  demands_.max_authentication_age = absl::Seconds(90);
  const absl::Status status = VerifyClaims(GoodClaims().Text("acr", kTestAcrSubstantial)).status();
  EXPECT_THAT(status, FailsWith(Reason::kLevelOfAssuranceTooLow));
  EXPECT_EQ(FieldOf(status), "high");
  const std::optional<StepUp> step_up = StepUpOf(status);
  ASSERT_TRUE(step_up.has_value());
  EXPECT_THAT(step_up->acr_values, ElementsAre(kTestAcrHigh, "urn:a"));
  EXPECT_EQ(step_up->max_age, absl::Seconds(90));
  EXPECT_THAT(step_up->amr, IsEmpty());
}

TEST_F(OidcBindingTest, WeakerValueThatIsEnoughComesFirst) {
  settings_.acr_levels["urn:low"] = LevelOfAssurance::kLow;
  demands_.minimal_level_of_assurance = LevelOfAssurance::kSubstantial;
  const absl::Status status = VerifyClaims(GoodClaims().Text("acr", "urn:low")).status();
  ASSERT_TRUE(StepUpOf(status).has_value());
  EXPECT_THAT(StepUpOf(status)->acr_values, ElementsAre(kTestAcrSubstantial, kTestAcrHigh));
}

// Nobody who holds a bad token learns what the policy is.
TEST_F(OidcBindingTest, BadTokenOfTooLowALevelIsJustRejected) {
  const absl::Status status =
      VerifyClaims(GoodClaims().Text("acr", kTestAcrSubstantial).Text("nonce", "x")).status();
  EXPECT_THAT(status, FailsWith(Reason::kAssertionRejected));
  EXPECT_FALSE(StepUpOf(status).has_value());
}

TEST_F(OidcBindingTest, NumericScaleOfAnotherClaimIsRead) {
  settings_.level_claim = "loa";
  settings_.acr_levels = {{"10", LevelOfAssurance::kLow},
                          {"20", LevelOfAssurance::kSubstantial},
                          {"30", LevelOfAssurance::kHigh}};
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity,
                       VerifyClaims(GoodClaims().Number("loa", 30)));
  EXPECT_EQ(identity.level_of_assurance, LevelOfAssurance::kHigh);
  EXPECT_EQ(identity.authentication_context, "30");
  EXPECT_THAT(VerifyClaims(GoodClaims().Number("loa", 20)),
              FailsWith(Reason::kLevelOfAssuranceTooLow));
  EXPECT_THAT(VerifyClaims(GoodClaims().Number("loa", 40)), FailsWith(Reason::kAssertionRejected));
  EXPECT_THAT(VerifyClaims(GoodClaims()), FailsWith(Reason::kAssertionRejected));
}

TEST_F(OidcBindingTest, ContextAndMethodsAreKept) {
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity,
                       VerifyClaims(GoodClaims().Raw("amr", R"(["pin","hwk"])")));
  EXPECT_EQ(identity.authentication_context, kTestAcrHigh);
  EXPECT_THAT(identity.authentication_methods, ElementsAre("pin", "hwk"));
  EXPECT_THAT(VerifyClaims(GoodClaims())->authentication_methods, IsEmpty());
}

TEST_F(OidcBindingTest, MethodsOfAnotherShapeAreRejected) {
  for (const char* amr : {"\"pwd\"", "null", "[1]", "[\"\"]", "[\"a\\u0000\"]", "{}"}) {
    EXPECT_THAT(VerifyClaims(GoodClaims().Raw("amr", amr)), FailsWith(Reason::kAssertionRejected))
        << amr;
  }
}

TEST_F(OidcBindingTest, EdwardsKeySignsOnlyWhereItIsAllowed) {
  const testing::IdTokenKey key({.algorithm = "EdDSA"});
  PublishKeys(testing::Jwks({key.PublicJwk()}));
  EXPECT_THAT(Verify(testing::SignToken(key, GoodClaims().Json())),
              FailsWith(Reason::kAssertionRejected));
}

}  // namespace
}  // namespace enkrat::idp_client
