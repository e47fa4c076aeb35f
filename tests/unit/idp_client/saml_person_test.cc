// The person of an assertion: NameID, attributes, and what cannot go into a certificate.
#include "absl/strings/str_cat.h"
#include "tests/unit/idp_client/saml_fixture.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::IsOk;
using ::enkrat::testing::kGivenNameAttribute;
using ::enkrat::testing::kSurnameAttribute;
using ::enkrat::testing::kTestEntityId;
using ::enkrat::testing::kTestServiceEntityId;
using ::enkrat::testing::SamlAssertion;

constexpr char kTransient[] = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";

class SamlPersonTest : public SamlFixture {
 protected:
  absl::StatusOr<VerifiedIdentity> VerifyAttribute(const std::string& name,
                                                   const std::vector<std::string>& values) {
    SamlAssertion assertion = GoodAssertion();
    assertion.attributes[name] = values;
    return VerifyAssertion(assertion);
  }
};

TEST_F(SamlPersonTest, TransientNameIdIsRejected) {
  SamlAssertion assertion = GoodAssertion();
  assertion.name_id_format = kTransient;
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("NameID is not persistent"));
}

// One format's "ana@example.si" may be the mail address that somebody else chose, another's the
// name that Ana logs in with; who writes the AuthnRequest chooses the format.
TEST_F(SamlPersonTest, NameIdOfAnotherFormatIsNotThePersonOfThatName) {
  for (const char* format : {"", "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
                             "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
                             "urn:oasis:names:tc:SAML:2.0:nameid-format:entity",
                             "URN:OASIS:NAMES:TC:SAML:2.0:NAMEID-FORMAT:PERSISTENT"}) {
    SamlAssertion assertion = GoodAssertion();
    assertion.name_id_format = format;
    EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("NameID is not persistent")) << format;
  }
}

TEST_F(SamlPersonTest, AttributeNamesThePersonWhereTheSettingsSaySo) {
  settings_.attributes.subject = "urn:pid";
  SamlAssertion assertion = GoodAssertion();
  assertion.name_id_format = kTransient;
  assertion.attributes["urn:pid"] = {"SI/SI/123"};
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, VerifyAssertion(assertion));
  EXPECT_EQ(identity.subject, "SI/SI/123");
  assertion.attributes.erase("urn:pid");
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("urn:pid"));
}

TEST_F(SamlPersonTest, NameIdQualifiedForUsIsAccepted) {
  SamlAssertion assertion = GoodAssertion();
  assertion.name_qualifier = kTestEntityId;
  assertion.service_name_qualifier = kTestServiceEntityId;
  EXPECT_THAT(VerifyAssertion(assertion), IsOk());
}

TEST_F(SamlPersonTest, NameIdQualifiedForOthersIsRejected) {
  SamlAssertion assertion = GoodAssertion();
  assertion.service_name_qualifier = "https://other.example";
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("qualified for somebody else"));
  assertion = GoodAssertion();
  assertion.name_qualifier = "https://other.example";
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("qualified for somebody else"));
}

TEST_F(SamlPersonTest, EmptyOrHiddenNameIdIsRejected) {
  SamlAssertion assertion = GoodAssertion();
  for (const char* text : {"", " ", "person-1 ", "person\xE2\x80\x8B-1"}) {
    assertion.name_id_xml = text;
    EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("NameID"));
  }
}

TEST_F(SamlPersonTest, AttributesAreFoundByTheirNameAlone) {
  SamlAssertion assertion = GoodAssertion();
  assertion.attributes.erase(kSurnameAttribute);
  assertion.more_attributes_xml =
      "<saml:Attribute FriendlyName=\"urn:oid:2.5.4.4\" Name=\"URN:OID:2.5.4.4\">"
      "<saml:AttributeValue>Kovač</saml:AttributeValue></saml:Attribute>";
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, VerifyAssertion(assertion));
  EXPECT_EQ(identity.surname, "");
  EXPECT_EQ(identity.given_name, "Ana");
}

TEST_F(SamlPersonTest, AttributeThatIsThereTwiceIsRejected) {
  SamlAssertion assertion = GoodAssertion();
  assertion.more_attributes_xml =
      absl::StrCat("<saml:Attribute Name=\"", kSurnameAttribute,
                   "\"><saml:AttributeValue>Kovač</saml:AttributeValue></saml:Attribute>");
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("is there twice"));
}

TEST_F(SamlPersonTest, AttributeWithSeveralValuesIsRejected) {
  EXPECT_THAT(VerifyAttribute(kGivenNameAttribute, {"Ana", "Bor"}),
              IsRejectedSaying("has several values"));
}

TEST_F(SamlPersonTest, ValueThatIsNotTextAloneIsRejectedOnlyWhereItIsRead) {
  const std::string nested =
      "<saml:AttributeValue><saml:NameID>x</saml:NameID></saml:AttributeValue></saml:Attribute>";
  SamlAssertion assertion = GoodAssertion();
  assertion.more_attributes_xml =
      absl::StrCat("<saml:Attribute Name=\"eduPersonTargetedID\">", nested);
  EXPECT_THAT(VerifyAssertion(assertion), IsOk());
  assertion.attributes.erase(kSurnameAttribute);
  assertion.more_attributes_xml =
      absl::StrCat("<saml:Attribute Name=\"", kSurnameAttribute, "\">", nested);
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("not text alone"));
}

TEST_F(SamlPersonTest, EncryptedAttributeIsRejected) {
  SamlAssertion assertion = GoodAssertion();
  assertion.more_attributes_xml = "<saml:EncryptedAttribute></saml:EncryptedAttribute>";
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("encrypted parts"));
}

TEST_F(SamlPersonTest, NamesAreNormalised) {
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity,
                       VerifyAttribute(kSurnameAttribute, {"Kovac\xCC\x8C"}));
  EXPECT_EQ(identity.surname, "Kova\xC4\x8D");
}

TEST_F(SamlPersonTest, NamesThatNobodyHasAreRejected) {
  for (const std::string& name : {std::string("-"),
                                  std::string("A\xE2\x80\xAE"
                                              "B"),
                                  std::string(65, 'a')}) {
    EXPECT_THAT(VerifyAttribute(kGivenNameAttribute, {name}), IsRejectedSaying("2.5.4.42"));
  }
}

TEST_F(SamlPersonTest, NobodyIsRejected) {
  SamlAssertion assertion = GoodAssertion();
  assertion.attributes = {{kGivenNameAttribute, {""}}};
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("names nobody"));
}

TEST_F(SamlPersonTest, PseudonymStandsForNames) {
  settings_.attributes.pseudonym = "nick";
  SamlAssertion assertion = GoodAssertion();
  assertion.attributes = {{"nick", {"Zvezda"}}};
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, VerifyAssertion(assertion));
  EXPECT_EQ(identity.pseudonym, "Zvezda");
  EXPECT_EQ(identity.given_name, "");
  EXPECT_THAT(Verify(GoodResponse()), IsRejectedSaying("attribute nick is missing"));
}

TEST_F(SamlPersonTest, CountryComesFromItsAttribute) {
  settings_.attributes.fixed_country = "";
  settings_.attributes.country = "c";
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, VerifyAttribute("c", {"AT"}));
  EXPECT_EQ(identity.country, "AT");
  for (const char* country : {"", "at", "AUT", "A1"}) {
    EXPECT_THAT(VerifyAttribute("c", {country}), IsRejectedSaying("not a country")) << country;
  }
}

TEST_F(SamlPersonTest, IdentifierComesFromItsAttribute) {
  settings_.attributes.identifier = "pin";
  settings_.attributes.identifier_type = "PNO";
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, VerifyAttribute("pin", {"0101006500006"}));
  EXPECT_EQ(identity.identifier, "0101006500006");
  EXPECT_EQ(identity.identifier_type, "PNO");
  EXPECT_THAT(Verify(GoodResponse()), IsRejectedSaying("attribute pin is missing"));
  EXPECT_THAT(VerifyAttribute("pin", {"12 34"}), IsRejectedSaying("not an identifier"));
  EXPECT_THAT(VerifyAttribute("pin", {std::string(59, '1')}),
              IsRejectedSaying("not an identifier"));
}

TEST_F(SamlPersonTest, IdentifierOfTheFormOfAPseudonymOfOursIsRejected) {
  settings_.attributes.identifier = "eid";
  EXPECT_THAT(VerifyAttribute("eid", {"0123456789abcdef0123456789ABCDEF"}),
              IsRejectedSaying("pseudonym of ours"));
}

TEST_F(SamlPersonTest, DateOfBirthIsADay) {
  settings_.attributes.date_of_birth = "dob";
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, VerifyAttribute("dob", {"1980-02-29"}));
  EXPECT_EQ(identity.date_of_birth, "1980-02-29");
  for (const char* date : {"", "1981-02-29", "29.2.1980", "1980-02-29T00:00:00Z", "0000-01-01"}) {
    EXPECT_THAT(VerifyAttribute("dob", {date}), IsRejectedSaying("not a date")) << date;
  }
}

TEST_F(SamlPersonTest, MandatesPairIdentifiersWithNames) {
  settings_.attributes.organization_identifier = "legal-id";
  settings_.attributes.organization = "legal-name";
  SamlAssertion assertion = GoodAssertion();
  assertion.attributes["legal-id"] = {"VATSI-12345678", "NTRAT-FN1234x"};
  assertion.attributes["legal-name"] = {"Prva d.o.o.", "Zweite GmbH"};
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, VerifyAssertion(assertion));
  ASSERT_EQ(identity.mandates.size(), 2u);
  EXPECT_EQ(identity.mandates[1].organization_identifier, "NTRAT-FN1234x");
  EXPECT_EQ(identity.mandates[1].organization, "Zweite GmbH");
}

TEST_F(SamlPersonTest, PersonWithoutMandatesIsAccepted) {
  settings_.attributes.organization_identifier = "legal-id";
  ASSERT_OK_AND_ASSIGN(const VerifiedIdentity identity, Verify(GoodResponse()));
  EXPECT_TRUE(identity.mandates.empty());
}

TEST_F(SamlPersonTest, MandatesThatCannotBePairedOrReadAreRejected) {
  settings_.attributes.organization_identifier = "legal-id";
  settings_.attributes.organization = "legal-name";
  SamlAssertion assertion = GoodAssertion();
  assertion.attributes["legal-id"] = {"VATSI-12345678", "NTRAT-FN1234x"};
  assertion.attributes["legal-name"] = {"Prva d.o.o."};
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("not a name for each mandate"));
  assertion.attributes["legal-name"] = {};
  assertion.attributes["legal-id"] = {"12345678"};
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("not an organisation identifier"));
  assertion.attributes["legal-id"] = std::vector<std::string>(17, "VATSI-12345678");
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("too many mandates"));
}

}  // namespace
}  // namespace enkrat::idp_client
