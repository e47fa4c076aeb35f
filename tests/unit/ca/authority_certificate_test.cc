// The service's own certificates: what each role holds, and what is never signed.
#include "ca/authority_certificate.h"

#include <gtest/gtest.h>

#include <functional>

#include "common/der.h"
#include "common/reason.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::PrintCertificate;
using ::enkrat::testing::SoftwareAuthority;
using ::enkrat::testing::SoftwareSigningKey;
using ::testing::HasSubstr;
using ::testing::Not;

class AuthorityCertificateTest : public ::testing::Test {
 protected:
  AuthorityRequest Request(AuthorityRole role) {
    return authority_.Request(role, key_->public_key());
  }
  std::string Print(const AuthorityRequest& request) {
    return PrintCertificate(authority_.Make(request, *authority_.root_key));
  }
  absl::Status Make(const AuthorityRequest& request) {
    return MakeAuthorityCertificate(request, *authority_.root_key, *authority_.provider).status();
  }

  SoftwareAuthority authority_;
  std::unique_ptr<SoftwareSigningKey> key_ = SoftwareSigningKey::Generate();
};

TEST_F(AuthorityCertificateTest, RootMaySignOneLevelOfCas) {
  const std::string text = PrintCertificate(authority_.root_der);
  EXPECT_THAT(text, HasSubstr("X509v3 Basic Constraints: critical\n                "
                              "CA:TRUE, pathlen:1"));
  EXPECT_THAT(text, HasSubstr("X509v3 Key Usage: critical\n                "
                              "Certificate Sign, CRL Sign\n"));
  EXPECT_THAT(text, HasSubstr("Subject: CN=Test Root,organizationIdentifier=VATSI-12345678,"
                              "O=Test d.o.o.,C=SI"));
  EXPECT_THAT(text, HasSubstr("X509v3 Subject Key Identifier"));
  EXPECT_THAT(text, Not(HasSubstr("Certificate Policies")));
}

TEST_F(AuthorityCertificateTest, IssuingCaMaySignNoCas) {
  AuthorityRequest request = Request(AuthorityRole::kIssuingCa);
  request.ca_issuers_url = "http://ca.example.com/ca/root.cer";
  const std::string text = Print(request);
  EXPECT_THAT(text, HasSubstr("CA:TRUE, pathlen:0"));
  EXPECT_THAT(text, HasSubstr("Certificate Sign, CRL Sign\n"));
  EXPECT_THAT(text, HasSubstr("Policy: X509v3 Any Policy"));
  EXPECT_THAT(text, HasSubstr("CA Issuers - URI:http://ca.example.com/ca/root.cer"));
  EXPECT_THAT(text, Not(HasSubstr("No Revocation")));
}

TEST_F(AuthorityCertificateTest, TimestampingUnitTimestampsAndNothingElse) {
  AuthorityRequest request = Request(AuthorityRole::kTimestampingUnit);
  request.not_before = absl::FromUnixSeconds(1'800'000'000);
  request.not_after = request.not_before + absl::Hours(24 * 365 * 4);
  const std::string text = Print(request);
  EXPECT_THAT(text, HasSubstr("X509v3 Key Usage: critical\n                "
                              "Digital Signature\n"));
  EXPECT_THAT(text, HasSubstr("X509v3 Extended Key Usage: critical\n                "
                              "Time Stamping\n"));
  EXPECT_THAT(text, HasSubstr("Not Before: Jan 15 08:00:00 2027 GMT, "
                              "Not After: Jan 15 08:00:00 2028 GMT"));
  EXPECT_THAT(text, Not(HasSubstr("CA:TRUE")));
}

TEST_F(AuthorityCertificateTest, OcspResponderNeedsNoRevocationOfItsOwn) {
  const std::string text = Print(Request(AuthorityRole::kOcspResponder));
  EXPECT_THAT(text, HasSubstr("Digital Signature\n"));
  EXPECT_THAT(text, HasSubstr("X509v3 Extended Key Usage: \n                OCSP Signing\n"));
  EXPECT_THAT(text, HasSubstr("OCSP No Check"));
}

TEST_F(AuthorityCertificateTest, EveryAlgorithmCanBeSignedAndCanSign) {
  for (const KeyAlgorithm each : {KeyAlgorithm::kEcdsaP384, KeyAlgorithm::kRsaPss3072}) {
    const SoftwareAuthority authority(each);  // verifies what it makes
    const X509Ptr issuing = ParseCertificate(authority.issuing_der).value();
    EXPECT_EQ(X509_verify(issuing.get(), authority.root_key->public_key().evp_pkey()), 1);
  }
}

TEST_F(AuthorityCertificateTest, ErrorOfTheKeyKeepsItsReason) {
  authority_.root_key->FailWith(MakeError(Reason::kHsmUnavailable, "gone"));
  EXPECT_THAT(Make(Request(AuthorityRole::kIssuingCa)), FailsWith(Reason::kHsmUnavailable));
}

TEST_F(AuthorityCertificateTest, IssuerOfAnotherKeyIsRefused) {
  EXPECT_THAT(
      MakeAuthorityCertificate(Request(AuthorityRole::kIssuingCa), *key_, *authority_.provider),
      FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(AuthorityCertificateTest, RootSignedByAnotherKeyIsRefused) {
  EXPECT_THAT(Make(Request(AuthorityRole::kRootCa)), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(AuthorityCertificateTest, CaBelowTheIssuingCaIsRefused) {
  AuthorityRequest request = Request(AuthorityRole::kIssuingCa);
  request.issuer_der = authority_.issuing_der;
  EXPECT_THAT(MakeAuthorityCertificate(request, *authority_.issuing_key, *authority_.provider),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(AuthorityCertificateTest, TimestampingUnitAsIssuerIsRefused) {
  const Bytes unit =
      authority_.Make(Request(AuthorityRole::kTimestampingUnit), *authority_.root_key);
  AuthorityRequest request = Request(AuthorityRole::kOcspResponder);
  request.issuer_der = unit;
  EXPECT_THAT(MakeAuthorityCertificate(request, *key_, *authority_.provider),
              FailsWith(Reason::kConfigurationInvalid));
}

struct Refused {
  const char* name;
  std::function<void(AuthorityRequest&)> spoil;
};

class RefusedAuthorityTest : public AuthorityCertificateTest,
                             public ::testing::WithParamInterface<Refused> {};

TEST_P(RefusedAuthorityTest, IsRefused) {
  AuthorityRequest request = Request(AuthorityRole::kTimestampingUnit);
  GetParam().spoil(request);
  EXPECT_THAT(Make(request), FailsWith(Reason::kConfigurationInvalid));
}

INSTANTIATE_TEST_SUITE_P(
    Requests, RefusedAuthorityTest,
    ::testing::Values(
        Refused{"NoKey", [](auto& r) { r.subject_key = nullptr; }},
        Refused{"NoIssuer", [](auto& r) { r.issuer_der.clear(); }},
        Refused{"GarbageIssuer",
                [](auto& r) {
                  r.issuer_der = {0x30, 0x00};
                }},
        Refused{"OutlivesItsIssuer",
                [](auto& r) { r.not_after = r.not_before + absl::Hours(24 * 365 * 21); }},
        Refused{"EndsAsItBegins", [](auto& r) { r.not_after = r.not_before; }},
        Refused{"KeyAsLongAsTheCertificate",
                [](auto& r) { r.private_key_not_after = r.not_after; }},
        Refused{"KeyThatEndsBeforeItBegins",
                [](auto& r) { r.private_key_not_after = r.not_before; }},
        Refused{"LowerCaseCountry", [](auto& r) { r.subject.country = "si"; }},
        Refused{"NoOrganization", [](auto& r) { r.subject.organization = ""; }},
        Refused{"NoCommonName", [](auto& r) { r.subject.common_name = ""; }},
        Refused{"LongCommonName", [](auto& r) { r.subject.common_name = std::string(65, 'a'); }},
        Refused{"BidiOrganization", [](auto& r) { r.subject.organization = "A\u202Eb"; }},
        Refused{"NulInCommonName", [](auto& r) { r.subject.common_name = std::string("a\0b", 3); }},
        Refused{"PersonalIdentifier",
                [](auto& r) { r.subject.organization_identifier = "PNOSI-1"; }},
        Refused{"IdentifierWithoutNumber",
                [](auto& r) { r.subject.organization_identifier = "VATSI-"; }},
        Refused{"MalformedPolicy", [](auto& r) { r.policy_oids = {"1.2.x"}; }},
        Refused{"FtpUrl", [](auto& r) { r.ca_issuers_url = "ftp://example.com/root.cer"; }}),
    [](const auto& suite) { return suite.param.name; });

}  // namespace
}  // namespace enkrat::ca
