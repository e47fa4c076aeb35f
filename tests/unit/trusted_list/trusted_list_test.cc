// Trusted lists that are as they should be, and those whose fields are not.
#include "trusted_list/trusted_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/file.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/trusted_list/trusted_list_fixture.h"

namespace enkrat::trusted_list {
namespace {

using ::enkrat::testing::AdditionalInformationXml;
using ::enkrat::testing::ExtensionXml;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::kForSignatures;
using ::enkrat::testing::kGranted;
using ::enkrat::testing::kWithdrawn;
using ::enkrat::testing::SamlSigningPair;
using ::enkrat::testing::SignTrustedList;
using ::enkrat::testing::TrustedListText;
using ::enkrat::testing::TrustServiceText;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(TrustedListTest, SchemeIsRead) {
  ASSERT_OK_AND_ASSIGN(const TrustedList list, ReadSigned({}));
  EXPECT_EQ(list.scheme_territory, "SI");
  EXPECT_EQ(list.scheme_operator_name, "Ministry of Tests");
  EXPECT_EQ(list.version, 6);
  EXPECT_EQ(list.sequence_number, 7);
  EXPECT_EQ(list.issued_at, Day(2026, 1, 1));
  EXPECT_EQ(list.next_update, Day(2026, 6, 1));
  EXPECT_EQ(list.signer_certificate_der, CertificateOf(key_));
}

TEST_F(TrustedListTest, VersionFiveIsRead) {
  ASSERT_OK_AND_ASSIGN(const TrustedList list, ReadSigned({.version = "5"}));
  EXPECT_EQ(list.version, 5);
}

TEST_F(TrustedListTest, ServicesAreReadWithTheirCertificates) {
  const SamlSigningPair ca;
  const TrustServiceText service{.certificates = {ca.CertificateBase64(), key_.CertificateBase64()},
                                 .extensions_xml = AdditionalInformationXml(kForSignatures)};
  ASSERT_OK_AND_ASSIGN(const TrustedList list, ReadSigned({.services = {service, service}}));
  ASSERT_THAT(list.services, SizeIs(2));
  EXPECT_EQ(list.services[0].provider_name, "Provider of Tests");
  EXPECT_EQ(list.services[0].name, "Signatures CA");
  EXPECT_EQ(list.services[0].type, testing::kCaQc);
  EXPECT_THAT(list.services[0].certificates_der,
              ElementsAre(CertificateOf(ca), CertificateOf(key_)));
  ASSERT_THAT(list.services[0].statuses, SizeIs(1));
  EXPECT_EQ(list.services[0].statuses[0].status, kGranted);
  EXPECT_EQ(list.services[0].statuses[0].starting_at, Day(2020, 1, 1));
  EXPECT_THAT(list.services[0].statuses[0].additional_information, ElementsAre(kForSignatures));
}

TEST_F(TrustedListTest, HistoryFollowsTodaysStatusNewestFirst) {
  const TrustServiceText oldest{.status = "old", .starting_at = "2010-01-01T00:00:00Z"};
  const TrustServiceText middle{.status = "middle", .starting_at = "2015-01-01T00:00:00Z"};
  const TrustServiceText today{.status = kWithdrawn,
                               .history_xml = oldest.HistoryXml() + middle.HistoryXml()};
  ASSERT_OK_AND_ASSIGN(const TrustedList list, ReadSigned({.services = {today}}));
  std::vector<std::string> statuses;
  for (const ServiceStatus& status : list.services.at(0).statuses) {
    statuses.push_back(status.status);
  }
  EXPECT_THAT(statuses, ElementsAre(kWithdrawn, "middle", "old"));
}

TEST_F(TrustedListTest, WhiteSpaceAndLinesInFieldsDoNotMatter) {
  std::string certificate = key_.CertificateBase64();
  certificate.insert(64, "\n  ");
  const TrustServiceText service{.certificates = {certificate},
                                 .status = absl::StrCat("\n ", kGranted, "\n")};
  ASSERT_OK_AND_ASSIGN(const TrustedList list, ReadSigned({.services = {service}}));
  EXPECT_EQ(list.services.at(0).statuses.at(0).status, kGranted);
  EXPECT_THAT(list.services.at(0).certificates_der, ElementsAre(CertificateOf(key_)));
}

TEST_F(TrustedListTest, AnyOfSeveralSignersWillDo) {
  const SamlSigningPair other({.type = "RSA"});
  const std::string xml = SignTrustedList(key_, TrustedListText{}.Xml());
  ASSERT_OK_AND_ASSIGN(
      const TrustedList list,
      ReadWith(xml, {CertificateOf(other), CertificateOf(SamlSigningPair()), CertificateOf(key_)}));
  EXPECT_EQ(list.signer_certificate_der, CertificateOf(key_));
}

TEST_F(TrustedListTest, AllStrongMethodsAreRead) {
  const SamlSigningPair rsa({.type = "RSA"});
  for (const char* const method : {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                                   "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
                                   "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"}) {
    EXPECT_THAT(ReadWith(SignTrustedList(rsa, TrustedListText{}.Xml(), {.method = method}),
                         {CertificateOf(rsa)}),
                IsOk())
        << method;
  }
  const SamlSigningPair p384({.curve = "P-384"});
  EXPECT_THAT(
      ReadWith(SignTrustedList(p384, TrustedListText{}.Xml(),
                               {.method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
                                .digest_method = "http://www.w3.org/2001/04/xmlenc#sha512"}),
               {CertificateOf(p384)}),
      IsOk());
}

TEST_F(TrustedListTest, SignatureWithoutSignedPropertiesIsRead) {
  EXPECT_THAT(Read(SignTrustedList(key_, TrustedListText{}.Xml(), {.signed_properties = false})),
              IsOk());
}

TEST_F(TrustedListTest, ReferenceByTheRootsIdIsRead) {
  EXPECT_THAT(Read(SignTrustedList(key_, TrustedListText{.id = "list-1"}.Xml(),
                                   {.reference_uri = "#list-1"})),
              IsOk());
}

TEST_F(TrustedListTest, CanonicalXmlOneIsRead) {
  const std::string transforms =
      "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\">"
      "</ds:Transform><ds:Transform "
      "Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"></ds:Transform>";
  EXPECT_THAT(Read(SignTrustedList(key_, TrustedListText{}.Xml(), {.transforms_xml = transforms})),
              IsOk());
}

TEST_F(TrustedListTest, DeclarationByteOrderMarkAndCommentsDoNotMatter) {
  const std::string xml = SignTrustedList(key_, TrustedListText{}.Xml());
  EXPECT_THAT(
      Read(absl::StrCat("\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- a list -->",
                        xml, "<!-- its end -->\n")),
      IsOk());
}

TEST_F(TrustedListTest, ClosedListHasNoNextUpdate) {
  ASSERT_OK_AND_ASSIGN(const TrustedList list, ReadSigned({.next_update = ""}));
  EXPECT_EQ(list.next_update, std::nullopt);
}

TEST_F(TrustedListTest, NowEqualToNextUpdateIsExpired) {
  EXPECT_THAT(ReadSigned({.next_update = "2026-02-01T00:00:01Z"}), IsOk());
  EXPECT_THAT(ReadSigned({.next_update = "2026-02-01T00:00:00Z"}),
              FailsWith(Reason::kNotPermitted));
}

TEST_F(TrustedListTest, IdentityThatIsNoCertificateIsLeftOut) {
  const TrustServiceText service{
      .certificates = {"!!!", "AAAA", key_.CertificateBase64() + "AAAA", ""}};
  ASSERT_OK_AND_ASSIGN(const TrustedList list, ReadSigned({.services = {service}}));
  EXPECT_THAT(list.services.at(0).certificates_der, IsEmpty());
}

TEST_F(TrustedListTest, UnknownExtensionIsPassedOverUnlessItIsCritical) {
  const std::string unknown = "<u:New xmlns:u=\"urn:unknown\"></u:New>";
  const TrustServiceText optional{.extensions_xml = ExtensionXml(false, unknown)};
  const TrustServiceText critical{.extensions_xml = ExtensionXml(true, unknown)};
  const TrustServiceText once_critical{.history_xml = critical.HistoryXml()};
  ASSERT_OK_AND_ASSIGN(const TrustedList list,
                       ReadSigned({.services = {optional, critical, once_critical}}));
  EXPECT_THAT(list.services, SizeIs(1));
}

TEST_F(TrustedListTest, DamagedFieldsAreRejected) {
  const std::string good = TrustedListText{}.Xml();
  const std::pair<std::string, std::string> damages[] = {
      {">6<", ">4<"},
      {">6<", ">7<"},
      {">6<", ">six<"},
      {">7<", ">-1<"},
      {">7<", "><"},
      {"2026-01-01T00:00:00Z", "2026-01-01"},
      {"2026-06-01T00:00:00Z", "2026-06-01T00:00:00+02:00"},
      {"2020-01-01T00:00:00Z", "long ago"},
      {"http://uri.etsi.org/19612/TSLTag", "http://uri.etsi.org/19612/OtherTag"},
      {"<SchemeTerritory>SI</SchemeTerritory>", ""},
      {"<SchemeTerritory>SI</SchemeTerritory>",
       "<SchemeTerritory>SI</SchemeTerritory><SchemeTerritory>AT</SchemeTerritory>"},
      {"<NextUpdate><dateTime>2026-06-01T00:00:00Z</dateTime></NextUpdate>", ""},
      {"<ServiceDigitalIdentity></ServiceDigitalIdentity>", ""},
      {testing::kGranted, ""},
  };
  for (const auto& [from, to] : damages) {
    const std::string damaged = absl::StrReplaceAll(good, {{from, to}});
    ASSERT_NE(damaged, good) << from;
    EXPECT_THAT(Read(SignTrustedList(key_, damaged)), FailsWith(Reason::kRequestMalformed))
        << from << " -> " << to;
  }
}

// The list of the golden file as text, one line a field.
std::string Described(const TrustedList& list) {
  std::string text = absl::StrCat(list.scheme_territory, " version ", list.version, " number ",
                                  list.sequence_number, " by ", list.scheme_operator_name, "\n");
  for (const TrustService& service : list.services) {
    absl::StrAppend(&text, service.provider_name, ": ", service.name, "\n  ", service.type, "\n");
    for (const Bytes& der : service.certificates_der) {
      absl::StrAppend(&text, "  certificate of ", der.size(), " octets\n");
    }
    for (const ServiceStatus& status : service.statuses) {
      absl::StrAppend(&text, "  ", absl::FormatTime(status.starting_at, absl::UTCTimeZone()), " ",
                      status.status, "\n");
      for (const std::string& uri : status.additional_information) {
        absl::StrAppend(&text, "    ", uri, "\n");
      }
      for (const ServiceStatus::Qualification& one : status.qualifications) {
        absl::StrAppend(&text, "    ", one.qualifiers.at(0),
                        one.criteria_understood ? "" : " (not understood)");
        for (const std::string& oid : one.policy_oids) absl::StrAppend(&text, " ", oid);
        for (const std::string& usage : one.key_usages) absl::StrAppend(&text, " ", usage);
        absl::StrAppend(&text, "\n");
      }
    }
  }
  return text;
}

// tests/golden/trusted_list/list.xml is laid out and prefixed as national lists are; it holds no
// signature, since that would need a key.
TEST_F(TrustedListTest, GoldenListReadsAsItDid) {
  const auto golden = [](const std::string& name) {
    return ToString(
        ReadFile(testing::SourcePath("tests/golden/trusted_list/" + name), 1 << 20).value());
  };
  const std::string end = "</tsl:TrustServiceStatusList>";
  const std::string list = golden("list.xml");
  // The file is in canonical form.
  const std::string canonical = list.substr(0, list.rfind(end) + end.size());
  const std::string signature = testing::TrustedListSignature(key_, canonical);
  ASSERT_OK_AND_ASSIGN(const TrustedList read,
                       Read(absl::StrReplaceAll(canonical, {{end, signature + end}})));
  EXPECT_EQ(Described(read), golden("list.txt"));
}

}  // namespace
}  // namespace enkrat::trusted_list
