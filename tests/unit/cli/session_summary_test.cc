#include "cli/session_summary.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/cli/signing_answer.h"

namespace enkrat::cli {
namespace {

TEST(SessionSummaryTest, KeyLifetimeIsFromGenerationToDestruction) {
  EXPECT_EQ(KeyLifetime(SigningAnswer().response), absl::Microseconds(1500));
}

TEST(SessionSummaryTest, JsonHoldsIdsDigestsAndTheKeysEnd) {
  const SigningAnswer answer;
  const auto json = nlohmann::json::parse(SessionJson(answer.intent, answer.response));
  EXPECT_EQ(json["session_id"], "00112233445566778899aabbccddeeff");
  EXPECT_EQ(json["request_id"], answer.intent.request_id);
  EXPECT_EQ(json["level"], "ADVANCED");
  EXPECT_EQ(json["certificate"]["serial_number"], "1267");
  EXPECT_EQ(json["key"]["lifetime_ms"], 1.5);
  EXPECT_EQ(json["key"]["destruction_confirmation"], "CKR_OBJECT_HANDLE_INVALID");
  EXPECT_EQ(json["key"]["attributes"]["CKA_NEVER_EXTRACTABLE"], "true");
  ASSERT_EQ(json["documents"].size(), 2u);
  EXPECT_EQ(json["documents"][1]["label"], "b.pdf");
  EXPECT_EQ(json["documents"][1]["digest"], ToHex(Bytes(32, 2)));
  EXPECT_EQ(json["documents"][1]["digest_algorithm"], "SHA-256");
}

TEST(SessionSummaryTest, JsonOfAStoredResultHoldsWhatTheServiceAnswers) {
  const auto json = nlohmann::json::parse(SessionJson(SigningAnswer().response));
  EXPECT_EQ(json["documents"][1]["label"], "b.pdf");
  EXPECT_FALSE(json["documents"][1].contains("digest"));
  EXPECT_FALSE(json.contains("level"));
}

TEST(SessionSummaryTest, StateOfANewerServiceIsUnknown) {
  EXPECT_EQ(StateText(2), "COMPLETED");
  EXPECT_EQ(StateText(99), "UNKNOWN");
}

TEST(SessionSummaryTest, JsonHoldsNoSignaturesAndNoTokens) {
  const SigningAnswer answer;
  const auto json = nlohmann::json::parse(SessionJson(answer.intent, answer.response));
  EXPECT_FALSE(json["documents"][0].contains("signature"));
  EXPECT_FALSE(json["documents"][0]["timestamp"].contains("token"));
}

}  // namespace
}  // namespace enkrat::cli
