// The forms of time that SAML has, and the many that look alike.
#include "xml/time.h"

#include <gtest/gtest.h>

namespace enkrat::xml {
namespace {

TEST(XmlTimeTest, TimeInUtcIsRead) {
  EXPECT_EQ(ParseDateTime("2027-01-15T08:00:00Z"), absl::FromUnixSeconds(1'800'000'000));
  EXPECT_EQ(ParseDateTime("2027-01-15T08:00:00.250Z"),
            absl::FromUnixSeconds(1'800'000'000) + absl::Milliseconds(250));
}

TEST(XmlTimeTest, OtherFormsAreNoTimes) {
  for (const char* text : {"",
                           "Z",
                           "2027-01-15",
                           "2027-01-15T08:00:00",
                           "2027-01-15T08:00:00z",
                           "2027-01-15t08:00:00Z",
                           "2027-01-15 08:00:00Z",
                           "2027-01-15T08:00:00+00:00",
                           "2027-01-15T08:00Z",
                           "2027-01-15T08:00:00.Z",
                           "2027-01-15T08:00:00,5Z",
                           "2027-01-15T08:00:00.1234567890Z",
                           " 2027-01-15T08:00:00Z",
                           "2027-01-15T08:00:00Z ",
                           "2027-13-15T08:00:00Z",
                           "2027-02-29T08:00:00Z",
                           "2027-01-15T25:00:00Z",
                           "-2027-01-15T08:00:00Z",
                           "1969-12-31T23:59:59Z",
                           "12027-01-15T08:00:00Z",
                           "2027-01-15T08:00:00.5 Z"}) {
    EXPECT_FALSE(ParseDateTime(text).has_value()) << text;
  }
}

TEST(XmlTimeTest, DurationIsRead) {
  EXPECT_EQ(ParseDuration("PT6H"), absl::Hours(6));
  EXPECT_EQ(ParseDuration("P1DT12H30M5S"), absl::Hours(36) + absl::Minutes(30) + absl::Seconds(5));
  EXPECT_EQ(ParseDuration("P1M"), absl::Hours(24 * 30));
  EXPECT_EQ(ParseDuration("P1Y2D"), absl::Hours(24 * 367));
  EXPECT_EQ(ParseDuration("PT0S"), absl::ZeroDuration());
}

TEST(XmlTimeTest, OtherFormsAreNoDurations) {
  for (const char* text :
       {"", "P", "PT", "P1", "1D", "-P1D", "P-1D", "P1H", "PT1D", "P1D1Y", "PT1S1M", "P1D1D",
        "P1DT", "PT1.5S", "PT9999999S", "P11Y", "P1D ", "PT1HT1M"}) {
    EXPECT_FALSE(ParseDuration(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace enkrat::xml
