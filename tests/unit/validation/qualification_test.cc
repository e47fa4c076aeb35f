// What a certificate claims, and what trusted lists make of it.
#include "validation/qualification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/der_writer.h"
#include "tests/unit/validation/test_pki.h"
#include "validation/certificate_reading.h"

namespace enkrat::validation {
namespace {

using trusted_list::ServiceStatus;
using trusted_list::TrustService;

const std::string kBase = "http://uri.etsi.org/TrstSvc/";
const std::string kQc = kBase + "Svctype/CA/QC";
const std::string kQtst = kBase + "Svctype/TSA/QTST";
const std::string kGranted = kBase + "TrustedList/Svcstatus/granted";
const std::string kWithdrawn = kBase + "TrustedList/Svcstatus/withdrawn";
const std::string kInfo = kBase + "TrustedList/SvcInfoExt/";

// QCStatements (EN 319 412-5), each a SEQUENCE { statementId, statementInfo }.
constexpr char kCompliance[] = "3008060604008e460101";
constexpr char kSscd[] = "3008060604008e460104";
constexpr char kEsign[] = "3013060604008e4601063009060704008e46010601";
constexpr char kEseal[] = "3013060604008e4601063009060704008e46010602";
constexpr char kEsignAndEseal[] = "301c060604008e4601063012060704008e46010601060704008e46010602";
constexpr char kForeignLaw[] = "300e060604008e460107300413025553";

std::pair<std::string, std::string> Statements(const std::string& statements) {
  const Bytes all = DerOf(der_tag::kSequence, {*FromHex(statements)});
  return {"1.3.6.1.5.5.7.1.3", "DER:" + ToHex(all)};
}

ServiceStatus Status(const std::string& status, absl::Time since) {
  ServiceStatus value;
  value.status = status;
  value.starting_at = since;
  value.additional_information = {kInfo + "ForeSignatures", kInfo + "ForeSeals"};
  return value;
}

class QualificationTest : public ::testing::Test {
 protected:
  QualificationTest() {
    service_.type = kQc;
    service_.certificates_der = {ca_.der()};
    service_.statuses = {Status(kGranted, kNow - absl::Hours(24 * 2000))};
  }

  QualificationReport Of(const std::string& statements,
                         Indication indication = Indication::kTotalPassed) const {
    const Entity signer = Issue(
        ca_, {.extensions = With(SignerExtensions(),
                                 {Statements(statements),
                                  {"certificatePolicies", "DER:300b3009060704008bec400102"}})});
    trusted_list::TrustedList list;
    list.services = {service_};
    list.services.insert(list.services.end(), more_services_.begin(), more_services_.end());
    const auto trust = TrustStore::Create({.lists = {list}});
    return Qualify(signer.der(), {Describe(signer.x509()), Describe(ca_.x509())}, kNow, indication,
                   **trust);
  }
  std::string DeterminationOf(const std::string& statements) const {
    return Of(statements).determination;
  }
  void Qualifier(const std::string& name, std::vector<std::string> policies = {}) {
    ServiceStatus::Qualification qualification;
    qualification.qualifiers = {kInfo + name};
    qualification.policy_oids = std::move(policies);
    service_.statuses[0].qualifications.push_back(qualification);
  }
  void OnlyFor(const std::string& information) {
    service_.statuses[0].additional_information = {kInfo + information};
  }

  const Entity ca_ = MakeRoot("CA");
  const std::string all_ = std::string(kCompliance) + kSscd + kEsign;
  TrustService service_;
  std::vector<TrustService> more_services_;
};

TEST_F(QualificationTest, QualifiedCertificateOnADeviceMakesAQualifiedSignature) {
  const QualificationReport report = Of(all_);
  EXPECT_EQ(report.determination, "QESIG");
  EXPECT_TRUE(report.qc_compliance);
  EXPECT_TRUE(report.qc_sscd);
  EXPECT_EQ(report.qc_type, "esign");
}

TEST_F(QualificationTest, MatrixOfClaims) {
  EXPECT_EQ(DeterminationOf(std::string(kCompliance) + kSscd + kEseal), "QESEAL");
  EXPECT_EQ(DeterminationOf(std::string(kCompliance) + kEsign), "ADESIG_QC");
  EXPECT_EQ(DeterminationOf(std::string(kCompliance) + kEseal), "ADESEAL_QC");
  EXPECT_EQ(DeterminationOf(std::string(kCompliance) + kSscd), "QESIG");  // no type: signatures
  EXPECT_EQ(DeterminationOf(std::string(kSscd) + kEsign), "ADESIG");
  EXPECT_EQ(DeterminationOf(kEseal), "ADESEAL");
  EXPECT_EQ(DeterminationOf(""), "ADESIG");
}

TEST_F(QualificationTest, CertificateOfAnotherLawOrOfTwoTypesIsNotQualified) {
  EXPECT_EQ(DeterminationOf(all_ + kForeignLaw), "ADESIG");
  EXPECT_EQ(DeterminationOf(std::string(kCompliance) + kSscd + kEsignAndEseal), "ADESIG");
}

TEST_F(QualificationTest, WhatDidNotPassIsNotDetermined) {
  const QualificationReport report = Of(all_, Indication::kIndeterminate);
  EXPECT_EQ(report.determination, "NOT_DETERMINED");
  EXPECT_TRUE(report.qc_compliance);  // still a claim
}

TEST_F(QualificationTest, AnchorWithoutAListDeterminesNothing) {
  const Entity signer = Issue(ca_, {.extensions = {Statements(all_)}});
  const auto trust = TrustStore::Create({.anchors_der = {ca_.der()}});
  EXPECT_EQ(Qualify(signer.der(), {Describe(signer.x509()), Describe(ca_.x509())}, kNow,
                    Indication::kTotalPassed, **trust)
                .determination,
            "NOT_DETERMINED");
}

TEST_F(QualificationTest, OtherServiceTypesDetermineNothing) {
  service_.type = kBase + "Svctype/CA/PKC";
  EXPECT_EQ(DeterminationOf(all_), "NOT_DETERMINED");
}

TEST_F(QualificationTest, ServiceMustBeGrantedAtBothTimes) {
  service_.statuses = {Status(kWithdrawn, kNow - absl::Hours(1)),
                       Status(kGranted, kNow - absl::Hours(24 * 2000))};
  EXPECT_EQ(DeterminationOf(all_), "ADESIG");
  service_.statuses = {Status(kGranted, kNow - absl::Hours(1))};  // after the issuance
  EXPECT_EQ(DeterminationOf(all_), "ADESIG");
  service_.statuses = {Status(kGranted, kNow), Status(kWithdrawn, kNow - absl::Hours(24 * 2000))};
  EXPECT_EQ(DeterminationOf(all_), "ADESIG");
  service_.statuses = {Status(kWithdrawn, kNow + absl::Seconds(1)),
                       Status(kGranted, kNow - absl::Hours(24 * 2000))};
  EXPECT_EQ(DeterminationOf(all_), "QESIG");
  service_.statuses.clear();
  EXPECT_EQ(DeterminationOf(all_), "ADESIG");
}

TEST_F(QualificationTest, StatusThatOnlyLooksGrantedIsNot) {
  service_.statuses[0].status = "http://elsewhere.example/Svcstatus/granted";
  EXPECT_EQ(DeterminationOf(all_), "ADESIG");
}

TEST_F(QualificationTest, ServiceMustBeForThatType) {
  OnlyFor("ForeSeals");
  EXPECT_EQ(DeterminationOf(all_), "ADESIG");
  EXPECT_EQ(DeterminationOf(std::string(kCompliance) + kSscd + kEseal), "QESEAL");
  OnlyFor("ForWebSiteAuthentication");
  EXPECT_EQ(DeterminationOf(all_), "ADESIG");
  service_.statuses[0].additional_information.clear();
  EXPECT_EQ(DeterminationOf(all_), "ADESIG");
}

TEST_F(QualificationTest, ListTakesAwayTheDevice) {
  Qualifier("QCNoQSCD");
  EXPECT_EQ(DeterminationOf(all_), "ADESIG_QC");
  Qualifier("QCWithQSCD");  // a contradiction: what takes away counts
  EXPECT_EQ(DeterminationOf(all_), "ADESIG_QC");
}

TEST_F(QualificationTest, ListGivesTheDevice) {
  for (const char* name : {"QCWithQSCD", "QCQSCDManagedOnBehalf", "QCWithSSCD"}) {
    service_.statuses[0].qualifications.clear();
    Qualifier(name);
    EXPECT_EQ(DeterminationOf(std::string(kCompliance) + kEsign), "QESIG") << name;
  }
}

TEST_F(QualificationTest, ListGivesAndTakesQualification) {
  Qualifier("QCStatement");
  EXPECT_EQ(DeterminationOf(kEsign), "ADESIG_QC");
  Qualifier("NotQualified");
  EXPECT_EQ(DeterminationOf(all_), "ADESIG");
}

TEST_F(QualificationTest, ListCorrectsTheType) {
  Qualifier("QCForESeal");
  EXPECT_EQ(DeterminationOf(all_), "QESEAL");
  Qualifier("QCForESig");
  EXPECT_EQ(DeterminationOf(all_), "ADESIG");  // both cannot be
}

TEST_F(QualificationTest, QualifierOfOtherPoliciesOrUnknownCriteriaDoesNotApply) {
  Qualifier("QCNoQSCD", {"1.2.3.4"});
  EXPECT_EQ(DeterminationOf(all_), "QESIG");
  Qualifier("QCNoQSCD", {"1.2.3.4", "0.4.0.194112.1.2"});
  EXPECT_EQ(DeterminationOf(all_), "ADESIG_QC");
  service_.statuses[0].qualifications.clear();
  Qualifier("QCWithQSCD");
  service_.statuses[0].qualifications[0].criteria_understood = false;
  EXPECT_EQ(DeterminationOf(std::string(kCompliance) + kEsign), "ADESIG_QC");
  // What might take away from this very certificate does.
  Qualifier("QCNoQSCD");
  service_.statuses[0].qualifications[1].criteria_understood = false;
  EXPECT_EQ(DeterminationOf(all_), "ADESIG_QC");
}

// TS 119 612 5.5.9.2.2: every bit of the criterion must be as it says.
TEST_F(QualificationTest, QualifierOfKeyUsagesNeedsAllOfThem) {
  Qualifier("QCNoQSCD");
  service_.statuses[0].qualifications[0].key_usages = {"nonRepudiation", "digitalSignature"};
  EXPECT_EQ(DeterminationOf(all_), "QESIG");
  service_.statuses[0].qualifications[0].key_usages = {"nonRepudiation"};
  EXPECT_EQ(DeterminationOf(all_), "ADESIG_QC");
}

TEST_F(QualificationTest, OfSeveralServicesTheWeakestThatQualifiesCounts) {
  more_services_ = {service_};
  Qualifier("QCNoQSCD");
  EXPECT_EQ(DeterminationOf(all_), "ADESIG_QC");
  service_.statuses[0] = Status(kGranted, kNow - absl::Hours(24 * 2000));
  OnlyFor("ForeSeals");  // this entry is about other certificates
  EXPECT_EQ(DeterminationOf(all_), "QESIG");
}

TEST_F(QualificationTest, TimestampServiceMustBeGrantedAtBothTimes) {
  service_.type = kQtst;
  service_.statuses = {Status(kWithdrawn, kNow), Status(kGranted, kNow - absl::Hours(48))};
  trusted_list::TrustedList list;
  list.services = {service_};
  const auto trust = TrustStore::Create({.lists = {list}});
  const std::vector<ChainElement> chain = {Describe(ca_.x509())};
  const auto is_qualified = [&](absl::Time gen_time, absl::Time proven_at) {
    return IsQualifiedTimestampChain(chain, {.gen_time = gen_time, .proven_at = proven_at},
                                     **trust);
  };
  const absl::Time granted = kNow - absl::Hours(1);
  EXPECT_TRUE(is_qualified(granted, granted));
  EXPECT_FALSE(is_qualified(granted, kNow));
  EXPECT_FALSE(is_qualified(kNow - absl::Hours(49), granted));
  EXPECT_FALSE(IsQualifiedTimestampChain({}, {.gen_time = granted, .proven_at = granted}, **trust));
}

// AuthContext (RFC 7773).
class LevelOfAssuranceTest : public ::testing::Test {
 protected:
  static std::string LevelOf(const std::string& type, const std::string& info) {
    DerWriter writer;
    writer.Nested(der_tag::kSequence, [&] {
      writer.Nested(der_tag::kSequence, [&] {
        writer.Element(der_tag::kUtf8String, type);
        writer.Element(der_tag::kUtf8String, info);
      });
    });
    const Entity root = MakeRoot();
    const Entity signer = Issue(
        root, {.extensions = {{"1.2.752.201.5.1", "DER:" + ToHex(std::move(writer).Take())}}});
    const auto trust = TrustStore::Create({});
    return Qualify(signer.der(), {}, kNow, Indication::kIndeterminate, **trust).level_of_assurance;
  }
  const std::string saci_ = "http://id.elegnamnden.se/auth-cont/1.0/saci";
};

TEST_F(LevelOfAssuranceTest, ClassOfTheSamlContextIsRead) {
  EXPECT_EQ(LevelOf(saci_,
                    "<saci:SAMLAuthContext xmlns:saci=\"s\"><saci:AuthContextInfo "
                    "IdentityProvider=\"https://idp\" AuthnContextClassRef=\""
                    "http://eidas.europa.eu/LoA/high\" AssertionRef=\"a\"/>"),
            "http://eidas.europa.eu/LoA/high");
  EXPECT_EQ(LevelOf(saci_, "<a AuthnContextClassRef='urn:a&amp;b'/>"), "urn:a&b");
}

TEST_F(LevelOfAssuranceTest, OtherContextsAndUnreadableOnesTellNothing) {
  EXPECT_EQ(LevelOf("http://elsewhere.example", "<a AuthnContextClassRef=\"high\"/>"), "");
  for (const char* info : {"", "<a/>", "<a AuthnContextClassRef=\"high",
                           "<a AuthnContextClassRef=", "<a AuthnContextClassRef=high/>",
                           "<a XAuthnContextClassRef=\"high\"/>", "<a AuthnContextClassRef=\"\"/>",
                           "<a AuthnContextClassRef=\"hi\u202egh\"/>"}) {
    EXPECT_EQ(LevelOf(saci_, info), "") << info;
  }
  EXPECT_EQ(LevelOf(saci_, "<a AuthnContextClassRef=\"" + std::string(500, 'x') + "\"/>"), "");
}

}  // namespace
}  // namespace enkrat::validation
