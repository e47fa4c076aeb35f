// Tests of page tokens.
#include "store/page_token.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/status_matchers.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;

TEST(PageToken, PositionComesBack) {
  for (const int64_t position :
       {int64_t{0}, int64_t{1}, int64_t{1} << 40, std::numeric_limits<int64_t>::max()}) {
    EXPECT_EQ(ReadPageToken("rp", MakePageToken("rp", position)).value(), position);
  }
}

TEST(PageToken, TokenOfAnotherRelyingPartyIsRefused) {
  const std::string token = MakePageToken("rp", 7);
  EXPECT_THAT(ReadPageToken("rq", token), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ReadPageToken("", token), FailsWith(Reason::kRequestMalformed));
}

TEST(PageToken, EveryChangedCharacterIsNoticed) {
  const std::string token = MakePageToken("rp", 7);
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(ReadPageToken("rp", changed), FailsWith(Reason::kRequestMalformed)) << i;
  }
}

TEST(PageToken, TruncatedOrExtendedTokenIsRefused) {
  const std::string token = MakePageToken("rp", 7);
  EXPECT_THAT(ReadPageToken("rp", ""), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ReadPageToken("rp", token.substr(1)), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ReadPageToken("rp", token + "A"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ReadPageToken("rp", token + "="), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ReadPageToken("rp", token + "\n"), FailsWith(Reason::kRequestMalformed));
}

TEST(PageToken, FieldToBlameIsNamed) {
  EXPECT_EQ(FieldOf(ReadPageToken("rp", "x").status()), "page_token");
}

}  // namespace
}  // namespace enkrat::store
