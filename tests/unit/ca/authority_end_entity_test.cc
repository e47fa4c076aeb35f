// Long-lived certificates of end entities: electronic authentication, TLS inside the house, and
// what a timestamping unit and they say of revocation.
#include <gtest/gtest.h>

#include <functional>

#include "ca/authority_certificate.h"
#include "common/der.h"
#include "common/reason.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::AnaNovak;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::PrintCertificate;
using ::enkrat::testing::Skrivalka;
using ::enkrat::testing::SoftwareAuthority;
using ::enkrat::testing::SoftwareSigningKey;
using ::testing::HasSubstr;
using ::testing::Not;

class AuthorityEndEntityTest : public ::testing::Test {
 protected:
  AuthorityRequest Request(AuthorityRole role) {
    AuthorityRequest request = authority_.Request(role, key_->public_key());
    request.issuer_der = authority_.issuing_der;
    request.not_after = request.not_before + absl::Hours(24 * 365);
    request.subject.common_name = "Gateway 1";
    return request;
  }
  AuthorityRequest Tls() {
    AuthorityRequest request = Request(AuthorityRole::kInternalTls);
    request.dns_names = {"gateway-1.example.com", "localhost"};
    request.ip_addresses = {"127.0.0.1", "::1"};
    return request;
  }
  AuthorityRequest Person() {
    AuthorityRequest request = Request(AuthorityRole::kElectronicAuthentication);
    request.subject = {};
    request.person = AnaNovak();
    return request;
  }
  std::string Print(const AuthorityRequest& request) {
    return PrintCertificate(authority_.Make(request, *authority_.issuing_key));
  }
  absl::Status Make(const AuthorityRequest& request) {
    return MakeAuthorityCertificate(request, *authority_.issuing_key, *authority_.provider)
        .status();
  }

  SoftwareAuthority authority_;
  std::unique_ptr<SoftwareSigningKey> key_ = SoftwareSigningKey::Generate();
};

TEST_F(AuthorityEndEntityTest, QualifiedTimestampingUnitSaysSo) {
  AuthorityRequest request = Request(AuthorityRole::kTimestampingUnit);
  EXPECT_THAT(Print(request), Not(HasSubstr("qcStatements")));
  request.qualified = true;
  const Bytes der = authority_.Make(request, *authority_.issuing_key);
  // Extension: id-pe-qcStatements, not critical, one statement: esi4-qtstStatement-1.
  EXPECT_THAT(ToHex(der), HasSubstr("301906082b06010505070103040d300b3009"
                                    "0607040081975e0101"));
  EXPECT_THAT(PrintCertificate(der), HasSubstr("critical\n                Time Stamping\n"));
}

TEST_F(AuthorityEndEntityTest, TlsCertificateNamesItsHosts) {
  const std::string text = Print(Tls());
  EXPECT_THAT(text, HasSubstr("DNS:gateway-1.example.com, DNS:localhost, "
                              "IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"));
  EXPECT_THAT(text, HasSubstr("TLS Web Server Authentication, TLS Web Client Authentication\n"));
  EXPECT_THAT(text, HasSubstr("X509v3 Key Usage: critical\n                Digital Signature\n"));
  EXPECT_THAT(text, Not(HasSubstr("CA:TRUE")));
}

TEST_F(AuthorityEndEntityTest, ServiceOfTheOperatorAuthenticates) {
  const std::string text = Print(Request(AuthorityRole::kElectronicAuthentication));
  EXPECT_THAT(text, HasSubstr("Extended Key Usage: \n                "
                              "TLS Web Client Authentication\n"));
  EXPECT_THAT(text, HasSubstr("Subject: CN=Gateway 1,organizationIdentifier=VATSI-12345678,"));
}

TEST_F(AuthorityEndEntityTest, PersonAuthenticatesByNameOrPseudonym) {
  AuthorityRequest request = Person();
  EXPECT_THAT(Print(request), HasSubstr("Subject: serialNumber=EIDSI-2f6c1b7e90,SN=Žužek Novak,"
                                        "GN=Ana,CN=Ana Žužek Novak,C=SI"));
  request.person = Skrivalka();
  EXPECT_THAT(Print(request), HasSubstr("Subject: serialNumber=EIDSI-2f6c1b7e90,"
                                        "pseudonym=Skrivalka 7,CN=Skrivalka 7,C=SI"));
}

TEST_F(AuthorityEndEntityTest, RevocationPointersAreThereWhereTheyAreAskedFor) {
  for (AuthorityRequest request : {Request(AuthorityRole::kTimestampingUnit), Tls(), Person()}) {
    EXPECT_THAT(Print(request), Not(HasSubstr("CRL Distribution")));
    request.crl_url = "http://ca.example.com/ca/issuing.crl";
    request.ocsp_url = "http://ocsp.example.com/";
    request.ca_issuers_url = "http://ca.example.com/ca/issuing.cer";
    const std::string text = Print(request);
    EXPECT_THAT(text, HasSubstr("X509v3 CRL Distribution Points: \n                Full Name:\n"
                                "                  URI:http://ca.example.com/ca/issuing.crl\n"));
    EXPECT_THAT(text, HasSubstr("CA Issuers - URI:http://ca.example.com/ca/issuing.cer\n"
                                "                OCSP - URI:http://ocsp.example.com/\n"));
  }
}

TEST_F(AuthorityEndEntityTest, IssuingCaMayPointToTheCrlOfTheRoot) {
  AuthorityRequest request = authority_.Request(AuthorityRole::kIssuingCa, key_->public_key());
  request.crl_url = "http://ca.example.com/ca/root.crl";
  EXPECT_THAT(PrintCertificate(authority_.Make(request, *authority_.root_key)),
              HasSubstr("URI:http://ca.example.com/ca/root.crl\n"));
}

TEST_F(AuthorityEndEntityTest, LastingExactly398DaysIsAllowed) {
  AuthorityRequest request = Tls();
  request.not_after = request.not_before + absl::Hours(24 * 398);
  EXPECT_THAT(Make(request), IsOk());
}

struct Refused {
  const char* name;
  std::function<void(AuthorityRequest&)> spoil;
};

class RefusedTlsTest : public AuthorityEndEntityTest,
                       public ::testing::WithParamInterface<Refused> {};

TEST_P(RefusedTlsTest, IsRefused) {
  AuthorityRequest request = Tls();
  GetParam().spoil(request);
  EXPECT_THAT(Make(request), FailsWith(Reason::kConfigurationInvalid));
}

INSTANTIATE_TEST_SUITE_P(
    Requests, RefusedTlsTest,
    ::testing::Values(
        Refused{"NoHost",
                [](auto& r) {
                  r.dns_names.clear();
                  r.ip_addresses.clear();
                }},
        Refused{"ThirtyThreeHosts", [](auto& r) { r.dns_names.assign(33, "a.example"); }},
        Refused{"Wildcard", [](auto& r) { r.dns_names = {"*.example.com"}; }},
        Refused{"EmptyLabel", [](auto& r) { r.dns_names = {"a..example.com"}; }},
        Refused{"DotAtTheEnd", [](auto& r) { r.dns_names = {"a.example.com."}; }},
        Refused{"HyphenInFront", [](auto& r) { r.dns_names = {"-a.example.com"}; }},
        Refused{"AddressAsHost", [](auto& r) { r.dns_names = {"127.0.0.1"}; }},
        Refused{"NulInHost", [](auto& r) { r.dns_names = {std::string("a\0.example", 10)}; }},
        Refused{"LongLabel", [](auto& r) { r.dns_names = {std::string(64, 'a')}; }},
        Refused{"HostAsAddress", [](auto& r) { r.ip_addresses = {"localhost"}; }},
        Refused{"NulInAddress",
                [](auto& r) { r.ip_addresses = {std::string("127.0.0.1\0a", 11)}; }},
        Refused{"Network", [](auto& r) { r.ip_addresses = {"10.0.0.0/8"}; }},
        Refused{"Over398Days",
                [](auto& r) { r.not_after = r.not_before + absl::Hours(24 * 398 + 1); }},
        Refused{"Qualified", [](auto& r) { r.qualified = true; }},
        Refused{"Person", [](auto& r) { r.person = AnaNovak(); }},
        Refused{"LdapCrl", [](auto& r) { r.crl_url = "ldap://example.com/crl"; }},
        Refused{"OcspWithoutHost", [](auto& r) { r.ocsp_url = "http://"; }}),
    [](const auto& suite) { return suite.param.name; });

class RefusedPersonTest : public AuthorityEndEntityTest,
                          public ::testing::WithParamInterface<Refused> {};

TEST_P(RefusedPersonTest, IsRefused) {
  AuthorityRequest request = Person();
  GetParam().spoil(request);
  EXPECT_THAT(Make(request), FailsWith(Reason::kConfigurationInvalid));
}

INSTANTIATE_TEST_SUITE_P(
    Requests, RefusedPersonTest,
    ::testing::Values(
        Refused{"Host", [](auto& r) { r.dns_names = {"a.example.com"}; }},
        Refused{"Nobody", [](auto& r) { r.person.reset(); }},
        Refused{"LegalPerson", [](auto& r) { r.person = enkrat::testing::PekarnaNovak(); }},
        Refused{"NameWithNul", [](auto& r) { r.person->surname = std::string("a\0b", 3); }},
        Refused{"Over398Days",
                [](auto& r) { r.not_after = r.not_before + absl::Hours(24 * 399); }}),
    [](const auto& suite) { return suite.param.name; });

TEST_F(AuthorityEndEntityTest, RootAndOcspResponderHaveNoRevocationPointers) {
  AuthorityRequest responder = Request(AuthorityRole::kOcspResponder);
  responder.ocsp_url = "http://ocsp.example.com/";
  EXPECT_THAT(Make(responder), FailsWith(Reason::kConfigurationInvalid));
  AuthorityRequest root =
      authority_.Request(AuthorityRole::kRootCa, authority_.root_key->public_key());
  root.crl_url = "http://ca.example.com/ca/root.crl";
  EXPECT_THAT(MakeAuthorityCertificate(root, *authority_.root_key, *authority_.provider),
              FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::ca
