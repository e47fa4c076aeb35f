// Every certificate that is made here, of every profile and role, read back by OpenSSL and GnuTLS.
#include "tests/unit/ca/second_parser.h"

#include <gtest/gtest.h>

#include "ca/issuer.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::AdvancedSpec;
using ::enkrat::testing::GnuTlsVerifies;
using ::enkrat::testing::MakeProfile;
using ::enkrat::testing::ReadCertificate;
using ::enkrat::testing::ReadWithBoth;
using ::enkrat::testing::SoftwareAuthority;
using ::enkrat::testing::SoftwareSigningKey;

std::string Dotted(const std::vector<std::pair<std::string, std::string>>& subject) {
  std::string types;
  for (const auto& [type, text] : subject) types += type + " ";
  return types;
}

Subject SubjectFor(SubjectKind kind) {
  if (kind == SubjectKind::kLegalPerson) return testing::PekarnaNovak();
  return kind == SubjectKind::kPseudonym ? testing::Skrivalka() : testing::AnaNovak();
}

// Kind, names, qualified, on a QSCD, authentication context.
using Choice = std::tuple<ProfileKind, SubjectNames, bool, bool, bool>;

class OneTimeCertificateTest : public ::testing::TestWithParam<Choice> {};

TEST_P(OneTimeCertificateTest, IsReadAlikeByBothParsers) {
  const auto [kind, names, qualified, on_qscd, context] = GetParam();
  if (on_qscd && !qualified) return;  // no such profile
  if (kind == ProfileKind::kSeal && names == SubjectNames::kPseudonym) return;
  ProfileSpec spec = AdvancedSpec();
  spec.kind = kind;
  spec.names = names;
  spec.qualified = qualified;
  spec.on_qscd = on_qscd;
  spec.authentication_context = context;
  if (qualified) {
    spec.pds = {{"https://x.eu/en", "en"}};
    spec.retention_years = 10;
    spec.policy_oids = {std::string(QualifiedPolicy(kind, on_qscd))};
  }
  const Profile profile = MakeProfile(spec);
  const SoftwareAuthority authority;
  const auto issuer = Issuer::Create({.chain_der = authority.chain_der(),
                                      .clock = &authority.clock,
                                      .serial_source = [] { return Bytes(16, 0x42); }})
                          .value();
  const auto key = SoftwareSigningKey::Generate();
  ASSERT_OK_AND_ASSIGN(IssuanceToken token,
                       issuer->Prepare({.profile = &profile,
                                        .subject = SubjectFor(profile.subject_kind()),
                                        .subject_key = &key->public_key(),
                                        .authentication_context = testing::SubstantialLogin()}));
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       issuer->Issue(std::move(token), *authority.issuing_key));
  const std::optional<ReadCertificate> read = ReadWithBoth(issued.der);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->serial_number, issued.serial_number);
  EXPECT_EQ(read->not_before, absl::ToTimeT(issued.not_before));
  EXPECT_EQ(read->not_after, absl::ToTimeT(issued.not_after));
  EXPECT_EQ(read->extensions.size(), context ? 9 : 8);
  EXPECT_TRUE(GnuTlsVerifies(issued.der, authority.issuing_der));
}

INSTANTIATE_TEST_SUITE_P(
    EveryProfile, OneTimeCertificateTest,
    ::testing::Combine(::testing::Values(ProfileKind::kSignature, ProfileKind::kSeal),
                       ::testing::Values(SubjectNames::kAsGiven, SubjectNames::kPseudonym),
                       ::testing::Bool(), ::testing::Bool(), ::testing::Bool()));

class LongLivedCertificateTest : public ::testing::TestWithParam<AuthorityRole> {};

TEST_P(LongLivedCertificateTest, IsReadAlikeByBothParsers) {
  const SoftwareAuthority authority;
  const auto key = SoftwareSigningKey::Generate();
  AuthorityRequest request = authority.Request(GetParam(), key->public_key());
  request.not_after = request.not_before + absl::Hours(24 * 365);
  request.ca_issuers_url = "http://ca.example.com/ca/root.cer";
  if (GetParam() != AuthorityRole::kOcspResponder) {
    request.crl_url = "http://ca.example.com/ca/root.crl";
    request.ocsp_url = "http://ocsp.example.com/";
  }
  request.qualified = GetParam() == AuthorityRole::kTimestampingUnit;
  if (GetParam() == AuthorityRole::kInternalTls) {
    request.dns_names = {"gateway-1.example.com"};
    request.ip_addresses = {"::1", "10.0.0.1"};
  }
  if (GetParam() == AuthorityRole::kElectronicAuthentication) request.person = testing::AnaNovak();
  const Bytes der = authority.Make(request, *authority.root_key);
  ASSERT_TRUE(ReadWithBoth(der).has_value());
  EXPECT_TRUE(GnuTlsVerifies(der, authority.root_der));
}

INSTANTIATE_TEST_SUITE_P(EveryRole, LongLivedCertificateTest,
                         ::testing::Values(AuthorityRole::kIssuingCa,
                                           AuthorityRole::kTimestampingUnit,
                                           AuthorityRole::kOcspResponder,
                                           AuthorityRole::kElectronicAuthentication,
                                           AuthorityRole::kInternalTls));

TEST(SecondParserTest, RootIsReadAlikeByBothParsers) {
  const SoftwareAuthority authority;
  EXPECT_TRUE(ReadWithBoth(authority.root_der).has_value());
  EXPECT_TRUE(GnuTlsVerifies(authority.root_der, authority.root_der));
}

TEST(SecondParserTest, CertificateOfAnotherIssuerDoesNotVerify) {
  const SoftwareAuthority authority;
  const SoftwareAuthority other;
  EXPECT_FALSE(GnuTlsVerifies(authority.issuing_der, other.root_der));
}

TEST(SecondParserTest, AttributesStandInTheOrderOfTheDocumentation) {
  const SoftwareAuthority authority;
  const auto read = ReadWithBoth(authority.issuing_der);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(Dotted(read->subject), "2.5.4.6 2.5.4.10 2.5.4.97 2.5.4.3 ");
}

}  // namespace
}  // namespace enkrat::ca
