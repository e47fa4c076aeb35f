// The report's two forms for readers.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "tests/unit/validation/signature_fixture.h"
#include "validation/report.h"

namespace enkrat::validation::testing {
namespace {

class ReportOutputTest : public SignatureValidation {};

TEST_F(ReportOutputTest, JsonHoldsWhatWasFound) {
  const nlohmann::json json =
      nlohmann::json::parse(ToJson(Validate(ades::testing::MakeSignature(Pki()))));
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["document_format"], "CMS");
  EXPECT_EQ(json["indication"], "TOTAL_PASSED");
  EXPECT_FALSE(json.contains("sub_indication"));
  const nlohmann::json& signature = json["signatures"][0];
  EXPECT_EQ(signature["format"], "CAdES");
  EXPECT_EQ(signature["level"], "B-T");
  EXPECT_EQ(signature["signer"], "Test Signer");
  EXPECT_EQ(signature["proven_at"], "2027-01-15T08:00:01.000000Z");
  EXPECT_EQ(signature["qualification"]["determination"], "NOT_DETERMINED");
  EXPECT_EQ(signature["chain"].size(), 3u);
  EXPECT_EQ(signature["chain"][0]["revocation"], "not-needed");
  EXPECT_EQ(signature["timestamps"][0]["kind"], "signature");
}

TEST_F(ReportOutputTest, JsonNamesTheSubIndication) {
  const nlohmann::json json = nlohmann::json::parse(
      ToJson(Validate(ades::testing::MakeSignature(Pki()), {.contents = {"Another."}})));
  EXPECT_EQ(json["indication"], "TOTAL_FAILED");
  EXPECT_EQ(json["sub_indication"], "HASH_FAILURE");
}

TEST_F(ReportOutputTest, TextEndsWithTheVerdict) {
  const std::string text = ToText(Validate(ades::testing::MakeSignature(Pki())), false);
  EXPECT_TRUE(text.ends_with("\nTOTAL_PASSED\n")) << text;
  EXPECT_NE(text.find("Test Signer"), std::string::npos) << text;
}

TEST_F(ReportOutputTest, TextSaysWhatFailed) {
  const std::string text =
      ToText(Validate(ades::testing::MakeSignature(Pki()), {.contents = {"Another."}}), false);
  EXPECT_NE(text.find("FAIL  message-digest"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\nTOTAL_FAILED/HASH_FAILURE\n")) << text;
}

TEST_F(ReportOutputTest, OpenVerdictNamesWhatWouldHelp) {
  Report report = Validate(ades::testing::MakeSignature(Pki()));
  EXPECT_EQ(ToText(report, true).find("would help"), std::string::npos);
  SignatureReport& signature = report.signatures[0];
  signature.conclusion = {Indication::kIndeterminate, SubIndication::kOutOfBoundsNoPoe};
  EXPECT_NE(ToText(report, false).find("would help    a timestamp from before"), std::string::npos)
      << ToText(report, false);
  signature.timestamps = {TimestampReport()};
  signature.timestamps[0].conclusion = {Indication::kIndeterminate, SubIndication::kTryLater};
  EXPECT_NE(ToText(report, false).find("for the timestamp: newer revocation data"),
            std::string::npos)
      << ToText(report, false);
}

TEST_F(ReportOutputTest, NoLineIsLongerThanAHundredColumns) {
  Report report = Validate(ades::testing::MakeSignature(Pki()));
  report.signatures[0].changes_after = {std::string(500, 'x'), "short\nwith\x1b[31m control"};
  for (absl::string_view line : absl::StrSplit(ToText(report, true), '\n')) {
    EXPECT_LE(line.size(), 100u) << line;
    EXPECT_EQ(line.find('\x1b'), absl::string_view::npos);
  }
}

TEST(ReportTest, EveryIndicationHasAName) {
  for (int i = static_cast<int>(SubIndication::kFormatFailure);
       i <= static_cast<int>(SubIndication::kSignedDataNotFound); ++i) {
    EXPECT_FALSE(SubIndicationName(static_cast<SubIndication>(i)).empty()) << i;
  }
}

}  // namespace
}  // namespace enkrat::validation::testing
