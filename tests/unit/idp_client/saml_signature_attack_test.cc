// Signatures that must not count: missing, of the wrong key, of forbidden algorithms, over
// something else.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/unit/idp_client/saml_fixture.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::IsOk;
using ::enkrat::testing::kHmacSha256;
using ::enkrat::testing::kRsaSha1;
using ::enkrat::testing::kRsaSha256;
using ::enkrat::testing::SamlAssertion;
using ::enkrat::testing::SamlResponseAround;
using ::enkrat::testing::SamlSignature;
using ::enkrat::testing::SamlSigningPair;
using ::enkrat::testing::SamlSignOptions;
using ::enkrat::testing::SignSaml;

constexpr char kExclusive[] = "http://www.w3.org/2001/10/xml-exc-c14n#";

std::string Transform(const std::string& algorithm, const std::string& inside = "") {
  return absl::StrCat("<ds:Transform Algorithm=\"", algorithm, "\">", inside, "</ds:Transform>");
}

std::string KeyInfoOf(const SamlSigningPair& pair) {
  return absl::StrCat("<ds:KeyInfo><ds:X509Data><ds:X509Certificate>", pair.CertificateBase64(),
                      "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>");
}

class SamlSignatureAttackTest : public SamlFixture {
 protected:
  const std::string enveloped_ = Transform("http://www.w3.org/2000/09/xmldsig#enveloped-signature");

  absl::StatusOr<VerifiedIdentity> VerifySignedWith(const SamlSigningPair& pair,
                                                    const SamlSignOptions& options) {
    return Verify(SamlResponseAround(SignSaml(pair, GoodAssertion().Xml(), options)));
  }
  absl::StatusOr<VerifiedIdentity> VerifyTransforms(const std::string& transforms) {
    return VerifySignedWith(key_, {.transforms_xml = transforms});
  }
};

TEST_F(SamlSignatureAttackTest, SignatureExclusionIsRejected) {
  EXPECT_THAT(Verify(SamlResponseAround(GoodAssertion().Xml())),
              IsRejectedSaying("the assertion is not signed itself"));
}

TEST_F(SamlSignatureAttackTest, SignatureOfTheResponseAloneIsNotEnough) {
  EXPECT_THAT(Verify(SignSaml(key_, SamlResponseAround(GoodAssertion().Xml()))),
              IsRejectedSaying("the assertion is not signed itself"));
}

TEST_F(SamlSignatureAttackTest, EmptySignatureIsRejected) {
  const std::string empty =
      "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"></ds:Signature>";
  EXPECT_THAT(
      Verify(SamlResponseAround(absl::StrReplaceAll(
          GoodAssertion().Xml(), {{"<saml:Subject>", absl::StrCat(empty, "<saml:Subject>")}}))),
      IsRejectedSaying("not those that are allowed"));
}

TEST_F(SamlSignatureAttackTest, TwoSignaturesInTheAssertionAreRejected) {
  EXPECT_THAT(Verify(SamlResponseAround(SignSaml(key_, SignSaml(key_, GoodAssertion().Xml())))),
              IsRejectedSaying("two signatures"));
}

TEST_F(SamlSignatureAttackTest, AlteredAssertionIsRejected) {
  EXPECT_THAT(Verify(absl::StrReplaceAll(GoodResponse(), {{"person-1", "person-2"}})),
              IsRejectedSaying("altered"));
}

TEST_F(SamlSignatureAttackTest, AlteredSignedInfoIsRejected) {
  // The digest of the altered assertion, and the old signature value.
  SamlAssertion other = GoodAssertion();
  other.name_id_xml = "person-2";
  const std::string good = SamlSignature(key_, GoodAssertion().Xml());
  std::string bad = SamlSignature(key_, other.Xml());
  const size_t value = good.find("<ds:SignatureValue>");
  bad = bad.substr(0, bad.find("<ds:SignatureValue>")) + good.substr(value);
  EXPECT_THAT(Verify(SamlResponseAround(absl::StrReplaceAll(
                  other.Xml(), {{"<saml:Subject>", absl::StrCat(bad, "<saml:Subject>")}}))),
              IsRejectedSaying("no key of the provider"));
}

TEST_F(SamlSignatureAttackTest, AnothersKeyIsRejected) {
  EXPECT_THAT(VerifySignedWith(SamlSigningPair(), {}), IsRejectedSaying("no key of the provider"));
}

TEST_F(SamlSignatureAttackTest, ClonedKeyInfoWithTheAttackersCertificateIsRejected) {
  const SamlSigningPair attacker;
  EXPECT_THAT(VerifySignedWith(attacker, {.key_info_xml = KeyInfoOf(attacker)}),
              IsRejectedSaying("no key of the provider"));
  const SamlSigningPair attacker_rsa({.type = "RSA"});
  EXPECT_THAT(VerifySignedWith(attacker_rsa, {.key_info_xml = KeyInfoOf(attacker_rsa)}),
              IsRejectedSaying("no key of the provider"));
}

TEST_F(SamlSignatureAttackTest, KeyInfoIsNeverLookedAt) {
  EXPECT_THAT(VerifySignedWith(key_, {.key_info_xml = KeyInfoOf(SamlSigningPair())}), IsOk());
  EXPECT_THAT(
      VerifySignedWith(key_, {.key_info_xml = "<ds:KeyInfo><ds:RetrievalMethod URI=\"file:///"
                                              "etc/passwd\"></ds:RetrievalMethod></ds:KeyInfo>"}),
      IsOk());
}

TEST_F(SamlSignatureAttackTest, HmacWithThePublicKeyAsItsSecretIsRejected) {
  EXPECT_THAT(VerifySignedWith(key_, {.method = kHmacSha256}),
              IsRejectedSaying("method is not one that is allowed"));
}

TEST_F(SamlSignatureAttackTest, Sha1IsRejected) {
  const SamlSigningPair rsa({.type = "RSA"});
  Publish({.certificates = {rsa.CertificateBase64()}});
  EXPECT_THAT(VerifySignedWith(rsa, {.method = kRsaSha256}), IsOk());
  EXPECT_THAT(VerifySignedWith(rsa, {.method = kRsaSha1}),
              IsRejectedSaying("method is not one that is allowed"));
  EXPECT_THAT(VerifySignedWith(rsa, {.digest_method = "http://www.w3.org/2000/09/xmldsig#sha1"}),
              IsRejectedSaying("digest is not"));
}

TEST_F(SamlSignatureAttackTest, MethodOfAnotherKindOfKeyIsRejected) {
  const SamlSigningPair rsa({.type = "RSA"});
  EXPECT_THAT(VerifySignedWith(rsa, {}), IsRejectedSaying("no key of the provider"));
}

TEST_F(SamlSignatureAttackTest, TwoReferencesAreRejected) {
  EXPECT_THAT(
      VerifySignedWith(
          key_, {.second_reference_xml =
                     "<ds:Reference URI=\"#_response-1\"><ds:DigestMethod Algorithm=\"http://"
                     "www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>"
                     "<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>"}),
      IsRejectedSaying("exactly one Reference"));
}

TEST_F(SamlSignatureAttackTest, OtherReferencesThanToItselfAreRejected) {
  for (const char* uri :
       {"(empty)", "#_response-1", "#xpointer(/)", "#xpointer(id('_assertion-1'))",
        "#element(/1/3)", "_assertion-1", "http://attacker.example/a.xml", "file:///etc/passwd"}) {
    EXPECT_THAT(VerifySignedWith(key_, {.reference_uri = uri}),
                IsRejectedSaying("does not refer to the element"))
        << uri;
  }
}

TEST_F(SamlSignatureAttackTest, IdThatIsAnXPointerIsRejected) {
  SamlAssertion assertion = GoodAssertion();
  assertion.id = "xpointer(/)";
  EXPECT_THAT(VerifyAssertion(assertion), IsRejectedSaying("does not refer to the element"));
}

TEST_F(SamlSignatureAttackTest, XsltTransformIsRejected) {
  const std::string sheet =
      "<xsl:stylesheet xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\">"
      "</xsl:stylesheet>";
  EXPECT_THAT(VerifyTransforms(enveloped_ +
                               Transform("http://www.w3.org/TR/1999/REC-xslt-19991116", sheet)),
              IsRejectedSaying("other canonicalisation"));
}

TEST_F(SamlSignatureAttackTest, XPathTransformIsRejected) {
  EXPECT_THAT(VerifyTransforms(Transform("http://www.w3.org/TR/1999/REC-xpath-19991116",
                                         "<ds:XPath>false()</ds:XPath>") +
                               Transform(kExclusive)),
              IsRejectedSaying("other transforms"));
  EXPECT_THAT(VerifyTransforms(
                  enveloped_ +
                  Transform("http://www.w3.org/2002/06/xmldsig-filter2", "<ds:XPath>/</ds:XPath>") +
                  Transform(kExclusive)),
              IsRejectedSaying("not those that are allowed"));
}

TEST_F(SamlSignatureAttackTest, OtherOrdersAndNumbersOfTransformsAreRejected) {
  EXPECT_THAT(VerifyTransforms(Transform(kExclusive) + enveloped_),
              IsRejectedSaying("other transforms"));
  EXPECT_THAT(VerifyTransforms(enveloped_), IsRejectedSaying("not those that are allowed"));
  EXPECT_THAT(VerifyTransforms(enveloped_ + enveloped_), IsRejectedSaying("other"));
  EXPECT_THAT(VerifyTransforms(enveloped_ + Transform("http://www.w3.org/2000/09/xmldsig#base64")),
              IsRejectedSaying("other canonicalisation"));
}

// With comments in the digest, taking them out would break the signature: nobody needs that.
TEST_F(SamlSignatureAttackTest, CanonicalisationWithCommentsIsRejected) {
  EXPECT_THAT(VerifyTransforms(enveloped_ + Transform(std::string(kExclusive) + "WithComments")),
              IsRejectedSaying("other canonicalisation"));
  EXPECT_THAT(VerifySignedWith(
                  key_, {.canonicalization = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"}),
              IsRejectedSaying("other canonicalisation"));
}

TEST_F(SamlSignatureAttackTest, InclusivePrefixesAreAccepted) {
  EXPECT_THAT(
      VerifyTransforms(
          enveloped_ +
          Transform(kExclusive, absl::StrCat("<ec:InclusiveNamespaces xmlns:ec=\"", kExclusive,
                                             "\" PrefixList=\"saml\"></ec:InclusiveNamespaces>"))),
      IsOk());
}

TEST_F(SamlSignatureAttackTest, ObjectInTheSignatureIsRejected) {
  EXPECT_THAT(VerifySignedWith(key_, {.object_xml = "<ds:Object></ds:Object>"}),
              IsRejectedSaying("not those that are allowed"));
}

TEST_F(SamlSignatureAttackTest, EncryptedAssertionIsRejectedAsSuch) {
  const std::string encrypted =
      "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">"
      "</saml:EncryptedAssertion>";
  EXPECT_THAT(Verify(SamlResponseAround(encrypted)),
              IsRejectedSaying("encrypted assertions are not supported"));
}

TEST_F(SamlSignatureAttackTest, WeakKeyInTheMetadataIsNotUsed) {
  const SamlSigningPair weak({.type = "RSA", .rsa_bits = 1024});
  Publish({.certificates = {weak.CertificateBase64(), key_.CertificateBase64()}});
  EXPECT_THAT(VerifySignedWith(weak, {}), IsRejectedSaying("no key of the provider"));
  EXPECT_THAT(VerifySignedWith(key_, {}), IsOk());
}

}  // namespace
}  // namespace enkrat::idp_client
