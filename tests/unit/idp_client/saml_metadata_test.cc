// Metadata: whose signature counts, which keys, until when; and what is refused.
#include "idp_client/saml_metadata.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/reason.h"
#include "tests/support/saml_response_factory.h"
#include "tests/support/status_matchers.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::kHmacSha256;
using ::enkrat::testing::kTestEntityId;
using ::enkrat::testing::SamlMetadataText;
using ::enkrat::testing::SamlSigningPair;
using ::enkrat::testing::SamlSignOptions;
using ::enkrat::testing::SignSaml;

class SamlMetadataTest : public ::testing::Test {
 protected:
  // Signed by signer_, and that demanded.
  absl::StatusOr<SamlMetadata> ReadSigned(const std::string& text,
                                          const SamlSignOptions& options = {}) const {
    return Read(SignSaml(signer_, text, options));
  }
  absl::StatusOr<SamlMetadata> Read(const std::string& document) const {
    return ReadSamlMetadata(AsSpan(document), {.entity_id = kTestEntityId, .signer = SignerKey()});
  }
  static absl::StatusOr<SamlMetadata> ReadUnsigned(const std::string& document) {
    return ReadSamlMetadata(AsSpan(document), {.entity_id = kTestEntityId, .signer = std::nullopt});
  }
  xml::SignatureKey SignerKey() const {
    return xml::SignatureKey::FromCertificatePem(signer_.certificate_pem()).value();
  }
  SamlMetadataText Good() const { return {.certificates = {key_.CertificateBase64()}}; }

  const SamlSigningPair signer_;
  const SamlSigningPair key_;
};

// An aggregate in canonical form.
std::string Aggregate(const std::vector<std::string>& entities,
                      const std::string& attributes = "") {
  std::string inside;
  for (const std::string& entity : entities) {
    absl::StrAppend(
        &inside,
        absl::StrReplaceAll(entity, {{" xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\"", ""}}));
  }
  return absl::StrCat(
      "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"_all\"",
      attributes, ">", inside, "</md:EntitiesDescriptor>");
}

TEST_F(SamlMetadataTest, SignedEntityIsRead) {
  ASSERT_OK_AND_ASSIGN(const SamlMetadata metadata, ReadSigned(Good().Xml()));
  EXPECT_EQ(metadata.keys.size(), 1u);
  EXPECT_EQ(metadata.valid_until, absl::InfiniteFuture());
  EXPECT_EQ(metadata.cache_for, absl::InfiniteDuration());
}

TEST_F(SamlMetadataTest, SignatureOfTheWholeDocumentIsAccepted) {
  EXPECT_THAT(ReadSigned(Good().Xml(), {.reference_uri = "(empty)"}), IsOk());
}

TEST_F(SamlMetadataTest, WrongSignerIsRefused) {
  EXPECT_THAT(Read(SignSaml(SamlSigningPair(), Good().Xml())),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(SamlMetadataTest, UnsignedMetadataIsRefusedWhereASignerIsDemanded) {
  EXPECT_THAT(Read(Good().Xml()), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ReadUnsigned(Good().Xml()), IsOk());
}

TEST_F(SamlMetadataTest, AlteredMetadataIsRefused) {
  const SamlSigningPair attacker;
  const std::string document = SignSaml(signer_, Good().Xml());
  const std::string altered =
      absl::StrReplaceAll(document, {{key_.CertificateBase64(), attacker.CertificateBase64()}});
  EXPECT_THAT(Read(altered), FailsWith(Reason::kRequestMalformed));
}

TEST_F(SamlMetadataTest, SignatureOfOnlyOneEntityDoesNotCountForTheAggregate) {
  const std::string signed_entity = SignSaml(signer_, Good().Xml());
  EXPECT_THAT(Read(Aggregate({signed_entity})), FailsWith(Reason::kRequestMalformed));
}

TEST_F(SamlMetadataTest, HmacWithThePublicKeyAsItsSecretIsRefused) {
  EXPECT_THAT(ReadSigned(Good().Xml(), {.method = kHmacSha256}),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(SamlMetadataTest, CommentsAreAllowedAndNotRead) {
  const std::string document = absl::StrCat("<?xml version=\"1.0\"?>\n<!-- a comment -->\n",
                                            SignSaml(signer_, Good().Xml()));
  EXPECT_THAT(Read(absl::StrReplaceAll(document, {{"<md:IDPSSO", "<!-- x --><md:IDPSSO"}})),
              IsOk());
}

TEST_F(SamlMetadataTest, DocumentTypeDeclarationIsRefused) {
  EXPECT_THAT(
      ReadUnsigned("<!DOCTYPE m [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + Good().Xml()),
      FailsWith(Reason::kRequestMalformed));
}

TEST_F(SamlMetadataTest, EntityIsFoundInAnAggregateAndItsTimesAreTheLeast) {
  SamlMetadataText other = Good();
  other.entity_id = "https://other.example";
  other.id = "_other";
  SamlMetadataText ours = Good();
  ours.cache_duration = "PT6H";
  ours.valid_until = "2027-02-01T00:00:00Z";
  ASSERT_OK_AND_ASSIGN(
      const SamlMetadata metadata,
      ReadSigned(Aggregate({other.Xml(), ours.Xml()},
                           " cacheDuration=\"P1D\" validUntil=\"2027-01-20T00:00:00Z\"")));
  EXPECT_EQ(metadata.cache_for, absl::Hours(6));
  EXPECT_EQ(absl::FormatTime(metadata.valid_until, absl::UTCTimeZone()),
            "2027-01-20T00:00:00+00:00");
}

TEST_F(SamlMetadataTest, EntityThatIsMissingOrThereTwiceIsRefused) {
  SamlMetadataText other = Good();
  other.entity_id = "https://other.example";
  EXPECT_THAT(ReadUnsigned(other.Xml()), FailsWith(Reason::kRequestMalformed));
  SamlMetadataText twin = Good();
  twin.id = "_twin";
  EXPECT_THAT(ReadUnsigned(Aggregate({Good().Xml(), twin.Xml()})),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(SamlMetadataTest, TimesThatCannotBeReadAreRefused) {
  SamlMetadataText text = Good();
  text.valid_until = "2027-01-20";
  EXPECT_THAT(ReadUnsigned(text.Xml()), FailsWith(Reason::kRequestMalformed));
  text = Good();
  text.cache_duration = "-PT1H";
  EXPECT_THAT(ReadUnsigned(text.Xml()), FailsWith(Reason::kRequestMalformed));
}

TEST_F(SamlMetadataTest, KeysForSigningOrForAnythingCountAndNoOthers) {
  SamlMetadataText text = Good();
  text.use = "";
  EXPECT_THAT(ReadUnsigned(text.Xml()), IsOk());
  text.use = "encryption";
  EXPECT_THAT(ReadUnsigned(text.Xml()), FailsWith(Reason::kRequestMalformed));
}

TEST_F(SamlMetadataTest, KeysThatCannotBeUsedAreLeftOut) {
  SamlMetadataText text = Good();
  for (const SamlSigningPair::Options& weak :
       {SamlSigningPair::Options{.type = "RSA", .rsa_bits = 1024},
        SamlSigningPair::Options{.curve = "secp256k1"}}) {
    text.certificates.push_back(SamlSigningPair(weak).CertificateBase64());
  }
  text.certificates.push_back(ToBase64(AsSpan("no certificate")));
  ASSERT_OK_AND_ASSIGN(const SamlMetadata metadata, ReadUnsigned(text.Xml()));
  EXPECT_EQ(metadata.keys.size(), 1u);
}

// Whoever certified the provider could sign in its place.
TEST_F(SamlMetadataTest, ChainInPlaceOfACertificateIsRefused) {
  const SamlSigningPair authority;
  const std::string chain =
      absl::StrCat(key_.CertificateBase64(), "</ds:X509Certificate><ds:X509Certificate>",
                   authority.CertificateBase64());
  EXPECT_THAT(ReadUnsigned(absl::StrReplaceAll(Good().Xml(), {{key_.CertificateBase64(), chain}})),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(SamlMetadataTest, TooManyKeysAreRefused) {
  SamlMetadataText text;
  text.certificates.assign(17, key_.CertificateBase64());
  EXPECT_THAT(ReadUnsigned(text.Xml()), FailsWith(Reason::kRequestMalformed));
}

TEST_F(SamlMetadataTest, RoleForOtherProtocolsDoesNotCount) {
  EXPECT_THAT(ReadUnsigned(absl::StrReplaceAll(Good().Xml(),
                                               {{"SAML:2.0:protocol\"", "SAML:1.1:protocol\""}})),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(SamlMetadataTest, CertificateInLinesIsRead) {
  SamlMetadataText text;
  std::string lines = "\n";
  const std::string base64 = key_.CertificateBase64();
  for (size_t i = 0; i < base64.size(); i += 64) {
    absl::StrAppend(&lines, "  ", base64.substr(i, 64), "\n");
  }
  text.certificates = {lines};
  EXPECT_THAT(ReadUnsigned(text.Xml()), IsOk());
}

TEST_F(SamlMetadataTest, LongDocumentsAreRefused) {
  SamlMetadataText text = Good();
  text.certificates.push_back(std::string(kMaxEntitySize, 'A'));
  EXPECT_THAT(ReadUnsigned(text.Xml()), FailsWith(Reason::kLimitExceeded));
  EXPECT_THAT(ReadUnsigned(Aggregate({Good().Xml()}) + std::string(kMaxMetadataSize, ' ')),
              FailsWith(Reason::kLimitExceeded));
}

}  // namespace
}  // namespace enkrat::idp_client
