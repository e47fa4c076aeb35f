// Trusted lists as an attacker would send them: nothing that the signer did not say is ever read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/trusted_list/trusted_list_fixture.h"

namespace enkrat::trusted_list {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::kGranted;
using ::enkrat::testing::kWithdrawn;
using ::enkrat::testing::SamlSigningPair;
using ::enkrat::testing::SignTrustedList;
using ::enkrat::testing::TrustedListSignature;
using ::enkrat::testing::TrustedListSignOptions;
using ::enkrat::testing::TrustedListText;
using ::enkrat::testing::TrustServiceText;

constexpr char kEnd[] = "</TrustServiceStatusList>";
constexpr char kEnveloped[] =
    "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\">"
    "</ds:Transform>";
constexpr char kExclusive[] =
    "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>";

class TrustedListAttackTest : public TrustedListTest {
 protected:
  // The text with one thing in it replaced, which must be there.
  static std::string Replaced(const std::string& text, const std::string& from,
                              const std::string& to) {
    EXPECT_TRUE(absl::StrContains(text, from)) << from;
    return absl::StrReplaceAll(text, {{from, to}});
  }
  absl::StatusOr<TrustedList> ReadSignedSo(const TrustedListSignOptions& options) const {
    return Read(SignTrustedList(key_, list_, options));
  }

  const std::string list_ = TrustedListText{}.Xml();
  const std::string signed_ = SignTrustedList(key_, list_);
};

TEST_F(TrustedListAttackTest, UnsignedListIsRejected) {
  EXPECT_THAT(Read(list_), FailsWith(Reason::kNotPermitted));
}

TEST_F(TrustedListAttackTest, AlteredListIsRejected) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {kGranted, kWithdrawn},
           {">7<", ">8<"},
           {"2026-06-01", "2036-06-01"},
           {"Provider of Tests", "Provider of tests"},
           {"</TSPServices>", " </TSPServices>"},
           {"<TSPServices>", "<TSPServices new=\"1\">"}}) {
    EXPECT_THAT(Read(Replaced(signed_, from, to)), FailsWith(Reason::kNotPermitted)) << from;
  }
}

TEST_F(TrustedListAttackTest, AlteredSignatureIsRejected) {
  const size_t value = signed_.find("<ds:SignatureValue>") + 19;
  std::string altered = signed_;
  altered[value + 10] = altered[value + 10] == 'A' ? 'B' : 'A';
  EXPECT_THAT(Read(altered), FailsWith(Reason::kNotPermitted));
  EXPECT_THAT(Read(Replaced(signed_, "SigningTime>2026-01-01", "SigningTime>2025-01-01")),
              FailsWith(Reason::kNotPermitted));
  EXPECT_THAT(Read(Replaced(signed_, "#SignedProperties", "#SignedPropertiez")),
              FailsWith(Reason::kNotPermitted));
}

TEST_F(TrustedListAttackTest, SignatureOfSomebodyElseIsRejected) {
  const SamlSigningPair other;
  EXPECT_THAT(ReadWith(signed_, {CertificateOf(other)}), FailsWith(Reason::kNotPermitted));
  const SamlSigningPair rsa({.type = "RSA"});
  EXPECT_THAT(ReadWith(signed_, {CertificateOf(rsa)}), FailsWith(Reason::kNotPermitted));
}

TEST_F(TrustedListAttackTest, KeyInfoIsNobodysKey) {
  const SamlSigningPair other;
  const std::string key_info =
      absl::StrCat("<ds:KeyInfo><ds:X509Data><ds:X509Certificate>", other.CertificateBase64(),
                   "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>");
  EXPECT_THAT(Read(SignTrustedList(other, list_, {.key_info_xml = key_info})),
              FailsWith(Reason::kNotPermitted));
  EXPECT_THAT(ReadSignedSo({.key_info_xml = key_info}), IsOk());
}

TEST_F(TrustedListAttackTest, WeakAlgorithmsAreRejected) {
  EXPECT_THAT(ReadSignedSo({.digest_method = "http://www.w3.org/2000/09/xmldsig#sha1"}),
              FailsWith(Reason::kNotPermitted));
  EXPECT_THAT(ReadSignedSo({.method = testing::kHmacSha256}), FailsWith(Reason::kNotPermitted));
  const SamlSigningPair rsa({.type = "RSA"});
  EXPECT_THAT(
      ReadWith(SignTrustedList(rsa, list_, {.method = testing::kRsaSha1}), {CertificateOf(rsa)}),
      FailsWith(Reason::kNotPermitted));
  const SamlSigningPair small({.type = "RSA", .rsa_bits = 1024});
  EXPECT_THAT(ReadWith(SignTrustedList(small, list_), {CertificateOf(small)}),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(TrustedListAttackTest, OtherTransformsAreRejected) {
  const std::string xpath =
      "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">"
      "<ds:XPath>false()</ds:XPath></ds:Transform>";
  const std::string xslt =
      "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"></ds:Transform>";
  for (const std::string& transforms :
       {std::string(kEnveloped), std::string(kExclusive), kEnveloped + xpath, xpath + kExclusive,
        kEnveloped + xpath + kExclusive, kEnveloped + xslt, std::string(kExclusive) + kEnveloped,
        kEnveloped + std::string("<ds:Transform "
                                 "Algorithm=\"http://www.w3.org/2001/10/"
                                 "xml-exc-c14n#WithComments\"></ds:Transform>")}) {
    EXPECT_THAT(ReadSignedSo({.transforms_xml = transforms}), FailsWith(Reason::kNotPermitted))
        << transforms;
  }
}

TEST_F(TrustedListAttackTest, ReferenceToSomethingElseIsRejected) {
  for (const char* const uri : {"#other", "https://attacker.example/list.xml", "file:///etc/passwd",
                                "#xpointer(/)", "#xpointer(id('xades-1'))", "?", "#"}) {
    EXPECT_THAT(ReadSignedSo({.reference_uri = uri}), FailsWith(Reason::kNotPermitted)) << uri;
  }
}

TEST_F(TrustedListAttackTest, ReferenceToAnElementOutsideTheSignatureIsRejected) {
  const std::string part = Replaced(list_, "<TSPServices>", "<TSPServices Id=\"part\">");
  EXPECT_THAT(Read(SignTrustedList(key_, part, {.reference_uri = "#part"})),
              FailsWith(Reason::kNotPermitted));
  const std::string reference = absl::StrCat(
      "<ds:Reference URI=\"#part\"><ds:Transforms>", kExclusive,
      "</ds:Transforms><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\">"
      "</ds:DigestMethod><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>");
  EXPECT_THAT(Read(SignTrustedList(key_, part, {.more_references_xml = reference})),
              FailsWith(Reason::kNotPermitted));
}

TEST_F(TrustedListAttackTest, SignatureOverItsOwnPartsAloneIsRejected) {
  // The reference to the list, with its digest, goes; the other stays and is good.
  const std::string xml = SignTrustedList(key_, list_, {.reference_uri = "#xades-1"});
  EXPECT_THAT(Read(xml), FailsWith(Reason::kNotPermitted));
}

TEST_F(TrustedListAttackTest, SignedPropertiesWithAnotherDigestAreRejected) {
  EXPECT_THAT(ReadSignedSo({.signed_properties_digest = ToBase64(Bytes(32, 1))}),
              FailsWith(Reason::kNotPermitted));
}

TEST_F(TrustedListAttackTest, TooManyReferencesAreRejected) {
  const size_t begin = signed_.find("<ds:Reference Type");
  const size_t end = signed_.find("</ds:Reference>", begin) + 15;
  const std::string reference = signed_.substr(begin, end - begin);
  EXPECT_THAT(ReadSignedSo({.more_references_xml = reference + reference}), IsOk());
  EXPECT_THAT(ReadSignedSo({.more_references_xml = reference + reference + reference}),
              FailsWith(Reason::kNotPermitted));
}

TEST_F(TrustedListAttackTest, SecondSignatureIsRejected) {
  const std::string bare_signature =
      TrustedListSignature(key_, list_, {.signed_properties = false});
  EXPECT_THAT(Read(Replaced(signed_, kEnd, bare_signature + kEnd)),
              FailsWith(Reason::kNotPermitted));
  EXPECT_THAT(Read(Replaced(signed_, "<TSPServices>", "<TSPServices>" + bare_signature)),
              FailsWith(Reason::kNotPermitted));
}

TEST_F(TrustedListAttackTest, SignatureElsewhereThanInTheRootIsRejected) {
  const std::string signature = TrustedListSignature(key_, list_);
  EXPECT_THAT(Read(Replaced(list_, "<TSPServices>", "<TSPServices>" + signature)),
              FailsWith(Reason::kNotPermitted));
}

// The signed list is moved into an element of a list of the attacker's, the signature's reference
// to it by its Id still good.
TEST_F(TrustedListAttackTest, WrappedListIsRejected) {
  const std::string original = TrustedListText{.id = "list-1"}.Xml();
  const TrustedListSignOptions by_id{.reference_uri = "#list-1"};
  const std::string signature = TrustedListSignature(key_, original, by_id);
  const std::string whole = SignTrustedList(key_, original, by_id);
  const std::string evil = TrustedListText{.territory = "XX"}.Xml();
  ASSERT_THAT(Read(whole), IsOk());
  // Inside the attacker's root, and inside the signature's object.
  EXPECT_THAT(Read(Replaced(evil, kEnd, whole + kEnd)), FailsWith(Reason::kNotPermitted));
  EXPECT_THAT(Read(Replaced(evil, "</TrustServiceProviderList>",
                            "</TrustServiceProviderList>" + original + signature)),
              FailsWith(Reason::kNotPermitted));
  const std::string object = Replaced(signature, "</ds:Signature>",
                                      "<ds:Object>" + original + "</ds:Object></ds:Signature>");
  const size_t end = evil.rfind(kEnd);
  EXPECT_THAT(Read(evil.substr(0, end) + object + kEnd), FailsWith(Reason::kNotPermitted));
  // The same Id twice: which is meant is anybody's guess.
  const std::string same_id = TrustedListText{.id = "list-1", .territory = "XX"}.Xml();
  EXPECT_THAT(Read(same_id.substr(0, same_id.rfind(kEnd)) + object + kEnd),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(TrustedListAttackTest, OneIdInTwoSpellingsIsRejected) {
  for (const char* const attribute : {"Id", "ID", "id", "xml:id"}) {
    EXPECT_THAT(Read(Replaced(signed_, "<TSPServices>",
                              absl::StrCat("<TSPServices ", attribute, "=\"xades-1\">"))),
                FailsWith(Reason::kRequestMalformed))
        << attribute;
  }
}

TEST_F(TrustedListAttackTest, DocumentTypesAndEntitiesAreRejected) {
  for (const char* const type :
       {"<!DOCTYPE x>", "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">",
        "<!DOCTYPE x [<!ENTITY a \"b\">]>", "<!DOCTYPE x [<!ATTLIST TSPServices Id ID #IMPLIED>]>",
        "<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://127.0.0.1/\"> %p;]>"}) {
    EXPECT_THAT(Read(type + signed_), FailsWith(Reason::kRequestMalformed)) << type;
  }
  EXPECT_THAT(Read(Replaced(signed_, "Provider", "&a;")), FailsWith(Reason::kRequestMalformed));
}

TEST_F(TrustedListAttackTest, InstructionsAndSectionsAreRejected) {
  EXPECT_THAT(Read("<?xml-stylesheet href=\"x\"?>" + signed_),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(Read(Replaced(signed_, "Provider of", "<![CDATA[Provider]]> of")),
              FailsWith(Reason::kRequestMalformed));
}

// Comments are not signed: they may not change what is read.
TEST_F(TrustedListAttackTest, CommentInsideAFieldChangesNothing) {
  ASSERT_OK_AND_ASSIGN(const TrustedList list,
                       Read(Replaced(signed_, "/granted", "/gran<!-- withdrawn -->ted")));
  EXPECT_EQ(list.services.at(0).statuses.at(0).status, kGranted);
  ASSERT_OK_AND_ASSIGN(const TrustedList other,
                       Read(Replaced(signed_, ">SI<", "><!-- XX -->SI<!-- XX --><")));
  EXPECT_EQ(other.scheme_territory, "SI");
}

TEST_F(TrustedListAttackTest, SecondRootAndTextAroundItAreRejected) {
  EXPECT_THAT(Read(signed_ + signed_), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(Read(signed_ + "text"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(Read("text" + signed_), FailsWith(Reason::kRequestMalformed));
}

TEST_F(TrustedListAttackTest, OtherDocumentsAreRejected) {
  for (const std::string& xml :
       {std::string(), std::string("not XML"), std::string("<a/>"), signed_.substr(0, 500),
        Replaced(signed_, "http://uri.etsi.org/02231/v2#", "http://uri.etsi.org/02231/v1#")}) {
    EXPECT_THAT(Read(xml), FailsWith(Reason::kRequestMalformed));
  }
}

TEST_F(TrustedListAttackTest, ListCutAnywhereIsRejected) {
  for (size_t size = 0; size < signed_.size(); size += 97) {
    EXPECT_FALSE(Read(signed_.substr(0, size)).ok()) << size;
  }
}

TEST_F(TrustedListAttackTest, HugeDocumentsAreRejected) {
  EXPECT_THAT(Read(std::string((32 << 20) + 1, ' ')), FailsWith(Reason::kLimitExceeded));
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "<a/>";
  EXPECT_THAT(Read(Replaced(signed_, kEnd, many + kEnd)), FailsWith(Reason::kLimitExceeded));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  EXPECT_THAT(Read(Replaced(signed_, kEnd, deep)), FailsWith(Reason::kLimitExceeded));
}

TEST_F(TrustedListAttackTest, OldListIsRejected) {
  EXPECT_THAT(ReadTrustedList(signed_, {CertificateOf(key_)}, Day(2026, 6, 1)),
              FailsWith(Reason::kNotPermitted));
  EXPECT_THAT(ReadTrustedList(signed_, {CertificateOf(key_)}, Day(2026, 5, 31)), IsOk());
}

TEST_F(TrustedListAttackTest, SignersThatAreNoneAreRejected) {
  EXPECT_THAT(ReadWith(signed_, {}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ReadWith(signed_, {Bytes{1, 2, 3}}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ReadWith(signed_, std::vector<Bytes>(33, CertificateOf(key_))),
              FailsWith(Reason::kLimitExceeded));
}

}  // namespace
}  // namespace enkrat::trusted_list
