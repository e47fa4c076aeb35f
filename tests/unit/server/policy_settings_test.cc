// Policies, organisations and providers of the configuration file: what is taken from it, and what
// is refused before the service starts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/reason.h"
#include "server/settings.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kFile[] = R"yaml(server:
  plaintext_on_loopback: true
  plaintext_relying_party: demo
hsm:
  module: /usr/lib/softhsm/libsofthsm2.so
  token_label: enkrat
  pin: { file: pin }
certificates:
  chain_file: chain.pem
  profiles:
    - { name: person, level: advanced, policy_oids: [0.4.0.2042.1.2], ca_issuers_url: "http://ca.example/a.cer" }
    - { name: latin, level: advanced, names: latin, policy_oids: [0.4.0.2042.1.2], ca_issuers_url: "http://ca.example/a.cer" }
    - { name: seal, level: advanced, kind: seal, policy_oids: [0.4.0.2042.1.2], ca_issuers_url: "http://ca.example/a.cer" }
timestamping:
  own: { chain_file: tsu.pem }
store:
  path: ledger.db
signing_pins: { enabled: true }
identity_providers:
  - issuer: https://idp.example
    audiences: [enkrat]
    level_claim: loa
    acr_levels: { "10": low, "20": substantial, "30": high }
    claims: { fixed_country: SI, pseudonym: nickname, date_of_birth: birthdate, mandates: mandates }
saml_identity_providers:
  - entity_id: https://saml.example
    audiences: [https://portal.example/saml]
    recipients: [https://portal.example/acs]
    metadata_file: metadata.xml
    context_levels: { "urn:high": high }
    attributes: { fixed_country: SI, subject: uid, mandates: vat, organization: org }
organizations:
  - identifier: VATSI-12345678
    name: Banka d. d.
    country: SI
    mandate_issuers: [https://idp.example]
    representatives: [ { issuer: https://saml.example, subject: maja } ]
relying_parties:
  - id: demo
    audiences: [portal]
    calls_per_second: 5
    sessions_per_day: 1000
    levels:
      - { level: advanced }
      - { level: advanced, kind: seal, organizations: [VATSI-12345678] }
)yaml";

constexpr char kSignaturePolicy[] = "- { level: advanced }";
constexpr char kSealPolicy[] = "- { level: advanced, kind: seal, organizations: [VATSI-12345678] }";

class PolicySettingsTest : public ::testing::Test {
 protected:
  absl::StatusOr<Config> Load(const std::string& from = "", const std::string& to = "") {
    std::string text = kFile;
    if (!from.empty()) {
      EXPECT_NE(text.find(from), std::string::npos) << from;
      text = absl::StrReplaceAll(text, {{from, to}});
    }
    const std::string path = folder_.path() + "/config.yaml";
    std::ofstream(path) << text;
    return LoadSettings(path);
  }
  absl::Status Check(const std::string& from, const std::string& to) {
    const absl::StatusOr<Config> config = Load(from, to);
    return config.ok() ? CheckValues(*config) : config.status();
  }
  // The policy of the demo relying party, with that line in the file.
  signer::LevelPolicy PolicyWith(const std::string& line) {
    const auto config = Load(kSignaturePolicy, line);
    EXPECT_THAT(config, IsOk());
    const auto entry = CallerFrom(config->relying_parties(0), *config, "x");
    EXPECT_THAT(entry, IsOk());
    return entry->relying_party.policies.at({});
  }

  const enkrat::testing::ScratchFolder folder_;
};

TEST_F(PolicySettingsTest, EverythingThatAPolicySaysIsTaken) {
  const signer::LevelPolicy policy = PolicyWith(
      "- { level: advanced, amr: [hwk, mfa], key_algorithms: [ecdsa_p384], profile: latin, "
      "signing_pin: true, sessions_per_person_per_day: 7, minimal_level_of_assurance: high, "
      "max_authentication_age: 60s, issuers: [https://saml.example] }");
  EXPECT_EQ(policy.profile, "latin");
  EXPECT_THAT(policy.authentication_methods, ElementsAre("hwk", "mfa"));
  EXPECT_THAT(policy.key_algorithms, ElementsAre(KeyAlgorithm::kEcdsaP384));
  EXPECT_TRUE(policy.signing_pin);
  EXPECT_EQ(policy.sessions_per_person_per_day, 7u);
  EXPECT_EQ(policy.minimal_level_of_assurance, idp_client::LevelOfAssurance::kHigh);
  EXPECT_EQ(policy.max_authentication_age, absl::Seconds(60));
  EXPECT_THAT(policy.issuers, ElementsAre("https://saml.example"));
}

TEST_F(PolicySettingsTest, RelyingPartyGetsItsLimitsAndAudiences) {
  const auto config = Load();
  ASSERT_THAT(config, IsOk());
  ASSERT_OK_AND_ASSIGN(const auto entry, CallerFrom(config->relying_parties(0), *config, "x"));
  EXPECT_EQ(entry.relying_party.calls_per_second, 5u);
  EXPECT_EQ(entry.relying_party.burst, 50u);
  EXPECT_EQ(entry.relying_party.sessions_per_day, 1000u);
  EXPECT_THAT(entry.relying_party.audiences, ElementsAre("portal"));
  EXPECT_FALSE(entry.relying_party.disabled->load());
  EXPECT_EQ(entry.relying_party.policies.size(), 2u);
}

TEST_F(PolicySettingsTest, SealGoesToTheSealsProfileAndItsOrganisations) {
  const auto config = Load();
  ASSERT_THAT(config, IsOk());
  ASSERT_OK_AND_ASSIGN(const auto entry, CallerFrom(config->relying_parties(0), *config, "x"));
  const signer::LevelPolicy& policy =
      entry.relying_party.policies.at({.kind = signer::SignatureKind::kSeal});
  EXPECT_EQ(policy.profile, "seal");
  EXPECT_THAT(policy.organizations, ElementsAre("VATSI-12345678"));
  EXPECT_EQ(policy.seal_authorization, signer::SealAuthorization::kMandate);
}

TEST_F(PolicySettingsTest, ProvidersOfBothProtocolsAreTaken) {
  const auto config = Load();
  ASSERT_THAT(config, IsOk());
  ASSERT_OK_AND_ASSIGN(const auto oidc, IssuersFrom(*config));
  EXPECT_EQ(oidc.at(0).level_claim, "loa");
  EXPECT_EQ(oidc[0].acr_levels.at("20"), idp_client::LevelOfAssurance::kSubstantial);
  EXPECT_EQ(oidc[0].claims.mandates, "mandates");
  EXPECT_EQ(oidc[0].claims.pseudonym, "nickname");
  EXPECT_EQ(oidc[0].claims.date_of_birth, "birthdate");
  ASSERT_OK_AND_ASSIGN(const auto saml, SamlProvidersFrom(*config));
  EXPECT_EQ(saml.at(0).entity_id, "https://saml.example");
  EXPECT_EQ(saml[0].metadata_file, folder_.path() + "/metadata.xml");
  EXPECT_EQ(saml[0].attributes.subject, "uid");
  EXPECT_EQ(saml[0].attributes.organization_identifier, "vat");
  EXPECT_EQ(saml[0].attributes.organization, "org");
  EXPECT_THAT(CheckValues(*config), IsOk());
}

struct BadPolicy {
  std::string name;
  std::string from;
  std::string to;
  std::string complaint;
};

class BadPolicyTest : public PolicySettingsTest, public ::testing::WithParamInterface<BadPolicy> {};

TEST_P(BadPolicyTest, IsRefusedWithTheFieldThatIsToBlame) {
  const absl::Status status = Check(GetParam().from, GetParam().to);
  ASSERT_THAT(status, FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    Policies, BadPolicyTest,
    ::testing::Values(
        BadPolicy{"UnknownProfile", kSignaturePolicy, "- { level: advanced, profile: none }",
                  "profile"},
        BadPolicy{"ProfileOfAnotherKind", kSignaturePolicy, "- { level: advanced, profile: seal }",
                  "another kind or level"},
        BadPolicy{"MethodThatIsNone", kSignaturePolicy, "- { level: advanced, amr: [\"\"] }",
                  "amr"},
        BadPolicy{"UnknownAlgorithm", kSignaturePolicy,
                  "- { level: advanced, key_algorithms: [rsa_1024] }", "rsa_1024"},
        BadPolicy{"OrganisationsOfASignature", kSignaturePolicy,
                  "- { level: advanced, organizations: [VATSI-12345678] }", "kind: seal"},
        BadPolicy{"OwnAuthorisationOfASignature", kSignaturePolicy,
                  "- { level: advanced, seal_authorization: relying_party }", "kind: seal"},
        BadPolicy{"SealForNobody", kSealPolicy, "- { level: advanced, kind: seal }",
                  "at least one"},
        BadPolicy{"SealForAnUnknownOrganisation", kSealPolicy,
                  "- { level: advanced, kind: seal, organizations: [VATSI-1] }", "VATSI-1"},
        BadPolicy{"OwnSealAtQualified", kSealPolicy,
                  "- { level: qualified, kind: seal, organizations: [VATSI-12345678], "
                  "seal_authorization: relying_party }",
                  "has no person"},
        BadPolicy{"OwnSealWithPin", kSealPolicy,
                  "- { level: advanced, kind: seal, organizations: [VATSI-12345678], "
                  "seal_authorization: relying_party, signing_pin: true }",
                  "has no person"},
        BadPolicy{"ProviderOfTheNameOfNoProvider", "issuer: https://idp.example\n",
                  "issuer: relying-party\n", "relying-party"},
        BadPolicy{"SamePolicyTwice", kSealPolicy, kSignaturePolicy, "twice"},
        BadPolicy{"UnknownIssuer", kSignaturePolicy,
                  "- { level: advanced, issuers: [https://x.example] }", "https://x.example"},
        BadPolicy{"RepresentativeOfNoProvider", "issuer: https://saml.example, subject: maja",
                  "issuer: https://x.example, subject: maja", "https://x.example"},
        // Else whoever runs one provider seals for the customers of another.
        BadPolicy{"MandatesOfTwoProvidersAndNobodySaysWhose",
                  "    mandate_issuers: [https://idp.example]\n", "", "mandate_issuers"},
        BadPolicy{"MandatesOfNoProvider", "mandate_issuers: [https://idp.example]",
                  "mandate_issuers: [https://x.example]", "https://x.example"},
        // "maja" of the one is not "maja" of the other.
        BadPolicy{"OneNameForProvidersOfTwoProtocols", "https://saml.example",
                  "https://idp.example", "saml_identity_providers[0]"},
        BadPolicy{"OrganisationIdentifierOfNoForm", "identifier: VATSI-12345678",
                  "identifier: 12345678", "organizations[0]"},
        BadPolicy{"OrganisationWithoutACountry", "    country: SI\n", "", "organizations[0]"},
        BadPolicy{"TwoProfilesOfOneName", "name: latin", "name: person", "twice"},
        BadPolicy{"PseudonymousSeal", "name: seal,", "name: seal, names: pseudonym,",
                  "profiles[2]"},
        BadPolicy{"SamlWordsInOidc", "claims: { fixed_country: SI,",
                  "claims: { fixed_country: SI, subject: uid,", "SAML"},
        BadPolicy{"SamlWithoutAudience", "audiences: [https://portal.example/saml]",
                  "audiences: []", "saml"},
        BadPolicy{"SamlWithoutMetadata", "    metadata_file: metadata.xml\n", "", "metadata"},
        BadPolicy{"ShortRetention", "signing_pins: { enabled: true }",
                  "personal_data: { retention: 24h }", "retention"},
        BadPolicy{"LittleMemoryForPins", "signing_pins: { enabled: true }",
                  "signing_pins: { enabled: true, argon2_memory_mb: 1 }", "argon2_memory_mb"}),
    [](const auto& param) { return param.param.name; });

TEST_F(PolicySettingsTest, ShortRetentionCanBeAllowedOnPurpose) {
  EXPECT_THAT(Check("signing_pins: { enabled: true }",
                    "personal_data: { retention: 24h, allow_short_retention: true }"),
              IsOk());
}

// Without binding and audiences, what a person gave to one relying party signs at another.
TEST_F(PolicySettingsTest, OptionalBindingBesideOtherRelyingPartiesNeedsAudiences) {
  Config config = *Load(kSignaturePolicy, "- { level: advanced, binding: optional }");
  EXPECT_THAT(CheckValues(config), IsOk());
  auto& demo = *config.mutable_relying_parties(0);
  demo.clear_audiences();
  EXPECT_THAT(CheckValues(config), IsOk());  // there is no other
  auto& other = *config.add_relying_parties();
  other = demo;
  other.set_id("other");
  other.add_certificate_sans("DNS:other.example");
  other.mutable_levels(0)->clear_binding();
  EXPECT_THAT(CheckValues(config), FailsWith(Reason::kConfigurationInvalid));
  demo.add_audiences("portal");
  EXPECT_THAT(CheckValues(config), IsOk());
}

TEST_F(PolicySettingsTest, PolicyWithPinsNeedsPins) {
  Config config = *Load(kSignaturePolicy, "- { level: advanced, signing_pin: true }");
  EXPECT_THAT(CheckValues(config), IsOk());
  config.mutable_signing_pins()->set_enabled(false);
  EXPECT_THAT(CheckValues(config), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(PolicySettingsTest, SamlAloneIsEnough) {
  const auto config = Load();
  ASSERT_THAT(config, IsOk());
  Config saml_only = *config;
  saml_only.clear_identity_providers();
  saml_only.mutable_organizations(0)->clear_mandate_issuers();
  EXPECT_THAT(CheckValues(saml_only), IsOk());
  saml_only.clear_organizations();
  saml_only.mutable_relying_parties(0)->mutable_levels()->DeleteSubrange(1, 1);
  saml_only.clear_saml_identity_providers();
  EXPECT_THAT(CheckValues(saml_only), FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::server
