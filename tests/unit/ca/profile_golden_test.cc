// The extensions of all six profiles, octet by octet, put together by hand from ETSI EN 319 412-1,
// -2, -3, -5, EN 319 411-2, RFC 5280 and RFC 9608, and read back with "openssl asn1parse".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "ca/profile.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::AdvancedSpec;
using ::enkrat::testing::MakeProfile;

// Extension { 2.5.29.15, critical, BIT STRING of nonRepudiation alone } (412-2 table 1, type A).
constexpr char kKeyUsage[] = "300e 0603551d0f 0101ff 0404 03020640";

// Extension { 2.5.29.32, SEQUENCE OF PolicyInformation }. NCP+ is 0.4.0.2042.1.2 (411-1 5.3).
constexpr char kNcpPlus[] = "3013 0603551d20 040c 300a 3008 0606 04008f7a0102";
// Those of 411-2 5.3: 0.4.0.194112.1.x.
constexpr char kQcpN[] = "3014 0603551d20 040d 300b 3009 0607 04008bec400100";
constexpr char kQcpL[] = "3014 0603551d20 040d 300b 3009 0607 04008bec400101";
constexpr char kQcpNQscd[] = "3014 0603551d20 040d 300b 3009 0607 04008bec400102";
constexpr char kQcpLQscd[] = "3014 0603551d20 040d 300b 3009 0607 04008bec400103";

// Extension { 1.3.6.1.5.5.7.1.1, one caIssuers, [6] "http://x.eu/ca" }.
constexpr char kInformationAccess[] =
    "302a 0608 2b06010505070101 041e 301c 301a 0608 2b06010505073002"
    "860e 687474703a2f2f782e65752f6361";

// Statements (412-5): QcCompliance, QcSSCD; QcType of esign and eseal; QcPDS in English at
// https://x.eu/en and in Slovene at https://x.eu/sl; the semantics of natural and legal persons.
constexpr char kCompliance[] = "3008 0606 04008e460101";
constexpr char kSscd[] = "3008 0606 04008e460104";
constexpr char kTypeEsign[] = "3013 0606 04008e460106 3009 0607 04008e46010601";
constexpr char kTypeEseal[] = "3013 0606 04008e460106 3009 0607 04008e46010602";
constexpr char kPds[] =
    "3038 0606 04008e460105 302e"
    "3015 160f 68747470733a2f2f782e65752f656e 1302 656e"
    "3015 160f 68747470733a2f2f782e65752f736c 1302 736c";
constexpr char kSemanticsNatural[] = "3015 0608 2b06010505070b02 3009 0607 04008bec490101";
constexpr char kSemanticsLegal[] = "3015 0608 2b06010505070b02 3009 0607 04008bec490102";

// The head of Extension { 1.3.6.1.5.5.7.1.3, SEQUENCE OF QCStatement } with the statements' size.
constexpr char kSemanticsAlone[] = "3025 0608 2b06010505070103 0419 3017";
constexpr char kQualified[] = "307e 0608 2b06010505070103 0472 3070";
constexpr char kQualifiedOnQscd[] = "308188 0608 2b06010505070103 047c 307a";

// Extensions { 2.5.29.56, NULL } and { 0.4.0.194121.2.1, NULL }.
constexpr char kNoRevAvail[] = "3009 0603551d38 0402 0500";
constexpr char kValidityAssured[] = "300d 0607 04008bec490201 0402 0500";

struct Golden {
  const char* name;
  ProfileKind kind;
  bool qualified;
  bool on_qscd;
  const char* policy;
  const char* policy_extension;
  std::string statements;
};

class ProfileGoldenTest : public ::testing::TestWithParam<Golden> {};

TEST_P(ProfileGoldenTest, ExtensionsAreThoseOfTheStandards) {
  const Golden& golden = GetParam();
  ProfileSpec spec = AdvancedSpec();
  spec.kind = golden.kind;
  spec.ca_issuers_url = "http://x.eu/ca";
  spec.policy_oids = {golden.policy};
  spec.qualified = golden.qualified;
  spec.on_qscd = golden.on_qscd;
  if (golden.qualified) spec.pds = {{"https://x.eu/en", "en"}, {"https://x.eu/sl", "sl"}};
  std::string expected = absl::StrCat(kKeyUsage, golden.policy_extension, kInformationAccess,
                                      golden.statements, kNoRevAvail, kValidityAssured);
  std::erase(expected, ' ');
  EXPECT_EQ(ToHex(MakeProfile(spec).extensions_der()), expected);
}

INSTANTIATE_TEST_SUITE_P(
    SixProfiles, ProfileGoldenTest,
    ::testing::Values(
        Golden{"Signature", ProfileKind::kSignature, false, false, "0.4.0.2042.1.2", kNcpPlus,
               absl::StrCat(kSemanticsAlone, kSemanticsNatural)},
        Golden{"QualifiedSignature", ProfileKind::kSignature, true, false, "0.4.0.194112.1.0",
               kQcpN, absl::StrCat(kQualified, kCompliance, kTypeEsign, kPds, kSemanticsNatural)},
        // Its statements are the template that was read back with other implementations.
        Golden{"QualifiedSignatureOnQscd", ProfileKind::kSignature, true, true, "0.4.0.194112.1.2",
               kQcpNQscd,
               absl::StrCat(kQualifiedOnQscd, kCompliance, kSscd, kTypeEsign, kPds,
                            kSemanticsNatural)},
        Golden{"Seal", ProfileKind::kSeal, false, false, "0.4.0.2042.1.2", kNcpPlus,
               absl::StrCat(kSemanticsAlone, kSemanticsLegal)},
        Golden{"QualifiedSeal", ProfileKind::kSeal, true, false, "0.4.0.194112.1.1", kQcpL,
               absl::StrCat(kQualified, kCompliance, kTypeEseal, kPds, kSemanticsLegal)},
        Golden{
            "QualifiedSealOnQscd", ProfileKind::kSeal, true, true, "0.4.0.194112.1.3", kQcpLQscd,
            absl::StrCat(kQualifiedOnQscd, kCompliance, kSscd, kTypeEseal, kPds, kSemanticsLegal)}),
    [](const auto& suite) { return suite.param.name; });

TEST(ProfileRetentionTest, YearsStandBehindTheCompliance) {
  ProfileSpec spec = enkrat::testing::QualifiedSpec();
  spec.retention_years = 10;
  // QcRetentionPeriod 0.4.0.1862.1.3, INTEGER 10.
  EXPECT_THAT(ToHex(MakeProfile(spec).extensions_der()),
              ::testing::HasSubstr("3008060604008e460101"
                                   "300b060604008e46010302010a"
                                   "3008060604008e460104"));
}

}  // namespace
}  // namespace enkrat::ca
