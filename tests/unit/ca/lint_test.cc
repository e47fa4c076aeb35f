// Every lint against a certificate that breaks its rule and, as far as possible, no other. The
// table makes the file longer than usual.
#include "ca/lint.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "absl/strings/str_cat.h"
#include "ca/object_identifiers.h"
#include "common/reason.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/lint_world.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::AddExtension;
using ::enkrat::testing::AddStatement;
using ::enkrat::testing::Broken;
using ::enkrat::testing::DraftAttribute;
using ::enkrat::testing::DraftCertificate;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::Hex;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::ReplaceInStatements;
using ::enkrat::testing::SetText;
using ::enkrat::testing::SoftwareSigningKey;
using ::enkrat::testing::Which;
using World = ::enkrat::testing::LintWorld;

TEST(LintTest, GoodCertificatesBreakNoLint) {
  World& world = World::Get();
  for (const Which which : testing::kEveryWhich) {
    const Profile& profile = world.ProfileOf(which);
    EXPECT_THAT(world.RunAll(world.Good(profile), profile), IsOk());
  }
}

TEST(LintTest, CertificateOfAnotherProfileIsRejected) {
  World& world = World::Get();
  for (const Which made : testing::kEveryWhich) {
    for (const Which meant : testing::kEveryWhich) {
      if (made == meant) continue;
      EXPECT_THAT(world.RunAll(world.Good(world.ProfileOf(made)), world.ProfileOf(meant)),
                  FailsWith(Reason::kLintFailed));
    }
  }
}

TEST(LintTest, AllBrokenLintsAreNamedAtOnce) {
  World& world = World::Get();
  DraftCertificate draft = world.Good(world.ProfileOf(Which::kAdvanced));
  draft.version = 1;
  draft.Remove(oid::kNoRevAvail);
  const std::string message(world.RunAll(draft, world.ProfileOf(Which::kAdvanced)).message());
  EXPECT_THAT(message, ::testing::HasSubstr("version: "));
  EXPECT_THAT(message, ::testing::HasSubstr("no_rev_avail: is missing (RFC 9608"));
}

TEST(LintTest, FindingsHoldNothingOfTheSubject) {
  World& world = World::Get();
  DraftCertificate draft = world.Good(world.ProfileOf(Which::kAdvanced));
  for (DraftAttribute& attribute : draft.subject) attribute.text = "Skrivnost\n";
  const std::string message(world.RunAll(draft, world.ProfileOf(Which::kAdvanced)).message());
  EXPECT_THAT(message, ::testing::HasSubstr("subject_text"));
  EXPECT_THAT(message, ::testing::Not(::testing::HasSubstr("Skrivnost")));
}

TEST(LintTest, KeyOtherThanTheRequestedOneIsRejected) {
  World& world = World::Get();
  world.requested_spki = SoftwareSigningKey::Generate()->public_key().spki_der();
  const absl::Status status = world.RunAll(world.Good(world.ProfileOf(Which::kAdvanced)),
                                           world.ProfileOf(Which::kAdvanced));
  world.requested_spki.clear();
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("subject_key: "));
}

std::string Spki(int bits) {
  const EvpPkeyPtr key(EVP_RSA_gen(static_cast<unsigned int>(bits)));
  Bytes der(static_cast<size_t>(i2d_PUBKEY(key.get(), nullptr)));
  unsigned char* cursor = der.data();
  i2d_PUBKEY(key.get(), &cursor);
  return ToString(der);
}

void SetKey(DraftCertificate& draft, absl::string_view spki) { draft.spki_der = ToBytes(spki); }

constexpr char kOcspAccess[] =
    "3026302406082b06010505073001"
    "8618687474703a2f2f6f6373702e6578616d706c652e636f6d2f";

const std::vector<Broken>& Cases() {
  static const auto& cases = *new std::vector<Broken>{
      {"version", "Version2", [](auto& d) { d.version = 1; }},
      {"serial_number_size", "Zero", [](auto& d) { d.serial_number = {0}; }},
      {"serial_number_size", "Negative", [](auto& d) { d.serial_number = Bytes(16, 0x80); }},
      {"serial_number_size", "Octets21", [](auto& d) { d.serial_number = Bytes(21, 0x11); }},
      {"serial_number_entropy", "Short", [](auto& d) { d.serial_number = Bytes(7, 0x11); }},
      {"signature_algorithm", "Sha384",
       [](auto& d) { d.signature_algorithm_der = Hex("300a06082a8648ce3d040303"); }},
      {"issuer_name", "OtherName", [](auto& d) { d.issuer_der.back() ^= 1; }},
      {"validity_period", "EndsBeforeItBegins",
       [](auto& d) { std::swap(d.not_before, d.not_after); }},
      {"validity_period", "EndsAsItBegins", [](auto& d) { d.not_after = d.not_before; }},
      // The good certificate runs from 270115075930Z to 270115081500Z.
      {"validity_period", "Day", [](auto& d) { d.not_after.text = "270116075930Z"; }},
      {"validity_period", "OverAlready",
       [](auto& d) {
         d.not_before.text = "270115075000Z";
         d.not_after.text = "270115075959Z";
       }},
      {"not_before_skew", "Future", [](auto& d) { d.not_before.text = "270115080001Z"; }},
      {"not_before_skew", "OverAMinuteBack", [](auto& d) { d.not_before.text = "270115075858Z"; }},
      {"time_encoding", "GeneralizedTimeBefore2050",
       [](auto& d) { d.not_after = {0x18, "20270115081500Z"}; }},
      {"time_encoding", "WithoutSeconds", [](auto& d) { d.not_after.text = "2701150815Z"; }},
      {"time_encoding", "Fraction", [](auto& d) { d.not_after = {0x18, "20270115081500.5Z"}; }},
      {"time_encoding", "Offset", [](auto& d) { d.not_after.text = "270115081500+0000"; }},
      {"no_rev_avail", "Missing", [](auto& d) { d.Remove(oid::kNoRevAvail); }},
      {"no_rev_avail", "Critical", [](auto& d) { d.Find(oid::kNoRevAvail).critical = true; }},
      {"no_rev_avail", "NotNull", [](auto& d) { d.Find(oid::kNoRevAvail).value = Hex("0101ff"); }},
      {"validity_assured", "Missing", [](auto& d) { d.Remove(oid::kValidityAssuredShortTerm); }},
      {"validity_assured", "Critical",
       [](auto& d) { d.Find(oid::kValidityAssuredShortTerm).critical = true; }},
      {"validity_assured", "NotNull",
       [](auto& d) { d.Find(oid::kValidityAssuredShortTerm).value = Hex("3000"); }},
      {"revocation_pointers", "CrlDistributionPoints",
       [](auto& d) { AddExtension(d, oid::kCrlDistributionPoints, Hex("3000")); }},
      {"revocation_pointers", "FreshestCrl",
       [](auto& d) { AddExtension(d, oid::kFreshestCrl, Hex("3000")); }},
      {"revocation_pointers", "OcspResponder",
       [](auto& d) { d.Find(oid::kAuthorityInfoAccess).value = Hex(kOcspAccess); }},
      {"key_usage", "Missing", [](auto& d) { d.Remove(oid::kKeyUsage); }},
      {"key_usage", "NotCritical", [](auto& d) { d.Find(oid::kKeyUsage).critical = false; }},
      {"key_usage", "DigitalSignatureToo",
       [](auto& d) { d.Find(oid::kKeyUsage).value = Hex("030206c0"); }},
      {"key_usage", "KeyCertSign", [](auto& d) { d.Find(oid::kKeyUsage).value = Hex("03020204"); }},
      {"certificate_policies", "Missing", [](auto& d) { d.Remove(oid::kCertificatePolicies); }},
      {"certificate_policies", "Critical",
       [](auto& d) { d.Find(oid::kCertificatePolicies).critical = true; }},
      {"certificate_policies", "Empty",
       [](auto& d) { d.Find(oid::kCertificatePolicies).value = Hex("3000"); }},
      {"certificate_policies", "Twice",
       [](auto& d) {
         d.Find(oid::kCertificatePolicies).value = Hex("3014300806062b06010401013008060" "62b0601040101");
       }},
      {"certificate_policies", "Others",
       [](auto& d) {
         d.Find(oid::kCertificatePolicies).value = Hex("300a300806062b0601040101");
       }},
      {"certificate_policies", "NotASequence",
       [](auto& d) { d.Find(oid::kCertificatePolicies).value = Hex("0500"); }},
      {"authority_info_access", "Missing", [](auto& d) { d.Remove(oid::kAuthorityInfoAccess); }},
      {"authority_info_access", "Critical",
       [](auto& d) { d.Find(oid::kAuthorityInfoAccess).critical = true; }},
      {"authority_info_access", "NoCaIssuers",
       [](auto& d) { d.Find(oid::kAuthorityInfoAccess).value = Hex(kOcspAccess); }},
      {"authority_info_access", "Ldap",
       [](auto& d) {
         d.Find(oid::kAuthorityInfoAccess).value =
             Hex("3019301706082b06010505073002860b6c6461703a2f2f612e622f");
       }},
      {"authority_info_access", "Empty",
       [](auto& d) { d.Find(oid::kAuthorityInfoAccess).value = Hex("3000"); }},
      {"authority_key_identifier", "Missing",
       [](auto& d) { d.Remove(oid::kAuthorityKeyIdentifier); }},
      {"authority_key_identifier", "Critical",
       [](auto& d) { d.Find(oid::kAuthorityKeyIdentifier).critical = true; }},
      {"authority_key_identifier", "OtherKey",
       [](auto& d) { d.Find(oid::kAuthorityKeyIdentifier).value.back() ^= 1; }},
      {"authority_key_identifier", "NoKeyIdentifier",
       [](auto& d) { d.Find(oid::kAuthorityKeyIdentifier).value = Hex("3000"); }},
      {"subject_key_identifier", "Missing", [](auto& d) { d.Remove(oid::kSubjectKeyIdentifier); }},
      {"subject_key_identifier", "Critical",
       [](auto& d) { d.Find(oid::kSubjectKeyIdentifier).critical = true; }},
      {"subject_key_identifier", "OtherKey",
       [](auto& d) { d.Find(oid::kSubjectKeyIdentifier).value.back() ^= 1; }},
      {"subject_attributes", "TwoCommonNames",
       [](auto& d) { d.subject.push_back({ToBytes(ByteSpan(oid::kCommonName)), 0x0c, "Root"}); }},
      {"subject_attributes", "TwoCountries",
       [](auto& d) { d.subject.push_back({ToBytes(ByteSpan(oid::kCountry)), 0x13, "AT"}); }},
      {"subject_attributes", "NoSerialNumber", [](auto& d) { d.subject.pop_back(); }},
      {"subject_pseudonym", "NoNames",
       [](auto& d) { d.subject.erase(d.subject.begin() + 2, d.subject.begin() + 4); }},
      {"subject_attributes", "Organization",
       [](auto& d) { d.subject.push_back({Hex("55040a"), 0x0c, "Bank"}); }},
      {"subject_attributes", "Empty", [](auto& d) { d.subject.clear(); }},
      {"subject_country", "LowerCase", [](auto& d) { SetText(d, oid::kCountry, "si", 0x13); }},
      {"subject_country", "Utf8String", [](auto& d) { SetText(d, oid::kCountry, "SI", 0x0c); }},
      {"subject_serial_number", "Utf8String",
       [](auto& d) { SetText(d, oid::kSerialNumber, "EIDSI-1", 0x0c); }},
      {"subject_serial_number", "NoType",
       [](auto& d) { SetText(d, oid::kSerialNumber, "12345678", 0x13); }},
      {"subject_serial_number", "NotPrintable",
       [](auto& d) { SetText(d, oid::kSerialNumber, "EIDSI-1@2", 0x13); }},
      {"subject_serial_number", "Long",
       [](auto& d) { SetText(d, oid::kSerialNumber, "EIDSI-" + std::string(59, '1'), 0x13); }},
      {"subject_text", "Nul",
       [](auto& d) { SetText(d, oid::kCommonName, std::string("Ana\0x", 5), 0x0c); }},
      {"subject_text", "Bidi", [](auto& d) { SetText(d, oid::kCommonName, "A\u202Ena", 0x0c); }},
      {"subject_text", "Characters65",
       [](auto& d) { SetText(d, oid::kCommonName, std::string(65, 'a'), 0x0c); }},
      {"subject_text", "Empty", [](auto& d) { SetText(d, oid::kSurname, "", 0x0c); }},
      {"subject_text", "TeletexString", [](auto& d) { SetText(d, oid::kSurname, "Novak", 0x14); }},
      {"subject_text", "BmpString",
       [](auto& d) { SetText(d, oid::kSurname, std::string("\0N\0o", 4), 0x1e); }},
      {"subject_key", "KeyOfTheCa",
       [](auto& d) { d.spki_der = World::Get().authority_spki(); }},
      {"key_algorithm", "Rsa2048", [](auto& d) { SetKey(d, Spki(2048)); }},
      {"key_algorithm", "RsaExponent3",
       [](auto& d) {
         std::string spki = Spki(3072);
         spki.replace(spki.size() - 3, 3, std::string("\0\0\3", 3));
         SetKey(d, spki);
       }},
      {"key_algorithm", "Ed25519",
       [](auto& d) { d.spki_der = Hex("302a300506032b6570032100" + std::string(64, '1')); }},
      {"key_algorithm", "CompressedPoint",
       [](auto& d) {
         d.spki_der =
             Hex("3039301306072a8648ce3d020106082a8648ce3d030107032200" "02" + std::string(64, '1'));
       }},
      {"key_algorithm", "Secp256k1",
       [](auto& d) {
         d.spki_der =
             Hex("3056301006072a8648ce3d020106052b8104000a034200" "04" + std::string(128, '1'));
       }},
      {"basic_constraints", "Ca",
       [](auto& d) { AddExtension(d, oid::kBasicConstraints, Hex("30030101ff"), true); }},
      {"allowed_extensions", "PolicyMappings",
       [](auto& d) { AddExtension(d, oid::kPolicyMappings, Hex("3000")); }},
      {"allowed_extensions", "NameConstraints",
       [](auto& d) { AddExtension(d, oid::kNameConstraints, Hex("3000"), true); }},
      {"allowed_extensions", "ExtendedKeyUsage",
       [](auto& d) { AddExtension(d, Hex("551d25"), Hex("300a06082b06010505070308")); }},
      {"allowed_extensions", "SubjectAltName", [](auto& d) { AddExtension(d, Hex("551d11"), Hex("3000")); }},
      {"duplicate_extensions", "KeyUsageTwice",
       [](auto& d) { AddExtension(d, oid::kKeyUsage, Hex("03020640"), true); }},
      {"duplicate_extensions", "UnknownTwice",
       [](auto& d) {
         AddExtension(d, Hex("2a0304"), Hex("0500"));
         AddExtension(d, Hex("2a0304"), Hex("0500"));
       }},
      {"qc_statements", "Missing", [](auto& d) { d.Remove(oid::kQcStatements); }},
      {"qc_statements", "Critical", [](auto& d) { d.Find(oid::kQcStatements).critical = true; }},
      {"qc_statements", "Empty", [](auto& d) { d.Find(oid::kQcStatements).value = Hex("3000"); }},
      {"qc_statements", "ComplianceTwice",
       [](auto& d) { AddStatement(d, "3008060604008e460101"); }, Which::kQualified},
      {"qc_statements", "StatementWithoutIdentifier",
       [](auto& d) { AddStatement(d, "30020500"); }},
      {"qc_claims", "ComplianceInAnAdvancedCertificate",
       [](auto& d) { AddStatement(d, "3008060604008e460101"); }},
      {"qc_claims", "QscdInAnAdvancedCertificate",
       [](auto& d) { AddStatement(d, "3008060604008e460104"); }},
      {"qc_legislation", "Present", [](auto& d) { AddStatement(d, "300e060604008e46010730041302" "5553"); },
       Which::kQualified},
      {"qc_claims", "NoCompliance",
       [](auto& d) { ReplaceInStatements(d, Hex("04008e460101"), Hex("04008e460102")); }, Which::kQualified},
      {"qc_type", "Missing",
       [](auto& d) { ReplaceInStatements(d, Hex("3013060604008e460106"), Hex("3013060604008e460102")); },
       Which::kQualified},
      {"qc_type", "Seal",
       [](auto& d) { ReplaceInStatements(d, Hex("04008e46010601"), Hex("04008e46010602")); }, Which::kQualified},
      {"qc_type", "TwoTypes",
       [](auto& d) {
         ReplaceInStatements(d, Hex("3013060604008e460106"), Hex("3013060604008e460102"));
         AddStatement(d, "301c060604008e4601063012060704008e46010601060704008e46010602");
       },
       Which::kQualified},
      {"qc_type", "InAnAdvancedCertificate",
       [](auto& d) { AddStatement(d, "3013060604008e4601063009060704008e46010601"); }},
      {"qc_pds", "Missing",
       [](auto& d) { ReplaceInStatements(d, Hex("04008e460105"), Hex("04008e460102")); }, Which::kQualified},
      {"qc_pds", "Http",
       [](auto& d) { ReplaceInStatements(d, ToBytes("https://"), ToBytes("http:///")); }, Which::kQualified},
      {"qc_pds", "NotEnglish",
       [](auto& d) { ReplaceInStatements(d, Hex("1302656e"), Hex("1302736c")); }, Which::kQualified},
      {"qc_semantics", "Missing",
       [](auto& d) { ReplaceInStatements(d, Hex("2b06010505070b02"), Hex("2b06010505070b01")); }},
      {"qc_semantics", "LegalPerson",
       [](auto& d) { ReplaceInStatements(d, Hex("04008bec490101"), Hex("04008bec490102")); }},
  };
  return cases;
}

class BrokenCertificateTest : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenCertificateTest, IsFoundByTheLint) {
  World& world = World::Get();
  const Profile& profile = world.ProfileOf(GetParam().which);
  DraftCertificate draft = world.Good(profile);
  GetParam().spoil(draft);
  const absl::Status status = world.RunAll(draft, profile);
  ASSERT_THAT(status, FailsWith(Reason::kLintFailed));
  EXPECT_THAT(absl::StrCat("; ", status.message()),
              ::testing::HasSubstr(absl::StrCat("; ", GetParam().lint, ": ")));
}

INSTANTIATE_TEST_SUITE_P(Lints, BrokenCertificateTest, ::testing::ValuesIn(Cases()),
                         [](const auto& suite) {
                           return absl::StrCat(suite.param.lint, "_", suite.param.name);
                         });

INSTANTIATE_TEST_SUITE_P(Claims, BrokenCertificateTest,
                         ::testing::ValuesIn(testing::BrokenClaims()), [](const auto& suite) {
                           return absl::StrCat(suite.param.lint, "_", suite.param.name);
                         });

TEST(LintTest, EveryLintHasABrokenCertificate) {
  std::set<std::string> tested;
  for (const Broken& each : Cases()) tested.insert(each.lint);
  for (const Broken& each : testing::BrokenClaims()) tested.insert(each.lint);
  std::set<std::string> existing;
  for (const Lint* lint : AllLints()) existing.insert(std::string(lint->name));
  EXPECT_EQ(tested, existing);
}

TEST(ParsedTbsTest, OctetsBehindTheCertificateAreRejected) {
  World& world = World::Get();
  Bytes tbs = world.Good(world.ProfileOf(Which::kAdvanced)).Encode();
  tbs.push_back(0);
  EXPECT_THAT(ParsedTbs::Parse(tbs), FailsWith(Reason::kLintFailed));
}

TEST(ParsedTbsTest, EncodingThatIsNotDerIsRejected) {
  World& world = World::Get();
  DraftCertificate draft = world.Good(world.ProfileOf(Which::kAdvanced));
  draft.serial_number = {0x00, 0x11};  // a zero octet too many
  EXPECT_THAT(ParsedTbs::Parse(draft.Encode()), FailsWith(Reason::kLintFailed));
}

TEST(ParsedTbsTest, EveryTruncationIsRejected) {
  World& world = World::Get();
  const Bytes tbs = world.Good(world.ProfileOf(Which::kAdvanced)).Encode();
  for (size_t size = 0; size < tbs.size(); ++size) {
    EXPECT_THAT(ParsedTbs::Parse(ByteSpan(tbs).first(size)), FailsWith(Reason::kLintFailed));
  }
}

}  // namespace
}  // namespace enkrat::ca
