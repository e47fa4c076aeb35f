#include "tools/demo_idp/token_claims.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/status_matchers.h"

namespace enkrat::demo_idp {
namespace {

using testing::FailsWith;

constexpr int64_t kNow = 1'700'000'000;

absl::StatusOr<IdTokenContent> Content(const Form& form) {
  return MakeIdTokenContent(form, "http://127.0.0.1:1", absl::FromUnixSeconds(kNow));
}

TEST(TokenClaimsTest, DefaultsAreFilledIn) {
  ASSERT_OK_AND_ASSIGN(const IdTokenContent content, Content({{"sub", "alice"}}));
  const auto claims = nlohmann::json::parse(content.payload);
  EXPECT_EQ(claims["iss"], "http://127.0.0.1:1");
  EXPECT_EQ(claims["aud"], "enkrat");
  EXPECT_EQ(claims["acr"], "urn:enkrat:loa:high");
  EXPECT_EQ(claims["iat"], kNow);
  EXPECT_EQ(claims["auth_time"], kNow);
  EXPECT_EQ(claims["exp"], kNow + 300);
  EXPECT_EQ(claims["jti"].get<std::string>().size(), 32u);
  EXPECT_FALSE(claims.contains("nonce"));
  EXPECT_EQ(content.kid, "");
}

TEST(TokenClaimsTest, TwoTokensHaveDifferentIds) {
  ASSERT_OK_AND_ASSIGN(const IdTokenContent first, Content({{"sub", "a"}}));
  ASSERT_OK_AND_ASSIGN(const IdTokenContent second, Content({{"sub", "a"}}));
  EXPECT_NE(nlohmann::json::parse(first.payload)["jti"],
            nlohmann::json::parse(second.payload)["jti"]);
}

TEST(TokenClaimsTest, SwitchesMoveTheTimesAndStayOutOfTheClaims) {
  ASSERT_OK_AND_ASSIGN(
      const IdTokenContent content,
      Content(
          {{"sub", "a"}, {"exp_in", "-1"}, {"iat_in", "5"}, {"auth_time_in", "-9"}, {"kid", "k"}}));
  const auto claims = nlohmann::json::parse(content.payload);
  EXPECT_EQ(claims["exp"], kNow - 1);
  EXPECT_EQ(claims["iat"], kNow + 5);
  EXPECT_EQ(claims["auth_time"], kNow - 9);
  EXPECT_FALSE(claims.contains("exp_in"));
  EXPECT_FALSE(claims.contains("kid"));
  EXPECT_EQ(content.kid, "k");
}

TEST(TokenClaimsTest, EmptyValueLeavesTheClaimOut) {
  ASSERT_OK_AND_ASSIGN(const IdTokenContent content, Content({{"sub", "a"}, {"acr", ""}}));
  EXPECT_FALSE(nlohmann::json::parse(content.payload).contains("acr"));
}

TEST(TokenClaimsTest, MissingSubIsRejected) {
  EXPECT_THAT(Content({{"nonce", "n"}}), FailsWith(Reason::kRequestMalformed));
}

TEST(TokenClaimsTest, SwitchThatIsNotANumberIsRejected) {
  EXPECT_THAT(Content({{"sub", "a"}, {"exp_in", "soon"}}), FailsWith(Reason::kRequestMalformed));
}

TEST(TokenClaimsTest, SwitchBeyondTenYearsIsRejected) {
  EXPECT_THAT(Content({{"sub", "a"}, {"exp_in", "9223372036854775807"}}),
              FailsWith(Reason::kRequestMalformed));
}

TEST(TokenClaimsTest, ClaimThatIsNotUtf8IsRejected) {
  EXPECT_THAT(Content({{"sub", "\xFF"}}), FailsWith(Reason::kRequestMalformed));
}

}  // namespace
}  // namespace enkrat::demo_idp
