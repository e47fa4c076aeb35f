// What the verification of a signature hands on: the octets that were signed and nothing else,
// whatever the rest of the document looks like.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status_macros.h"
#include "tests/support/saml_response_factory.h"
#include "tests/support/status_matchers.h"
#include "xml/signature.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::SamlAssertion;
using ::enkrat::testing::SamlResponseAround;
using ::enkrat::testing::SamlSigningPair;
using ::enkrat::testing::SignSaml;

class SamlSignatureTest : public ::testing::Test {
 protected:
  static absl::StatusOr<std::optional<Bytes>> VerifyAssertionOf(const std::string& response,
                                                                const SamlSigningPair& key) {
    const xml::Document document = xml::Document::Parse(AsSpan(response), {}).value();
    const xml::Element assertion =
        document.root().Child("urn:oasis:names:tc:SAML:2.0:assertion", "Assertion").value();
    ENKRAT_ASSIGN_OR_RETURN(
        const auto said,
        xml::VerifyEnvelopedSignature(
            assertion, {xml::SignatureKey::FromCertificatePem(key.certificate_pem()).value()}, {}));
    if (!said.has_value()) return std::nullopt;
    return said->octets;
  }

  const SamlSigningPair key_;
  const std::string assertion_ = SamlAssertion(absl::UnixEpoch()).Xml();
};

TEST_F(SamlSignatureTest, HandsOnTheSignedOctets) {
  ASSERT_OK_AND_ASSIGN(const std::optional<Bytes> octets,
                       VerifyAssertionOf(SamlResponseAround(SignSaml(key_, assertion_)), key_));
  ASSERT_TRUE(octets.has_value());
  EXPECT_EQ(ToString(*octets), assertion_);
}

// Namespaces of the outside, other quotes and empty-element tags are not what was signed.
TEST_F(SamlSignatureTest, OtherSpellingsYieldTheSameOctets) {
  std::string response = SamlResponseAround(SignSaml(key_, assertion_));
  response =
      absl::StrReplaceAll(response, {{"<samlp:Response ", "<samlp:Response xmlns:x=\"urn:x\" "},
                                     {"ID=\"_assertion-1\"", "  ID = '_assertion-1'\n"},
                                     {"Novak", "&#78;ovak"},
                                     {"></saml:SubjectConfirmationData>", "/>"}});
  ASSERT_OK_AND_ASSIGN(const std::optional<Bytes> octets, VerifyAssertionOf(response, key_));
  ASSERT_TRUE(octets.has_value());
  EXPECT_EQ(ToString(*octets), assertion_);
}

TEST_F(SamlSignatureTest, AnothersKeyYieldsNothing) {
  ASSERT_OK_AND_ASSIGN(
      const std::optional<Bytes> octets,
      VerifyAssertionOf(SamlResponseAround(SignSaml(key_, assertion_)), SamlSigningPair()));
  EXPECT_FALSE(octets.has_value());
}

TEST_F(SamlSignatureTest, SignatureOfTheWrongLengthYieldsNothing) {
  const SamlSigningPair longer({.curve = "P-384"});
  ASSERT_OK_AND_ASSIGN(const std::optional<Bytes> octets,
                       VerifyAssertionOf(SamlResponseAround(SignSaml(key_, assertion_)), longer));
  EXPECT_FALSE(octets.has_value());
}

TEST_F(SamlSignatureTest, DerInPlaceOfRawEcdsaYieldsNothing) {
  std::string response = SamlResponseAround(SignSaml(key_, assertion_));
  const size_t begin = response.find("<ds:SignatureValue>") + 19;
  const size_t end = response.find("</ds:SignatureValue>");
  for (const Bytes& value : {Bytes{0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00}, Bytes(64, 0)}) {
    const std::string forged =
        absl::StrCat(response.substr(0, begin), ToBase64(value), response.substr(end));
    ASSERT_OK_AND_ASSIGN(const std::optional<Bytes> octets, VerifyAssertionOf(forged, key_));
    EXPECT_FALSE(octets.has_value());
  }
}

TEST_F(SamlSignatureTest, AlteredElementIsRefused) {
  const std::string response = absl::StrReplaceAll(SamlResponseAround(SignSaml(key_, assertion_)),
                                                   {{"person-1", "person-2"}});
  EXPECT_THAT(VerifyAssertionOf(response, key_), FailsWith(Reason::kRequestMalformed));
}

}  // namespace
}  // namespace enkrat::idp_client
