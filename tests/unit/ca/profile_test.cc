// Profiles: what an operator may claim, and what not.
#include "ca/profile.h"

#include <gtest/gtest.h>

#include <functional>

#include "common/reason.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::AdvancedSpec;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::MakeProfile;
using ::enkrat::testing::QualifiedSpec;

TEST(ProfileTest, AdvancedAndQualifiedProfilesAreAccepted) {
  EXPECT_THAT(Profile::Create(AdvancedSpec()), IsOk());
  EXPECT_THAT(Profile::Create(QualifiedSpec()), IsOk());
}

TEST(ProfileTest, ValidityOfOneSecondUnderADayIsAccepted) {
  ProfileSpec spec = AdvancedSpec();
  spec.validity = absl::Hours(24) - spec.not_before_skew - absl::Seconds(1);
  EXPECT_THAT(Profile::Create(spec), IsOk());
}

// The statements of docs/conformity.md, octet by octet.
TEST(ProfileTest, QualifiedStatementsHaveTheEncodingOfTheStandard) {
  const std::string hex = ToHex(MakeProfile(QualifiedSpec()).extensions_der());
  EXPECT_THAT(hex, ::testing::HasSubstr("3008060604008e4601013008060604008e460104"
                                        "3013060604008e4601063009060704008e46010601"));
  EXPECT_THAT(hex, ::testing::HasSubstr("301506082b06010505070b023009060704008bec490101"));
  EXPECT_THAT(hex, ::testing::HasSubstr("0603551d0f0101ff040403020640"));    // keyUsage
  EXPECT_THAT(hex, ::testing::HasSubstr("30090603551d3804020500"));          // noRevAvail
  EXPECT_THAT(hex, ::testing::HasSubstr("300d060704008bec49020104020500"));  // valassured
}

struct Refused {
  const char* name;
  std::function<void(ProfileSpec&)> spoil;
};

class RefusedProfileTest : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedProfileTest, IsRefused) {
  ProfileSpec spec = QualifiedSpec();
  GetParam().spoil(spec);
  EXPECT_THAT(Profile::Create(spec), FailsWith(Reason::kConfigurationInvalid));
}

INSTANTIATE_TEST_SUITE_P(
    Specs, RefusedProfileTest,
    ::testing::Values(
        Refused{"NoName", [](ProfileSpec& s) { s.name = ""; }},
        Refused{"ValidityAndSkewOfADay",
                [](ProfileSpec& s) { s.validity = absl::Hours(24) - s.not_before_skew; }},
        Refused{"InfiniteValidity", [](ProfileSpec& s) { s.validity = absl::InfiniteDuration(); }},
        Refused{"ShortValidity", [](ProfileSpec& s) { s.validity = absl::Seconds(59); }},
        Refused{"NegativeValidity", [](ProfileSpec& s) { s.validity = -absl::Minutes(15); }},
        Refused{"LongSkew", [](ProfileSpec& s) { s.not_before_skew = absl::Seconds(61); }},
        Refused{"NegativeSkew", [](ProfileSpec& s) { s.not_before_skew = -absl::Seconds(1); }},
        Refused{"NoPolicies", [](ProfileSpec& s) { s.policy_oids.clear(); }},
        Refused{"MalformedPolicy", [](ProfileSpec& s) { s.policy_oids = {"1.2.x"}; }},
        Refused{"PolicyTwice",
                [](ProfileSpec& s) {
                  s.policy_oids = {"1.2.3", "1.2.3"};
                }},
        Refused{"NinePolicies",
                [](ProfileSpec& s) {
                  s.policy_oids.clear();
                  for (int i = 0; i < 9; ++i) s.policy_oids.push_back("1.2." + std::to_string(i));
                }},
        Refused{"PolicyWithoutQscdOnQscd",
                [](ProfileSpec& s) { s.policy_oids = {"0.4.0.194112.1.0"}; }},
        Refused{"PolicyWithQscdOffQscd", [](ProfileSpec& s) { s.on_qscd = false; }},
        Refused{"PolicyOfLegalPersons",
                [](ProfileSpec& s) { s.policy_oids = {"0.4.0.194112.1.3"}; }},
        Refused{"QualifiedPolicyWithoutClaims",
                [](ProfileSpec& s) { s.qualified = s.on_qscd = false; }},
        Refused{"QscdWithoutQualified",
                [](ProfileSpec& s) {
                  s.qualified = false;
                  s.policy_oids = {"1.2.3"};
                  s.pds.clear();
                }},
        Refused{"QualifiedWithoutPds", [](ProfileSpec& s) { s.pds.clear(); }},
        Refused{"PdsOverHttp", [](ProfileSpec& s) { s.pds[0].url = "http://example.com/pds"; }},
        Refused{"PdsWithoutEnglish", [](ProfileSpec& s) { s.pds[0].language = "sl"; }},
        Refused{"PdsInUpperCase", [](ProfileSpec& s) { s.pds[0].language = "EN"; }},
        Refused{"PdsInThreeLetters", [](ProfileSpec& s) { s.pds[0].language = "eng"; }},
        Refused{"PdsTwiceInOneLanguage", [](ProfileSpec& s) { s.pds.push_back(s.pds[0]); }},
        Refused{"SecondPdsOverHttp",
                [](ProfileSpec& s) { s.pds.push_back({"http://example.com/pds", "sl"}); }},
        Refused{"NinePds",
                [](ProfileSpec& s) {
                  for (char c = 'a'; c < 'i'; ++c) {
                    s.pds.push_back({s.pds[0].url, std::string("x") + c});
                  }
                }},
        Refused{"NegativeRetention", [](ProfileSpec& s) { s.retention_years = -1; }},
        Refused{"RetentionOverACentury", [](ProfileSpec& s) { s.retention_years = 101; }},
        Refused{"PolicyOfNaturalPersonsForASeal",
                [](ProfileSpec& s) { s.kind = ProfileKind::kSeal; }},
        Refused{"PolicyOfWebsites", [](ProfileSpec& s) { s.policy_oids = {"0.4.0.194112.1.4"}; }},
        Refused{"PseudonymForASeal",
                [](ProfileSpec& s) {
                  s.kind = ProfileKind::kSeal;
                  s.policy_oids = {"0.4.0.194112.1.3"};
                  s.names = SubjectNames::kPseudonym;
                }},
        Refused{"PdsWithoutQualified",
                [](ProfileSpec& s) {
                  s.qualified = s.on_qscd = false;
                  s.policy_oids = {"1.2.3"};
                }},
        Refused{"RetentionWithoutQualified",
                [](ProfileSpec& s) {
                  s.qualified = s.on_qscd = false;
                  s.policy_oids = {"1.2.3"};
                  s.pds.clear();
                  s.retention_years = 10;
                }},
        Refused{"NoCaIssuers", [](ProfileSpec& s) { s.ca_issuers_url = ""; }},
        Refused{"LdapCaIssuers", [](ProfileSpec& s) { s.ca_issuers_url = "ldap://example.com/"; }},
        Refused{"CaIssuersWithoutHost", [](ProfileSpec& s) { s.ca_issuers_url = "http:///ca"; }},
        Refused{"CaIssuersWithUser",
                [](ProfileSpec& s) { s.ca_issuers_url = "http://a@example.com/ca"; }},
        Refused{"CaIssuersWithLineFeed",
                [](ProfileSpec& s) { s.ca_issuers_url = "http://example.com/\nca"; }},
        Refused{"CaIssuersOutsideAscii",
                [](ProfileSpec& s) { s.ca_issuers_url = "http://\u010D.example.com/"; }},
        Refused{"LongCaIssuers",
                [](ProfileSpec& s) {
                  s.ca_issuers_url = "http://example.com/" + std::string(500, 'a');
                }}),
    [](const auto& suite) { return suite.param.name; });

}  // namespace
}  // namespace enkrat::ca
