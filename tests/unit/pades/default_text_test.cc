// What stands in a visible signature, and what cannot be smuggled into it.
#include "pades/default_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace enkrat::pades {
namespace {

using ::enkrat::testing::FailsWith;

SigningFacts Facts() {
  return {.name = "Žiga Čušin",
          .time = absl::FromCivil(absl::CivilSecond(2026, 11, 21, 9, 5, 7), absl::UTCTimeZone()),
          .reason = "I agree",
          .location = "Ljubljana"};
}

TEST(DefaultTextTest, SaysWhoWhenWhyAndWhere) {
  ASSERT_OK_AND_ASSIGN(const std::string text, DefaultAppearanceText(Facts()));
  EXPECT_EQ(text,
            "Signed by Žiga Čušin\n2026-11-21 09:05:07 UTC\nReason: I agree\nLocation: Ljubljana");
}

TEST(DefaultTextTest, LeavesOutWhatIsEmpty) {
  SigningFacts facts = Facts();
  facts.reason.clear();
  facts.location.clear();
  ASSERT_OK_AND_ASSIGN(const std::string text, DefaultAppearanceText(facts));
  EXPECT_EQ(text, "Signed by Žiga Čušin\n2026-11-21 09:05:07 UTC");
}

TEST(DefaultTextTest, PlaceholdersAreFilledIn) {
  ASSERT_OK_AND_ASSIGN(const std::string text,
                       ExpandAppearanceText("{name}, {location}, {time}: {reason}{name}", Facts()));
  EXPECT_EQ(text, "Žiga Čušin, Ljubljana, 2026-11-21 09:05:07 UTC: I agreeŽiga Čušin");
}

TEST(DefaultTextTest, OtherBracesStay) {
  ASSERT_OK_AND_ASSIGN(const std::string text, ExpandAppearanceText("{} {Name} {name {", Facts()));
  EXPECT_EQ(text, "{} {Name} {name {");
}

TEST(DefaultTextTest, PlaceholderInsideAFactIsNotFilledIn) {
  SigningFacts facts = Facts();
  facts.reason = "{name}";
  ASSERT_OK_AND_ASSIGN(const std::string text, ExpandAppearanceText("{reason}", facts));
  EXPECT_EQ(text, "{name}");
}

TEST(DefaultTextTest, FactsThatCannotBeShownAreRejected) {
  const std::string bad[] = {"line\nbreak", "over\xE2\x80\xAEride", "\xFF", " leading",
                             "tab\there"};
  for (const std::string& value : bad) {
    for (std::string SigningFacts::*fact :
         {&SigningFacts::name, &SigningFacts::reason, &SigningFacts::location}) {
      SigningFacts facts = Facts();
      facts.*fact = value;
      EXPECT_THAT(DefaultAppearanceText(facts), FailsWith(Reason::kRequestMalformed));
    }
  }
}

TEST(DefaultTextTest, NameMustBeThere) {
  SigningFacts facts = Facts();
  facts.name.clear();
  EXPECT_FALSE(DefaultAppearanceText(facts).ok());
}

TEST(DefaultTextTest, LongFactIsRejected) {
  SigningFacts facts = Facts();
  facts.reason = std::string(257, 'a');
  EXPECT_THAT(DefaultAppearanceText(facts), FailsWith(Reason::kLimitExceeded));
}

}  // namespace
}  // namespace enkrat::pades
