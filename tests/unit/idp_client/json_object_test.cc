// The strict reading of JSON.
#include "idp_client/json_object.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

TEST(JsonObjectTest, ObjectIsRead) {
  ASSERT_OK_AND_ASSIGN(const nlohmann::json object,
                       ParseJsonObject(" {\"a\":[1,{\"b\":null}],\"b\":\"\\u00e9\"}\n", {}));
  EXPECT_EQ(object["b"], "\xc3\xa9");
}

TEST(JsonObjectTest, EqualNamesInDifferentObjectsAreFine) {
  EXPECT_THAT(ParseJsonObject(R"({"a":{"x":1},"b":{"x":1},"x":[{"x":1},{"x":2}]})", {}), IsOk());
}

class MalformedJsonTest : public ::testing::TestWithParam<std::string> {};

TEST_P(MalformedJsonTest, IsRefused) {
  EXPECT_THAT(ParseJsonObject(GetParam(), {}), FailsWith(Reason::kRequestMalformed));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, MalformedJsonTest,
    ::testing::Values("", " ", "{", "}", "[]", "1", "\"a\"", "null", "{}{}", "{} x", "{\"a\":1,}",
                      "{'a':1}", "{a:1}", "{\"a\":01}", "{\"a\":NaN}", "{\"a\":1e999}",
                      "{\"a\":1 /* c */}", "\xef\xbb\xbf{}", "{\"a\":\"\xff\"}",
                      "{\"a\":\"\\ud800\"}", "{\"a\":\"\n\"}", "{\"a\":1,\"a\":1}",
                      "{\"a\":1,\"\\u0061\":1}", "{\"a\":{\"b\":1,\"b\":1}}",
                      "{\"a\":[{\"b\":1,\"b\":1}]}", std::string("{}\0", 3),
                      std::string("{}\0{}", 5), std::string("{\"a\":\"\0\"}", 9)));

TEST(JsonObjectTest, DepthAtTheBoundIsReadAndBeyondRefused) {
  EXPECT_THAT(ParseJsonObject(R"({"a":[[1]]})", {.depth = 3}), IsOk());
  EXPECT_THAT(ParseJsonObject(R"({"a":[[[1]]]})", {.depth = 3}), FailsWith(Reason::kLimitExceeded));
}

TEST(JsonObjectTest, ValuesAtTheBoundAreReadAndBeyondRefused) {
  EXPECT_THAT(ParseJsonObject(R"({"a":1,"b":2})", {.values = 3}), IsOk());
  EXPECT_THAT(ParseJsonObject(R"({"a":1,"b":2,"c":3})", {.values = 3}),
              FailsWith(Reason::kLimitExceeded));
}

TEST(JsonObjectTest, SizeAtTheBoundIsReadAndBeyondRefused) {
  EXPECT_THAT(ParseJsonObject("{}  ", {.size = 4}), IsOk());
  EXPECT_THAT(ParseJsonObject("{}   ", {.size = 4}), FailsWith(Reason::kLimitExceeded));
}

TEST(JsonObjectTest, VeryDeepTextIsRefusedWithoutHarm) {
  const std::string deep = absl::StrCat("{\"a\":", std::string(1'000'000, '['));
  EXPECT_THAT(ParseJsonObject(deep, {.size = 2'000'000}), FailsWith(Reason::kLimitExceeded));
}

}  // namespace
}  // namespace enkrat::idp_client
