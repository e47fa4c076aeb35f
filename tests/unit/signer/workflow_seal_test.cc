// Seals: who may have one made for an organisation, and what its certificate and evidence say.
#include <gmock/gmock.h>

#include "ca/parsed_certificate.h"
#include "tests/unit/signer/workflow_fixture.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOrganization[] = "VATSI-12345678";

class WorkflowSealTest : public WorkflowTest {
 protected:
  WorkflowSealTest() {
    bank_.policies[{.kind = SignatureKind::kSeal}] = {
        .profile = "seal",
        .minimal_level_of_assurance = idp_client::LevelOfAssurance::kSubstantial,
        .organizations = {kOrganization}};
    UseParts([](SigningWorkflow::Parts& parts) {
      ca::ProfileSpec spec;
      spec.name = "seal";
      spec.kind = ca::ProfileKind::kSeal;
      spec.policy_oids = {"0.4.0.2042.1.2"};
      spec.ca_issuers_url = "http://ca.example/issuing-ca.cer";
      parts.profiles.emplace(spec.name, ca::Profile::Create(spec).value());
      parts.organizations.emplace(
          kOrganization,
          Organization{.country = "SI",
                       .name = "Banka d. d.",
                       .organization_identifier = kOrganization,
                       .representatives = {{"https://idp.example", "subject-of-maja"}}});
    });
  }

  LevelPolicy& policy() { return bank_.policies.at({.kind = SignatureKind::kSeal}); }
  SigningRequest SealRequest() {
    SigningRequest request = Request();
    request.intent.kind = SignatureKind::kSeal;
    request.intent.organization_identifier = kOrganization;
    return request;
  }
  void GiveMandate(const std::string& identifier) {
    identities_.identity.mandates = {{.organization_identifier = identifier, .organization = ""}};
  }
  // By the relying party itself.
  SigningRequest OwnSealRequest() {
    SigningRequest request = SealRequest();
    request.assertion.clear();
    return request;
  }
  void ExpectNothingSpent() {
    EXPECT_EQ(ledger_.SessionCount(), 0u);
    EXPECT_EQ(token_.CallCount("C_GenerateKeyPair"), 0);
  }
};

// The octets of a certificate that hold a text, as every name of ours is: UTF8String.
bool Holds(const Bytes& der, absl::string_view text) {
  return ToString(der).find(std::string(text)) != std::string::npos;
}

TEST_F(WorkflowSealTest, MandateInTheAssertionSealsForTheOrganisation) {
  GiveMandate(kOrganization);
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(SealRequest()));
  EXPECT_TRUE(Holds(result.certificate.der, "Banka d. d."));
  EXPECT_TRUE(Holds(result.certificate.der, kOrganization));
  EXPECT_FALSE(Holds(result.certificate.der, "Novak"));
  EXPECT_THAT(Steps(result.session_id), Contains("seal-authorized"));
  EXPECT_THAT(EvidenceText(), HasSubstr("\"by\":\"MANDATE\""));
  EXPECT_THAT(EvidenceText(), HasSubstr("subject_hmac"));  // who it was
  EXPECT_THAT(EvidenceText(), Not(HasSubstr("Novak")));
  ExpectNoOneTimeKey();
}

TEST_F(WorkflowSealTest, ConfiguredRepresentativeSealsWithoutAMandate) {
  identities_.identity.subject = "subject-of-maja";
  ASSERT_THAT(Sign(SealRequest()), IsOk());
  EXPECT_THAT(EvidenceText(), HasSubstr("\"by\":\"REPRESENTATIVE\""));
}

TEST_F(WorkflowSealTest, PersonWithoutAMandateIsRefusedWithEvidence) {
  const auto result = Sign(SealRequest());
  ASSERT_THAT(result, FailsWith(Reason::kMandateMissing));
  EXPECT_FALSE(AssertionSpent(result.status()));
  ExpectNothingSpent();
  EXPECT_THAT(ledger_.Events().at(0).facts_json, HasSubstr("MANDATE_MISSING"));
}

TEST_F(WorkflowSealTest, MandateForAnotherOrganisationDoesNotCount) {
  GiveMandate("VATSI-87654321");
  EXPECT_THAT(Sign(SealRequest()), FailsWith(Reason::kMandateMissing));
  ExpectNothingSpent();
}

// A provider that another organisation runs could vouch for anything.
TEST_F(WorkflowSealTest, MandateOfAProviderThatDoesNotVouchForTheOrganisationDoesNotCount) {
  UseParts([](SigningWorkflow::Parts& parts) {
    parts.organizations.at(kOrganization).mandate_issuers = {"https://bank.example"};
  });
  GiveMandate(kOrganization);
  EXPECT_THAT(Sign(SealRequest()), FailsWith(Reason::kMandateMissing));
  ExpectNothingSpent();
  identities_.identity.issuer = "https://bank.example";
  EXPECT_THAT(Sign(SealRequest()), IsOk());
}

TEST_F(WorkflowSealTest, SamePersonOfAnotherProviderIsNoRepresentative) {
  identities_.identity.subject = "subject-of-maja";
  identities_.identity.issuer = "https://other.example";
  EXPECT_THAT(Sign(SealRequest()), FailsWith(Reason::kMandateMissing));
}

TEST_F(WorkflowSealTest, OrganisationThatThePolicyDoesNotNameIsNotPermitted) {
  GiveMandate("VATSI-87654321");
  SigningRequest request = SealRequest();
  request.intent.organization_identifier = "VATSI-87654321";
  EXPECT_THAT(Sign(request), FailsWith(Reason::kNotPermitted));
  ExpectNothingSpent();
}

TEST_F(WorkflowSealTest, SealWithoutAnOrganisationIsMalformed) {
  SigningRequest request = SealRequest();
  request.intent.organization_identifier = "";
  const auto result = Sign(request);
  ASSERT_THAT(result, FailsWith(Reason::kRequestMalformed));
  EXPECT_EQ(FieldOf(result.status()), "intent.organization_identifier");
}

TEST_F(WorkflowSealTest, SignatureWithAnOrganisationIsMalformed) {
  SigningRequest request = Request();
  request.intent.organization_identifier = kOrganization;
  EXPECT_THAT(Sign(request), FailsWith(Reason::kRequestMalformed));
}

TEST_F(WorkflowSealTest, SealNeedsAnAssertionUnlessThePolicySaysOtherwise) {
  const auto result = Sign(OwnSealRequest());
  ASSERT_THAT(result, FailsWith(Reason::kRequestMalformed));
  EXPECT_EQ(FieldOf(result.status()), "assertion");
  ExpectNothingSpent();
}

TEST_F(WorkflowSealTest, RelyingPartySealsForItselfWhereThePolicySaysSo) {
  policy().seal_authorization = SealAuthorization::kRelyingParty;
  const SigningRequest request = OwnSealRequest();
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(request));
  EXPECT_TRUE(Holds(result.certificate.der, "Banka d. d."));
  EXPECT_EQ(identities_.calls(), 0);
  EXPECT_THAT(EvidenceText(), HasSubstr("\"by\":\"RELYING_PARTY\""));
  EXPECT_THAT(EvidenceText(), Not(HasSubstr("assertion-verified")));
  ASSERT_OK_AND_ASSIGN(const SigningResult again, Sign(request));
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(token_.CallCount("C_GenerateKeyPair"), 1);
}

TEST_F(WorkflowSealTest, AssertionWhereTheRelyingPartyAuthorisesIsRefused) {
  policy().seal_authorization = SealAuthorization::kRelyingParty;
  EXPECT_THAT(Sign(SealRequest()), FailsWith(Reason::kRequestMalformed));
  ExpectNothingSpent();
}

TEST_F(WorkflowSealTest, SignatureNeverGoesWithoutAnAssertion) {
  SigningRequest request = Request();
  request.assertion.clear();
  EXPECT_THAT(Sign(request), FailsWith(Reason::kRequestMalformed));
}

TEST_F(WorkflowSealTest, ActivationDataOfASealCoverTheOrganisation) {
  SigningIntent intent = SealRequest().intent;
  const auto sad = ComputeSignatureActivationData("bank", intent);
  intent.organization_identifier = "VATSI-87654321";
  EXPECT_NE(ComputeSignatureActivationData("bank", intent), sad);
}

}  // namespace
}  // namespace enkrat::signer
