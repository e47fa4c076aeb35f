// Tests of page tokens.
#include "store/page_token.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

#include "tests/support/status_matchers.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;

std::string Make(absl::string_view relying_party, int64_t position, uint8_t salt = 1) {
  return MakePageToken(Bytes(32, salt), relying_party, position).value();
}
absl::StatusOr<int64_t> Read(absl::string_view relying_party, absl::string_view token,
                             uint8_t salt = 1) {
  return ReadPageToken(Bytes(32, salt), relying_party, token);
}

TEST(PageToken, PositionComesBack) {
  for (const int64_t position :
       {int64_t{0}, int64_t{1}, int64_t{1} << 40, std::numeric_limits<int64_t>::max()}) {
    EXPECT_EQ(Read("rp", Make("rp", position)).value(), position);
  }
}

TEST(PageToken, TokenOfAnotherRelyingPartyIsRefused) {
  const std::string token = Make("rp", 7);
  EXPECT_THAT(Read("rq", token), FailsWith(Reason::kNotPermitted));
  EXPECT_THAT(Read("", token), FailsWith(Reason::kNotPermitted));
}

TEST(PageToken, TokenOfAnotherLedgerIsRefused) {
  EXPECT_THAT(Read("rp", Make("rp", 7, 1), 2), FailsWith(Reason::kRequestMalformed));
}

// Positions tell how many certificates all relying parties got together.
TEST(PageToken, PositionCannotBeRead) {
  std::set<std::string> first_octets;
  for (int64_t position = 0; position < 64; ++position) {
    first_octets.insert(Make("rp", position).substr(0, 4));
  }
  EXPECT_GT(first_octets.size(), 60u);
  EXPECT_NE(Make("rp", 7), Make("rq", 7));
}

TEST(PageToken, EveryChangedCharacterIsNoticed) {
  const std::string token = Make("rp", 7);
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(Read("rp", changed), FailsWith(Reason::kRequestMalformed)) << i;
  }
}

TEST(PageToken, TruncatedOrExtendedTokenIsRefused) {
  const std::string token = Make("rp", 7);
  EXPECT_THAT(Read("rp", ""), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(Read("rp", token.substr(1)), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(Read("rp", token + "A"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(Read("rp", token + "="), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(Read("rp", token + "\n"), FailsWith(Reason::kRequestMalformed));
}

TEST(PageToken, FieldToBlameIsNamed) { EXPECT_EQ(FieldOf(Read("rp", "x").status()), "page_token"); }

}  // namespace
}  // namespace enkrat::store
