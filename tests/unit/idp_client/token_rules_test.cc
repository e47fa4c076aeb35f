// The rules on aud, azp, times, nonce, acr and jti, each at its boundary.
#include "idp_client/assurance_demands.h"
#include "idp_client/token_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string> kOurs = {"us", "also-us"};

absl::Status Audience(const char* claims) { return CheckAudience(json::parse(claims), kOurs); }

class GoodAudienceTest : public ::testing::TestWithParam<const char*> {};
TEST_P(GoodAudienceTest, IsAccepted) { EXPECT_THAT(Audience(GetParam()), IsOk()); }
INSTANTIATE_TEST_SUITE_P(Claims, GoodAudienceTest,
                         ::testing::Values(R"({"aud":"us"})", R"({"aud":["us"]})",
                                           R"({"aud":"also-us","azp":"us"})",
                                           R"({"aud":["them","us"],"azp":"us"})"));

class BadAudienceTest : public ::testing::TestWithParam<const char*> {};
TEST_P(BadAudienceTest, IsRejected) {
  EXPECT_THAT(Audience(GetParam()), FailsWith(Reason::kAssertionRejected));
}
INSTANTIATE_TEST_SUITE_P(
    Claims, BadAudienceTest,
    ::testing::Values(R"({})", R"({"aud":""})", R"({"aud":null})", R"({"aud":1})", R"({"aud":[]})",
                      R"({"aud":"them"})", R"({"aud":"US"})", R"({"aud":"us "})", R"({"aud":"u"})",
                      R"({"aud":["them"]})", R"({"aud":["us",1],"azp":"us"})",
                      R"({"aud":[["us"]]})", R"({"aud":{"us":1}})",
                      // several audiences say whom the token was made for
                      R"({"aud":["us","them"]})", R"({"aud":["us","them"],"azp":"them"})",
                      R"({"aud":"us","azp":"them"})", R"({"aud":"us","azp":null})",
                      R"({"aud":"us","azp":["us"]})", R"({"aud":["us","us"]})"));

TEST(AudienceTest, SeventeenAudiencesAreRejected) {
  json claims = {{"azp", "us"}, {"aud", json::array()}};
  for (int i = 0; i < 16; ++i) claims["aud"].push_back("us");
  EXPECT_THAT(CheckAudience(claims, kOurs), IsOk());
  claims["aud"].push_back("us");
  EXPECT_THAT(CheckAudience(claims, kOurs), FailsWith(Reason::kAssertionRejected));
}

// Now is 1 800 000 000; 10 s of skew; authenticated at most 180 s ago.
constexpr int64_t kNow = 1'800'000'000;

json GoodTimes() { return {{"exp", kNow + 300}, {"iat", kNow}, {"auth_time", kNow}}; }

absl::StatusOr<TokenTimes> Times(const json& claims, bool auth_time_required = true) {
  return CheckTimes(claims, absl::FromUnixSeconds(kNow),
                    {.skew = absl::Seconds(10),
                     .max_authentication_age = absl::Seconds(180),
                     .auth_time_required = auth_time_required});
}

// One claim beside good ones.
struct TimeRow {
  const char* what;
  const char* claim;
  const char* value;  // JSON; empty: not there
};
std::string NameOf(const ::testing::TestParamInfo<TimeRow>& row) { return row.param.what; }

class AcceptedTimeTest : public ::testing::TestWithParam<TimeRow> {};
TEST_P(AcceptedTimeTest, IsAccepted) {
  json claims = GoodTimes();
  claims[GetParam().claim] = json::parse(GetParam().value);
  EXPECT_THAT(Times(claims), IsOk());
}
INSTANTIATE_TEST_SUITE_P(
    Times, AcceptedTimeTest,
    ::testing::Values(TimeRow{"ExpJustAfterNowMinusSkew", "exp", "1799999991"},
                      TimeRow{"ExpAtTheEndOfYear9999", "exp", "253402300799"},
                      TimeRow{"NbfAtNowPlusSkew", "nbf", "1800000010"},
                      TimeRow{"NbfLongAgo", "nbf", "1"},
                      TimeRow{"IatAtNowPlusSkew", "iat", "1800000010"},
                      TimeRow{"IatAtTheMaxAge", "iat", "1799999820"},
                      TimeRow{"AuthTimeAtNowPlusSkew", "auth_time", "1800000010"},
                      TimeRow{"AuthTimeAtTheMaxAge", "auth_time", "1799999820"}),
    NameOf);

class RejectedTimeTest : public ::testing::TestWithParam<TimeRow> {};
TEST_P(RejectedTimeTest, IsRejected) {
  json claims = GoodTimes();
  claims.erase(GetParam().claim);
  if (*GetParam().value != '\0') claims[GetParam().claim] = json::parse(GetParam().value);
  EXPECT_THAT(Times(claims), FailsWith(Reason::kAssertionRejected));
}
INSTANTIATE_TEST_SUITE_P(
    Times, RejectedTimeTest,
    ::testing::Values(
        TimeRow{"ExpMissing", "exp", ""}, TimeRow{"IatMissing", "iat", ""},
        TimeRow{"AuthTimeMissing", "auth_time", ""},
        TimeRow{"ExpAtNowMinusSkew", "exp", "1799999990"}, TimeRow{"ExpLongAgo", "exp", "1"},
        TimeRow{"NbfAfterNowPlusSkew", "nbf", "1800000011"},
        TimeRow{"IatAfterNowPlusSkew", "iat", "1800000011"},
        TimeRow{"IatBeyondTheMaxAge", "iat", "1799999819"},
        TimeRow{"AuthTimeAfterNowPlusSkew", "auth_time", "1800000011"},
        TimeRow{"AuthTimeBeyondTheMaxAge", "auth_time", "1799999819"},
        TimeRow{"ExpAText", "exp", "\"1800000300\""}, TimeRow{"ExpNull", "exp", "null"},
        TimeRow{"ExpTrue", "exp", "true"}, TimeRow{"ExpAFraction", "exp", "1800000300.5"},
        TimeRow{"ExpAFloat", "exp", "1.8000003e9"}, TimeRow{"ExpZero", "exp", "0"},
        TimeRow{"ExpNegative", "exp", "-1"}, TimeRow{"ExpInYear10000", "exp", "253402300800"},
        TimeRow{"ExpInMilliseconds", "exp", "1800000300000"},
        TimeRow{"ExpOf63Bits", "exp", "9223372036854775807"},
        TimeRow{"ExpOf64Bits", "exp", "18446744073709551615"},
        TimeRow{"ExpOfMoreBits", "exp", "18446744073709551616"},
        TimeRow{"ExpMostNegative", "exp", "-9223372036854775808"},
        TimeRow{"ExpAnArray", "exp", "[1800000300]"}, TimeRow{"NbfAText", "nbf", "\"1\""},
        TimeRow{"NbfNull", "nbf", "null"}, TimeRow{"AuthTimeNull", "auth_time", "null"},
        TimeRow{"AuthTimeAFraction", "auth_time", "1800000000.0"},
        TimeRow{"IatAText", "iat", "\"1800000000\""}),
    NameOf);

TEST(TimesTest, AuthTimeCountsWhereThereIsOne) {
  json claims = GoodTimes();
  claims["auth_time"] = kNow - 100;
  ASSERT_OK_AND_ASSIGN(const TokenTimes times, Times(claims));
  EXPECT_EQ(times.authenticated_at, absl::FromUnixSeconds(kNow - 100));
  EXPECT_EQ(times.expires_at, absl::FromUnixSeconds(kNow + 300));
}

TEST(TimesTest, WithoutAuthTimeIatCountsWhereThatIsAllowed) {
  json claims = GoodTimes();
  claims.erase("auth_time");
  claims["iat"] = kNow - 7;
  EXPECT_THAT(Times(claims, /*auth_time_required=*/true), FailsWith(Reason::kAssertionRejected));
  ASSERT_OK_AND_ASSIGN(const TokenTimes times, Times(claims, /*auth_time_required=*/false));
  EXPECT_EQ(times.authenticated_at, absl::FromUnixSeconds(kNow - 7));
}

TEST(TimesTest, OldAuthTimeIsRejectedAlsoWhereNoneIsRequired) {
  json claims = GoodTimes();
  claims["auth_time"] = kNow - 181;
  EXPECT_THAT(Times(claims, /*auth_time_required=*/false), FailsWith(Reason::kAssertionRejected));
}

TEST(TimesTest, FreshAuthTimeDoesNotSaveAnOldToken) {
  json claims = GoodTimes();
  claims["iat"] = kNow - 181;
  claims["auth_time"] = kNow;
  EXPECT_THAT(Times(claims), FailsWith(Reason::kAssertionRejected));
}

TEST(NonceTest, ExpectedOneBinds) {
  EXPECT_TRUE(CheckNonce({{"nonce", "abc"}}, "abc", true).value());
  EXPECT_TRUE(CheckNonce({{"nonce", "abc"}}, "abc", false).value());
}

TEST(NonceTest, NoneDoesNotBind) {
  EXPECT_FALSE(CheckNonce(json::object(), "abc", false).value());
  EXPECT_THAT(CheckNonce(json::object(), "abc", true), FailsWith(Reason::kAssertionRejected));
}

TEST(NonceTest, AnyOtherIsRejectedAlsoWhereNoneIsRequired) {
  for (const char* nonce : {"\"\"", "\"ab\"", "\"abcd\"", "\"ABC\"", "\"abc\\u0000\"", "null", "1",
                            "[\"abc\"]", "{}"}) {
    const json claims = {{"nonce", json::parse(nonce)}};
    EXPECT_THAT(CheckNonce(claims, "abc", false), FailsWith(Reason::kAssertionRejected)) << nonce;
    EXPECT_THAT(CheckNonce(claims, "abc", true), FailsWith(Reason::kAssertionRejected)) << nonce;
  }
}

TEST(NonceTest, NothingToCompareWithIsADefect) {
  EXPECT_THAT(CheckNonce({{"nonce", ""}}, "", true), FailsWith(Reason::kInternal));
}

const std::map<std::string, LevelOfAssurance> kLevels = {{"30", LevelOfAssurance::kHigh},
                                                         {"4", LevelOfAssurance::kLow}};

absl::StatusOr<LevelOfAssurance> LevelOf(const json& acr) {
  absl::StatusOr<AssuredLevel> level = ReadLevelOfAssurance({{"acr", acr}}, "acr", kLevels);
  if (!level.ok()) return level.status();
  return level->level;
}

TEST(LevelOfAssuranceTest, IsReadFromTheTableNotFromTheOrderOfTexts) {
  EXPECT_EQ(LevelOf("30").value(), LevelOfAssurance::kHigh);
  EXPECT_EQ(LevelOf("4").value(), LevelOfAssurance::kLow);
}

TEST(LevelOfAssuranceTest, WholeNumberCountsAsItsDecimals) {
  EXPECT_EQ(LevelOf(30).value(), LevelOfAssurance::kHigh);
  EXPECT_EQ(LevelOf(4).value(), LevelOfAssurance::kLow);
}

TEST(LevelOfAssuranceTest, ValueIsKept) {
  EXPECT_EQ(ReadLevelOfAssurance({{"loa", 30}}, "loa", kLevels)->value, "30");
}

TEST(LevelOfAssuranceTest, AnythingElseIsRejected) {
  for (const char* acr :
       {"\"\"", "\"3\"", "\"300\"", "\"30 \"", "\"030\"", "3", "-30", "31", "30.0", "3e1",
        "30000000000000000000", "true", "null", "[\"30\"]", "[30]", "{}"}) {
    EXPECT_THAT(LevelOf(json::parse(acr)), FailsWith(Reason::kAssertionRejected)) << acr;
  }
  EXPECT_THAT(ReadLevelOfAssurance(json::object(), "acr", kLevels),
              FailsWith(Reason::kAssertionRejected));
  EXPECT_THAT(ReadLevelOfAssurance({{"acr", "30"}}, "loa", kLevels),
              FailsWith(Reason::kAssertionRejected));
}

TEST(LevelOfAssuranceTest, ValuesThatAreEnoughAreThereTheStrongestLast) {
  const std::map<std::string, LevelOfAssurance> levels = {{"a", LevelOfAssurance::kHigh},
                                                          {"b", LevelOfAssurance::kSubstantial},
                                                          {"c", LevelOfAssurance::kLow}};
  EXPECT_THAT(ValuesOfAtLeast(LevelOfAssurance::kLow, levels), ElementsAre("c", "b", "a"));
  EXPECT_THAT(ValuesOfAtLeast(LevelOfAssurance::kSubstantial, levels), ElementsAre("b", "a"));
  EXPECT_THAT(ValuesOfAtLeast(LevelOfAssurance::kHigh, levels), ElementsAre("a"));
}

TEST(LevelOfAssuranceTest, ProviderOfNoSuchLevelHasNoValue) {
  EXPECT_THAT(ValuesOfAtLeast(LevelOfAssurance::kHigh, {{"c", LevelOfAssurance::kLow}}), IsEmpty());
}

TEST(LevelOfAssuranceTest, ValueThatCannotStandInAListIsNotAskedFor) {
  EXPECT_THAT(ValuesOfAtLeast(LevelOfAssurance::kHigh, {{"a b", LevelOfAssurance::kHigh},
                                                        {"a\tb", LevelOfAssurance::kHigh}}),
              IsEmpty());
}

TEST(LevelOfAssuranceTest, ValuesAreAtMostSixteen) {
  std::map<std::string, LevelOfAssurance> levels;
  for (int i = 0; i < 40; ++i) levels[std::to_string(i)] = LevelOfAssurance::kHigh;
  EXPECT_EQ(ValuesOfAtLeast(LevelOfAssurance::kLow, levels).size(), 16u);
}

TEST(AuthenticationMethodsTest, AreReadInTheirOrder) {
  EXPECT_THAT(ReadAuthenticationMethods({{"amr", {"pwd", "otp"}}}).value(),
              ElementsAre("pwd", "otp"));
  EXPECT_THAT(ReadAuthenticationMethods(json::object()).value(), IsEmpty());
  EXPECT_THAT(ReadAuthenticationMethods({{"amr", json::array()}}).value(), IsEmpty());
}

TEST(AuthenticationMethodsTest, AreAtMostSixteenShortTexts) {
  const auto read = [](size_t count, size_t size) {
    return ReadAuthenticationMethods(
        {{"amr", std::vector<std::string>(count, std::string(size, 'm'))}});
  };
  EXPECT_THAT(read(16, 64), IsOk());
  EXPECT_THAT(read(17, 1), FailsWith(Reason::kAssertionRejected));
  EXPECT_THAT(read(1, 65), FailsWith(Reason::kAssertionRejected));
}

TEST(AssertionIdTest, JtiIsTheId) {
  EXPECT_EQ(ReadAssertionId({{"jti", "j-1"}}, AsSpan("a.b")).value(), "j-1");
}

TEST(AssertionIdTest, WithoutJtiItIsTheDigestOfTheSignedOctets) {
  EXPECT_EQ(ReadAssertionId(json::object(), AsSpan("abc")).value(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(AssertionIdTest, JtiThatCannotBeAnIdIsRejected) {
  EXPECT_THAT(ReadAssertionId({{"jti", std::string(256, 'j')}}, AsSpan("a.b")), IsOk());
  for (const json& jti : {json(""), json(1), json(nullptr), json("a\nb"),
                          json(std::string(2, '\0')), json(std::string(257, 'j'))}) {
    EXPECT_THAT(ReadAssertionId({{"jti", jti}}, AsSpan("a.b")),
                FailsWith(Reason::kAssertionRejected))
        << jti;
  }
}

}  // namespace
}  // namespace enkrat::idp_client
