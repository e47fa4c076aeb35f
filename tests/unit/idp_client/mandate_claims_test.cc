// Whom a person may act for, as the token says it.
#include "idp_client/mandate_claims.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "idp_client/organization_identifier.h"
#include "tests/support/status_matchers.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using nlohmann::json;

TEST(OrganizationIdentifierTest, FormsOfTheStandardAreAccepted) {
  for (const char* identifier :
       {"VATSI-12345678", "NTRGB-12345678", "PSDPL-PFSA-1234567890", "LEIXG-529900T8BM49AURSDO55",
        "EORPL-123456789012345", "EXCES-1", "SI:SI-1234567000", "NTRDE+NW-HRB1", "NTRDE+1-x",
        "NTRDE+ABC-x", "VATSI--", "VATBE-0123.456.789"}) {
    EXPECT_TRUE(IsOrganizationIdentifier(identifier)) << identifier;
  }
  EXPECT_TRUE(IsOrganizationIdentifier("VATSI-" + std::string(58, '1')));
}

TEST(OrganizationIdentifierTest, AnythingElseIsNot) {
  for (const char* identifier : {"",
                                 "VAT",
                                 "VATSI",
                                 "VATSI-",
                                 "VATSI12345678",
                                 "vatSI-12345678",
                                 "VATsi-12345678",
                                 "VATS-12345678",
                                 "VATSVN-12345678",
                                 "PNOSI-0101006500006",
                                 "XXXSI-1",
                                 "S:SI-1",
                                 "SI-1",
                                 "s1:SI-1",
                                 "SI:SI",
                                 "SI:-1",
                                 "VATSI+-1",
                                 "VATSI+ABCD-1",
                                 "VATSI+ab-1",
                                 "VATSI+AB",
                                 "VATSI+AB1",
                                 " VATSI-1",
                                 "VATSI-1 ",
                                 "VATSI-1 2",
                                 "VATSI-1\n",
                                 "VATSI-\xc5\xa0",
                                 "VATSI-1,CN=x;",
                                 "VATSI-1_2",
                                 "VATSI-1*"}) {
    EXPECT_FALSE(IsOrganizationIdentifier(identifier)) << identifier;
  }
  EXPECT_FALSE(IsOrganizationIdentifier("VATSI-" + std::string(59, '1')));
  EXPECT_FALSE(IsOrganizationIdentifier(std::string("VATSI-1\0", 8)));
}

absl::StatusOr<std::vector<Mandate>> Read(const json& claim) {
  return ReadMandates({{"mandates", claim}}, "mandates");
}

TEST(MandatesTest, TextsAndObjectsAreRead) {
  ASSERT_OK_AND_ASSIGN(const std::vector<Mandate> mandates, Read(json::parse(R"([
      "VATSI-12345678",
      {"organization_identifier": "LEIXG-529900T8BM49AURSDO55", "organization": "Mlin d.o.o."},
      {"organization_identifier": "NTRSI-1234567000"}])")));
  ASSERT_EQ(mandates.size(), 3u);
  EXPECT_EQ(mandates[0].organization_identifier, "VATSI-12345678");
  EXPECT_EQ(mandates[0].organization, "");
  EXPECT_EQ(mandates[1].organization_identifier, "LEIXG-529900T8BM49AURSDO55");
  EXPECT_EQ(mandates[1].organization, "Mlin d.o.o.");
  EXPECT_EQ(mandates[2].organization_identifier, "NTRSI-1234567000");
}

TEST(MandatesTest, NameOfTheOrganisationIsBroughtToNfc) {
  ASSERT_OK_AND_ASSIGN(
      const std::vector<Mandate> mandates,
      Read({{{"organization_identifier", "VATSI-12345678"}, {"organization", "C\u030Crka"}}}));
  EXPECT_EQ(mandates[0].organization, "\u010Crka");
}

TEST(MandatesTest, WithoutTheClaimOrItsNameThereAreNone) {
  EXPECT_TRUE(ReadMandates(json::object(), "mandates").value().empty());
  EXPECT_TRUE(
      ReadMandates({{"mandates", {"VATSI-12345678"}}, {"", {"VATSI-1"}}}, "").value().empty());
  EXPECT_TRUE(Read(json::array()).value().empty());
}

TEST(MandatesTest, SixteenAreReadAndNoMore) {
  json claim = json::array();
  for (int i = 0; i < 16; ++i) claim.push_back("VATSI-" + std::to_string(i));
  EXPECT_EQ(Read(claim).value().size(), 16u);
  claim.push_back("VATSI-16");
  EXPECT_THAT(Read(claim), FailsWith(Reason::kAssertionRejected));
}

TEST(MandatesTest, AnotherShapeIsRejected) {
  for (const char* claim :
       {"null", "\"VATSI-12345678\"", "{}", "{\"organization_identifier\":\"VATSI-12345678\"}",
        "[null]", "[1]", "[[]]", "[[\"VATSI-12345678\"]]", "[{}]", "[\"\"]", "[\"12345678\"]",
        "[\"VATSI-12345678\",null]", "[{\"organization\":\"Mlin d.o.o.\"}]",
        "[{\"organization_identifier\":1}]", "[{\"organization_identifier\":\"12345678\"}]",
        "[{\"organization_identifier\":\"VATSI-1\",\"organization\":null}]",
        "[{\"organization_identifier\":\"VATSI-1\",\"organization\":\"\"}]",
        "[{\"organization_identifier\":\"VATSI-1\",\"organization\":\"a\\u202eb\"}]",
        "[{\"organization_identifier\":\"VATSI-1\",\"organization\":\"a\\nb\"}]"}) {
    EXPECT_THAT(Read(json::parse(claim)), FailsWith(Reason::kAssertionRejected)) << claim;
  }
}

// "until", "amount", "scope": what is not understood could take the mandate away.
TEST(MandatesTest, UnknownMemberIsRejected) {
  EXPECT_THAT(Read(json::parse(
                  R"([{"organization_identifier":"VATSI-1","organization":"M","scope":"read"}])")),
              FailsWith(Reason::kAssertionRejected));
  EXPECT_THAT(Read(json::parse(R"([{"organization_identifier":"VATSI-1","until":"2020-01-01"}])")),
              FailsWith(Reason::kAssertionRejected));
}

TEST(MandatesTest, LongNameIsRejected) {
  const auto claim = [](size_t size) {
    return json{{{"organization_identifier", "VATSI-1"}, {"organization", std::string(size, 'o')}}};
  };
  EXPECT_EQ(Read(claim(256)).value().size(), 1u);
  EXPECT_THAT(Read(claim(257)), FailsWith(Reason::kAssertionRejected));
}

TEST(MandatesTest, RefusalNamesTheClaimAndNotItsValue) {
  const absl::Status status = Read({"Mlin d.o.o."}).status();
  EXPECT_EQ(std::string(status.message()).find("Mlin"), std::string::npos);
  EXPECT_NE(std::string(status.message()).find("claim mandates"), std::string::npos);
}

}  // namespace
}  // namespace enkrat::idp_client
