// What a verified assertion must say, rule by rule: all are signed by the provider, and wrong in
// one way.
#include <functional>

#include "absl/strings/str_cat.h"
#include "tests/unit/idp_client/saml_fixture.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::IsOk;
using ::enkrat::testing::kTestServiceEntityId;
using ::enkrat::testing::SamlAssertion;
using ::enkrat::testing::SamlResponseAround;
using ::enkrat::testing::SamlTimeText;
using ::enkrat::testing::SignSaml;

// Skew is 10 s, the longest age of an authentication 180 s.
class SamlAssertionRulesTest : public SamlFixture {
 protected:
  absl::StatusOr<VerifiedIdentity> VerifyWith(const std::function<void(SamlAssertion&)>& change) {
    SamlAssertion assertion = GoodAssertion();
    change(assertion);
    return VerifyAssertion(assertion);
  }
  std::string At(absl::Duration from_now) const { return SamlTimeText(clock_.Now() + from_now); }
};

TEST_F(SamlAssertionRulesTest, OtherVersionIsRejected) {
  EXPECT_THAT(VerifyWith([](auto& a) { a.version = "2.1"; }), IsRejectedSaying("version"));
}

TEST_F(SamlAssertionRulesTest, MissingIdIsRejected) {
  EXPECT_THAT(VerifyWith([](auto& a) { a.id = ""; }), IsRejectedSaying("does not refer"));
}

TEST_F(SamlAssertionRulesTest, UnknownStatementIsRejected) {
  EXPECT_THAT(VerifyWith([](auto& a) {
                a.more_xml = "<saml:AuthzDecisionStatement></saml:AuthzDecisionStatement>";
              }),
              IsRejectedSaying("holds what it must not"));
}

TEST_F(SamlAssertionRulesTest, SecondSubjectOrConditionsOrAuthnStatementIsRejected) {
  for (const char* name : {"Issuer", "Subject", "Conditions", "AuthnStatement"}) {
    const absl::Status status = VerifyWith([&](auto& a) {
                                  a.more_xml = absl::StrCat("<saml:", name, "></saml:", name, ">");
                                }).status();
    EXPECT_THAT(status, IsRejectedSaying("more than one")) << name;
  }
}

TEST_F(SamlAssertionRulesTest, AdviceIsNotRead) {
  EXPECT_THAT(VerifyWith([](auto& a) { a.more_xml = "<saml:Advice></saml:Advice>"; }), IsOk());
}

TEST_F(SamlAssertionRulesTest, NotOnOrAfterIsTheFirstMomentOfRefusal) {
  EXPECT_THAT(VerifyWith([&](auto& a) { a.not_on_or_after = At(-absl::Seconds(9)); }), IsOk());
  EXPECT_THAT(VerifyWith([&](auto& a) { a.not_on_or_after = At(-absl::Seconds(10)); }),
              IsRejectedSaying("assertion has expired"));
}

TEST_F(SamlAssertionRulesTest, NotBeforeMayBeAheadByTheSkew) {
  EXPECT_THAT(VerifyWith([&](auto& a) { a.not_before = At(absl::Seconds(10)); }), IsOk());
  EXPECT_THAT(VerifyWith([&](auto& a) { a.not_before = At(absl::Seconds(11)); }),
              IsRejectedSaying("not valid yet"));
}

TEST_F(SamlAssertionRulesTest, IssueInstantMustBeNowOrShortlyBefore) {
  EXPECT_THAT(VerifyWith([&](auto& a) { a.issue_instant = At(absl::Seconds(11)); }),
              IsRejectedSaying("from the future"));
  EXPECT_THAT(VerifyWith([&](auto& a) { a.issue_instant = At(-absl::Seconds(181)); }),
              IsRejectedSaying("too old"));
  EXPECT_THAT(VerifyWith([](auto& a) { a.issue_instant = ""; }),
              IsRejectedSaying("IssueInstant is missing"));
}

// Single sign-on: a new assertion of an old login.
TEST_F(SamlAssertionRulesTest, OldAuthenticationIsRejected) {
  EXPECT_THAT(VerifyWith([&](auto& a) { a.authn_instant = At(-absl::Seconds(180)); }), IsOk());
  EXPECT_THAT(VerifyWith([&](auto& a) { a.authn_instant = At(-absl::Seconds(181)); }),
              IsRejectedSaying("too long ago"));
  EXPECT_THAT(VerifyWith([&](auto& a) { a.authn_instant = At(absl::Seconds(11)); }),
              IsRejectedSaying("in the future"));
  EXPECT_THAT(VerifyWith([](auto& a) { a.authn_instant = ""; }),
              IsRejectedSaying("AuthnInstant is missing"));
}

TEST_F(SamlAssertionRulesTest, EndedSessionIsRejected) {
  EXPECT_THAT(VerifyWith([&](auto& a) { a.session_not_on_or_after = At(absl::Hours(8)); }), IsOk());
  EXPECT_THAT(VerifyWith([&](auto& a) { a.session_not_on_or_after = At(-absl::Seconds(10)); }),
              IsRejectedSaying("session has ended"));
}

TEST_F(SamlAssertionRulesTest, TimesThatAreNotInUtcAreRejected) {
  for (const char* text : {"2027-01-15T08:00:00", "2027-01-15T08:00:00+01:00", "tomorrow",
                           "2027-02-30T08:00:00Z", "20270115T080000Z"}) {
    EXPECT_THAT(VerifyWith([&](auto& a) { a.not_on_or_after = text; }),
                IsRejectedSaying("not a time in UTC"))
        << text;
  }
}

TEST_F(SamlAssertionRulesTest, OtherAudienceIsRejected) {
  EXPECT_THAT(VerifyWith([](auto& a) { a.audiences = {"https://other.example"}; }),
              IsRejectedSaying("audience is not ours"));
  EXPECT_THAT(VerifyWith([](auto& a) { a.audiences = {absl::StrCat(kTestServiceEntityId, "/")}; }),
              IsRejectedSaying("audience is not ours"));
}

TEST_F(SamlAssertionRulesTest, OursAmongSeveralAudiencesIsAccepted) {
  EXPECT_THAT(VerifyWith([](auto& a) {
                a.audiences = {"https://other.example", kTestServiceEntityId};
              }),
              IsOk());
}

TEST_F(SamlAssertionRulesTest, NoAudienceIsRejected) {
  EXPECT_THAT(VerifyWith([](auto& a) { a.audiences = {}; }), IsRejectedSaying("names no audience"));
}

// Core 2.5.1.4: several restrictions must all hold.
TEST_F(SamlAssertionRulesTest, SecondRestrictionWithoutUsIsRejected) {
  EXPECT_THAT(VerifyWith([](auto& a) {
                a.more_conditions_xml =
                    "<saml:AudienceRestriction><saml:Audience>https://other.example"
                    "</saml:Audience></saml:AudienceRestriction>";
              }),
              IsRejectedSaying("audience is not ours"));
}

TEST_F(SamlAssertionRulesTest, OneTimeUseAndProxyRestrictionAreUnderstood) {
  EXPECT_THAT(VerifyWith([](auto& a) {
                a.more_conditions_xml =
                    "<saml:OneTimeUse></saml:OneTimeUse>"
                    "<saml:ProxyRestriction Count=\"0\"></saml:ProxyRestriction>";
              }),
              IsOk());
}

TEST_F(SamlAssertionRulesTest, UnknownConditionIsRejected) {
  EXPECT_THAT(
      VerifyWith([](auto& a) { a.more_conditions_xml = "<saml:Condition></saml:Condition>"; }),
      IsRejectedSaying("a condition is unknown"));
}

TEST_F(SamlAssertionRulesTest, OtherRecipientIsRejected) {
  EXPECT_THAT(VerifyWith([](auto& a) { a.recipient = "https://enkrat.example/saml/acs/"; }),
              IsRejectedSaying("Recipient is not ours"));
  EXPECT_THAT(VerifyWith([](auto& a) { a.recipient = ""; }),
              IsRejectedSaying("Recipient is not ours"));
}

TEST_F(SamlAssertionRulesTest, OtherMethodThanBearerIsRejected) {
  EXPECT_THAT(
      VerifyWith([](auto& a) { a.method = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"; }),
      IsRejectedSaying("not bearer"));
}

TEST_F(SamlAssertionRulesTest, SecondConfirmationIsRejected) {
  EXPECT_THAT(VerifyWith([](auto& a) {
                a.more_confirmations_xml =
                    "<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">"
                    "</saml:SubjectConfirmation>";
              }),
              IsRejectedSaying("more than one SubjectConfirmation"));
}

TEST_F(SamlAssertionRulesTest, ConfirmationNeedsAnEndAndMustNotHaveABeginning) {
  EXPECT_THAT(VerifyWith([](auto& a) { a.confirmation_not_on_or_after = ""; }),
              IsRejectedSaying("NotOnOrAfter is missing"));
  EXPECT_THAT(VerifyWith([&](auto& a) { a.confirmation_not_on_or_after = At(-absl::Seconds(10)); }),
              IsRejectedSaying("subject confirmation has expired"));
  EXPECT_THAT(VerifyWith([&](auto& a) { a.confirmation_not_before = At(-absl::Hours(1)); }),
              IsRejectedSaying("has a NotBefore"));
}

TEST_F(SamlAssertionRulesTest, AssertionIsRememberedUntilTheFirstOfItsEnds) {
  const absl::Time now = clock_.Now();
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, VerifyWith([&](auto& a) {
                         a.confirmation_not_on_or_after = At(absl::Seconds(60));
                       }));
  EXPECT_EQ(identity.assertion_expires_at, now + absl::Seconds(70));
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity endless,
                       VerifyWith([](auto& a) { a.not_on_or_after = ""; }));
  EXPECT_EQ(endless.assertion_expires_at, now + absl::Seconds(310));
}

TEST_F(SamlAssertionRulesTest, OtherInResponseToIsRejectedAlsoWhereBindingIsOptional) {
  for (const bool required : {true, false}) {
    demands_.binding_required = required;
    EXPECT_THAT(VerifyWith([](auto& a) { a.in_response_to = "_fedcba9876543210"; }),
                IsRejectedSaying("InResponseTo is another one"));
  }
}

TEST_F(SamlAssertionRulesTest, MissingInResponseToIsAcceptedOnlyWhereBindingIsOptional) {
  SamlAssertion assertion = GoodAssertion();
  assertion.in_response_to = "";
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("InResponseTo is missing"));
  demands_.binding_required = false;
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, VerifyAssertion(assertion));
  EXPECT_FALSE(identity.bound);
}

// The unsigned outside cannot bind what the assertion does not.
TEST_F(SamlAssertionRulesTest, InResponseToOfTheResponseAloneDoesNotBind) {
  SamlAssertion assertion = GoodAssertion();
  assertion.in_response_to = "";
  EXPECT_THAT(Verify(SamlResponseAround(SignSaml(key_, assertion.Xml()),
                                        {.in_response_to = testing::kTestInResponseTo})),
              IsRejectedSaying("InResponseTo is missing"));
}

TEST_F(SamlAssertionRulesTest, EnvelopeThatSaysOtherwiseIsRejected) {
  const std::string assertion = SignSaml(key_, GoodAssertion().Xml());
  EXPECT_THAT(Verify(SamlResponseAround(assertion, {.issuer = "https://other.example"})),
              IsRejectedSaying("issuer is another one"));
  EXPECT_THAT(Verify(SamlResponseAround(assertion, {.destination = "https://other.example"})),
              IsRejectedSaying("Destination is not ours"));
  EXPECT_THAT(Verify(SamlResponseAround(assertion, {.in_response_to = "_other"})),
              IsRejectedSaying("InResponseTo is another one"));
}

TEST_F(SamlAssertionRulesTest, EnvelopeThatSaysNothingIsAccepted) {
  EXPECT_THAT(Verify(SamlResponseAround(SignSaml(key_, GoodAssertion().Xml()),
                                        {.issuer = "", .destination = "", .in_response_to = ""})),
              IsOk());
}

TEST_F(SamlAssertionRulesTest, StatusOtherThanSuccessIsRejected) {
  EXPECT_THAT(
      Verify(SamlResponseAround(SignSaml(key_, GoodAssertion().Xml()),
                                {.status = "urn:oasis:names:tc:SAML:2.0:status:Responder"})),
      IsRejectedSaying("status is not Success"));
  EXPECT_THAT(
      Verify(SamlResponseAround("", {.status = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"})),
      IsRejectedSaying("status is not Success"));
}

}  // namespace
}  // namespace enkrat::idp_client
