// The SAML verifier as a whole: what a good response yields, and the demands of the relying party.
#include "idp_client/saml_verifier.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/unit/idp_client/saml_fixture.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::kTestContextSubstantial;
using ::enkrat::testing::kTestEntityId;
using ::enkrat::testing::SamlAssertion;
using ::enkrat::testing::SamlResponseAround;
using ::enkrat::testing::SamlSigningPair;
using ::enkrat::testing::SamlTimeText;
using ::enkrat::testing::SignSaml;

class SamlVerifierTest : public SamlFixture {};

TEST_F(SamlVerifierTest, GoodResponseYieldsTheIdentity) {
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, Verify(GoodResponse()));
  const absl::Time now = clock_.Now();
  EXPECT_EQ(identity.issuer, kTestEntityId);
  EXPECT_EQ(identity.assertion_id, "_assertion-1");
  EXPECT_EQ(identity.assertion_expires_at, now + absl::Minutes(5) + absl::Seconds(10));
  EXPECT_EQ(identity.authenticated_at, now - absl::Seconds(20));
  EXPECT_EQ(identity.level_of_assurance, LevelOfAssurance::kHigh);
  EXPECT_EQ(identity.authentication_context, "http://eidas.europa.eu/LoA/high");
  EXPECT_EQ(identity.subject, "person-1");
  EXPECT_EQ(identity.given_name, "Ana");
  EXPECT_EQ(identity.surname, "Novak");
  EXPECT_EQ(identity.country, "SI");
  EXPECT_EQ(identity.identifier, "");
  EXPECT_TRUE(identity.mandates.empty());
  EXPECT_TRUE(identity.bound);
}

TEST_F(SamlVerifierTest, Base64OfTheResponseIsAcceptedInLinesToo) {
  const std::string base64 = ToBase64(AsSpan(GoodResponse()));
  EXPECT_THAT(Verify(base64), IsOk());
  std::string lines;
  for (size_t i = 0; i < base64.size(); i += 76) {
    absl::StrAppend(&lines, base64.substr(i, 76), "\r\n");
  }
  EXPECT_THAT(Verify(lines), IsOk());
}

TEST_F(SamlVerifierTest, EverySignatureMethodOfTheListIsAccepted) {
  struct Row {
    SamlSigningPair::Options key;
    std::string method;
    std::string digest;
  };
  const std::string more = "http://www.w3.org/2001/04/xmldsig-more#";
  const std::string mgf1 = "http://www.w3.org/2007/05/xmldsig-more#";
  const std::string sha512 = "http://www.w3.org/2001/04/xmlenc#sha512";
  const std::string sha384 = more + "sha384";
  const std::vector<Row> rows = {
      {{.type = "RSA"}, more + "rsa-sha256", sha384},
      {{.type = "RSA"}, more + "rsa-sha384", sha512},
      {{.type = "RSA"}, more + "rsa-sha512", sha512},
      {{.type = "RSA", .rsa_bits = 3072}, mgf1 + "sha256-rsa-MGF1", sha384},
      {{.type = "RSA"}, mgf1 + "sha384-rsa-MGF1", sha384},
      {{.type = "RSA"}, mgf1 + "sha512-rsa-MGF1", sha512},
      {{.curve = "P-256"}, more + "ecdsa-sha256", sha512},
      {{.curve = "P-384"}, more + "ecdsa-sha384", sha384},
      {{.curve = "P-521"}, more + "ecdsa-sha512", sha512},
  };
  for (const Row& row : rows) {
    const SamlSigningPair key(row.key);
    Publish({.certificates = {key.CertificateBase64()}});
    clock_.Advance(absl::Seconds(11));  // may ask for metadata again
    EXPECT_THAT(
        Verify(SamlResponseAround(SignSaml(key, GoodAssertion().Xml(),
                                           {.method = row.method, .digest_method = row.digest}))),
        IsOk())
        << row.method;
  }
}

TEST_F(SamlVerifierTest, ResponseThatIsSignedTooIsAccepted) {
  EXPECT_THAT(Verify(SignSaml(key_, GoodResponse())), IsOk());
}

TEST_F(SamlVerifierTest, ResponseThatIsSignedByAnotherIsRejectedThoughItsAssertionIsGood) {
  EXPECT_THAT(Verify(SignSaml(SamlSigningPair(), GoodResponse())),
              IsRejectedSaying("no key of the provider"));
}

TEST_F(SamlVerifierTest, AlteredResponseAroundAGoodAssertionIsRejectedIfItIsSigned) {
  std::string response = SignSaml(key_, GoodResponse());
  const size_t place = response.find("2026-01-01T00:00:00Z");
  response.replace(place, 4, "2027");
  EXPECT_THAT(Verify(response), IsRejectedSaying("altered"));
}

TEST_F(SamlVerifierTest, UnknownIssuerIsRejected) {
  SamlAssertion assertion = GoodAssertion();
  assertion.issuer = "https://saml-idp.example/metadata/";
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("not a known identity provider"));
}

TEST_F(SamlVerifierTest, IssuerThatDoesNotCountForTheRelyingPartyIsRejected) {
  demands_.accepted_issuers = {"https://other.example"};
  EXPECT_THAT(Verify(GoodResponse()), IsRejectedSaying("relying party"));
  demands_.accepted_issuers = {"https://other.example", kTestEntityId};
  EXPECT_THAT(Verify(GoodResponse()), IsOk());
}

TEST_F(SamlVerifierTest, AudienceThatDoesNotCountForTheRelyingPartyIsRejected) {
  demands_.accepted_audiences = {"https://enkrat.example/other"};
  EXPECT_THAT(Verify(GoodResponse()), IsRejectedSaying("audience is not ours"));
}

// The relying party cannot widen what the provider's settings allow.
TEST_F(SamlVerifierTest, AudienceThatOnlyTheRelyingPartyNamesIsRejected) {
  demands_.accepted_audiences = {"https://elsewhere.example"};
  SamlAssertion assertion = GoodAssertion();
  assertion.audiences = {"https://elsewhere.example"};
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("audience is not ours"));
}

TEST_F(SamlVerifierTest, LevelBelowTheMinimumSaysWhatToAskFor) {
  SamlAssertion assertion = GoodAssertion();
  assertion.context = kTestContextSubstantial;
  const absl::Status status = VerifyAssertion(assertion).status();
  EXPECT_THAT(status, FailsWith(Reason::kLevelOfAssuranceTooLow));
  EXPECT_EQ(FieldOf(status), "high");
  const std::optional<StepUp> step_up = StepUpOf(status);
  ASSERT_TRUE(step_up.has_value());
  EXPECT_EQ(step_up->acr_values, std::vector<std::string>{"http://eidas.europa.eu/LoA/high"});
  EXPECT_EQ(step_up->max_age, demands_.max_authentication_age);
}

TEST_F(SamlVerifierTest, LevelAtTheMinimumIsAccepted) {
  demands_.minimal_level_of_assurance = LevelOfAssurance::kSubstantial;
  SamlAssertion assertion = GoodAssertion();
  assertion.context = kTestContextSubstantial;
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, VerifyAssertion(assertion));
  EXPECT_EQ(identity.level_of_assurance, LevelOfAssurance::kSubstantial);
}

TEST_F(SamlVerifierTest, LevelIsNotToldToTheBearerOfAnExpiredAssertion) {
  SamlAssertion assertion = GoodAssertion();
  assertion.context = kTestContextSubstantial;
  assertion.not_on_or_after = SamlTimeText(clock_.Now() - absl::Minutes(1));
  EXPECT_THAT(VerifyAssertion(assertion), FailsWith(Reason::kAssertionRejected));
}

TEST_F(SamlVerifierTest, UnknownContextIsRejectedNotRanked) {
  SamlAssertion assertion = GoodAssertion();
  assertion.context = "http://eidas.europa.eu/LoA/higher";
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("AuthnContextClassRef is unknown"));
}

// The same assertion, signed again or wrapped otherwise, must meet the ledger under one name.
TEST_F(SamlVerifierTest, AssertionKeepsItsIdInAnotherResponse) {
  const std::string assertion = GoodAssertion().Xml();
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity first,
                       Verify(SamlResponseAround(SignSaml(key_, assertion))));
  ASSERT_OK_AND_ASSIGN(
      const VerifiedIdentity second,
      Verify(SamlResponseAround(SignSaml(key_, assertion), {.id = "_response-2"})));
  EXPECT_EQ(first.assertion_id, second.assertion_id);
}

TEST_F(SamlVerifierTest, IdTokenIsRejected) {
  demands_.type = AssertionType::kOidcIdToken;
  EXPECT_THAT(Verify(GoodResponse()), IsRejectedSaying("not a SAML response"));
}

TEST_F(SamlVerifierTest, EmptyAssertionIsRejected) {
  EXPECT_THAT(Verify(""), FailsWith(Reason::kAssertionRejected));
}

TEST_F(SamlVerifierTest, ManyThreadsVerifyAtOnce) {
  const std::string good = GoodResponse();
  const std::string forged = SamlResponseAround(SignSaml(SamlSigningPair(), GoodAssertion().Xml()));
  verifier();  // made here, used by all
  std::atomic<int> accepted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j) {
        accepted += Verify(good).ok() ? 1 : 0;
        accepted += Verify(forged).ok() ? 1000 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(accepted.load(), 80);
}

// Messages go into evidence and logs.
TEST_F(SamlVerifierTest, MessagesHoldNothingOfTheAssertion) {
  SamlAssertion assertion = GoodAssertion();
  assertion.name_id_xml = "secret-person\x7F";
  assertion.attributes[testing::kSurnameAttribute] = {"Secret\xE2\x80\xAEName"};
  assertion.context = "urn:secret";
  for (int i = 0; i < 3; ++i) {
    const absl::Status status = VerifyAssertion(assertion).status();
    EXPECT_THAT(status, FailsWith(Reason::kAssertionRejected));
    EXPECT_EQ(std::string(status.message()).find("ecret"), std::string::npos) << status;
    if (i == 0) assertion.name_id_xml = "person-1";
    if (i == 1) assertion.attributes[testing::kSurnameAttribute] = {"Novak"};
  }
}

}  // namespace
}  // namespace enkrat::idp_client
