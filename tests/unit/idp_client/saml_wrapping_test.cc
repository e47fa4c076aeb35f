// Signature wrapping: a signed assertion is kept where the signature finds it, and another one is
// put where the service would read. The eight arrangements are those of Somorovsky et al., "On
// Breaking SAML" (2012), as tools for testing number them.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/unit/idp_client/saml_fixture.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::IsOk;
using ::enkrat::testing::SamlAssertion;
using ::enkrat::testing::SamlResponseAround;
using ::enkrat::testing::SamlSignature;
using ::enkrat::testing::SignSaml;

class SamlWrappingTest : public SamlFixture {
 protected:
  SamlWrappingTest()
      : original_(GoodAssertion().Xml()), signature_(SamlSignature(key_, original_)) {
    SamlAssertion evil = GoodAssertion();
    evil.name_id_xml = "somebody-else";
    evil.id = "_evil-1";
    evil_ = evil.Xml();
  }

  // `inner` put in before `before`.
  static std::string Insert(const std::string& text, const std::string& inner,
                            const std::string& before) {
    const size_t place = text.find(before);
    EXPECT_NE(place, std::string::npos);
    return absl::StrCat(text.substr(0, place), inner, text.substr(place));
  }
  // The evil assertion with the signature that was made over the original.
  std::string EvilWithSignature(const std::string& signature) const {
    return Insert(evil_, signature, "<saml:Subject>");
  }
  std::string Signed() const { return SignSaml(key_, original_); }

  std::string original_;
  std::string signature_;  // the provider's, over original_
  std::string evil_;
};

TEST_F(SamlWrappingTest, OriginalIsAccepted) {
  EXPECT_THAT(Verify(SamlResponseAround(Signed())), IsOk());
}

TEST_F(SamlWrappingTest, Xsw1OriginalResponseInsideTheSignatureOfAnEvilOneIsRejected) {
  const std::string response = SamlResponseAround(original_);
  const std::string signature = Insert(SamlSignature(key_, response), response, "</ds:Signature>");
  EXPECT_THAT(Verify(SamlResponseAround(evil_, {.id = "_evil-response", .before_xml = signature})),
              IsRejectedSaying("holds another response"));
}

TEST_F(SamlWrappingTest, Xsw2OriginalResponseBesideTheSignatureOfAnEvilOneIsRejected) {
  const std::string response = SamlResponseAround(original_);
  EXPECT_THAT(Verify(SamlResponseAround(
                  evil_, {.id = "_evil-response",
                          .before_xml = absl::StrCat(response, SamlSignature(key_, response))})),
              IsRejectedSaying("holds what it must not"));
}

TEST_F(SamlWrappingTest, Xsw3EvilAssertionBeforeTheOriginalIsRejected) {
  EXPECT_THAT(Verify(SamlResponseAround(Signed(), {.before_xml = evil_})),
              IsRejectedSaying("more than one Assertion"));
  EXPECT_THAT(Verify(SamlResponseAround(Signed(), {.after_xml = evil_})),
              IsRejectedSaying("more than one Assertion"));
}

TEST_F(SamlWrappingTest, Xsw4OriginalInsideAnEvilAssertionIsRejected) {
  EXPECT_THAT(Verify(SamlResponseAround(Insert(evil_, Signed(), "</saml:Assertion>"))),
              IsRejectedSaying("more than one assertion"));
}

TEST_F(SamlWrappingTest, Xsw5EvilAssertionWithTheSignatureOfTheOriginalBesideItIsRejected) {
  EXPECT_THAT(Verify(SamlResponseAround(EvilWithSignature(signature_), {.after_xml = original_})),
              IsRejectedSaying("more than one Assertion"));
}

TEST_F(SamlWrappingTest, Xsw6OriginalInsideTheSignatureOfAnEvilAssertionIsRejected) {
  const std::string signature = Insert(signature_, original_, "</ds:Signature>");
  EXPECT_THAT(Verify(SamlResponseAround(EvilWithSignature(signature))),
              IsRejectedSaying("more than one assertion"));
}

TEST_F(SamlWrappingTest, Xsw7EvilAssertionInExtensionsIsRejected) {
  const std::string extensions = absl::StrCat("<samlp:Extensions>", evil_, "</samlp:Extensions>");
  EXPECT_THAT(Verify(SamlResponseAround(Signed(), {.before_xml = extensions})),
              IsRejectedSaying("holds what it must not"));
}

TEST_F(SamlWrappingTest, Xsw8OriginalInAnObjectOfTheSignatureOfAnEvilAssertionIsRejected) {
  const std::string object = absl::StrCat("<ds:Object>", original_, "</ds:Object>");
  const std::string signature = Insert(signature_, object, "</ds:Signature>");
  EXPECT_THAT(Verify(SamlResponseAround(EvilWithSignature(signature))),
              IsRejectedSaying("more than one assertion"));
}

// The variant of all eight for services that look elements up by ID: both have the same.
TEST_F(SamlWrappingTest, EvilAssertionOfTheOriginalsIdIsRejected) {
  evil_ = absl::StrReplaceAll(evil_, {{"_evil-1", "_assertion-1"}});
  EXPECT_THAT(Verify(SamlResponseAround(EvilWithSignature(signature_), {.after_xml = original_})),
              IsRejectedSaying("one ID"));
  EXPECT_THAT(Verify(SamlResponseAround(EvilWithSignature(signature_))),
              IsRejectedSaying("altered"));
}

// Only the Reference says what is signed, not the place of the signature.
TEST_F(SamlWrappingTest, SignatureThatRefersToTheResponseDoesNotCountForTheAssertion) {
  const std::string response = SamlResponseAround(original_);
  EXPECT_THAT(Verify(SamlResponseAround(EvilWithSignature(SamlSignature(key_, response)))),
              IsRejectedSaying("does not refer to the element that it is in"));
}

// "On Breaking SAML" 5.2: Status is not ours to sign, but whatever stands there is not read.
TEST_F(SamlWrappingTest, OriginalInsideTheStatusIsRejected) {
  std::string response = SamlResponseAround(evil_);
  response =
      Insert(response, absl::StrCat("<samlp:StatusDetail>", Signed(), "</samlp:StatusDetail>"),
             "</samlp:Status>");
  EXPECT_THAT(Verify(response), IsRejectedSaying("more than one assertion"));
}

TEST_F(SamlWrappingTest, OriginalInAdviceOfAnEvilAssertionIsRejected) {
  const std::string advice = absl::StrCat("<saml:Advice>", Signed(), "</saml:Advice>");
  EXPECT_THAT(Verify(SamlResponseAround(Insert(evil_, advice, "</saml:Assertion>"))),
              IsRejectedSaying("more than one assertion"));
}

TEST_F(SamlWrappingTest, AssertionAsTheWholeDocumentIsRejected) {
  EXPECT_THAT(Verify(Signed()), IsRejectedSaying("not a SAML response"));
}

TEST_F(SamlWrappingTest, ResponseInsideAResponseIsRejected) {
  EXPECT_THAT(Verify(SamlResponseAround(SamlResponseAround(Signed(), {.id = "_inner"}))),
              IsRejectedSaying("there is no Assertion"));
}

}  // namespace
}  // namespace enkrat::idp_client
