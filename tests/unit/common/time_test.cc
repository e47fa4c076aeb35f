// Points in time out of ASN.1, and as text.
#include <gtest/gtest.h>

#include "common/asn1_time.h"
#include "common/openssl_ptr.h"
#include "common/time_text.h"

namespace enkrat {
namespace {

TEST(TimeTextTest, FractionsAreRoundedDown) {
  const absl::Time time = absl::FromUnixMicros(1'800'000'000'999'999) + absl::Nanoseconds(999);
  EXPECT_EQ(TimeText(time), "2027-01-15T08:00:00.999999Z");
  EXPECT_EQ(TimeTextOfSecond(time), "2027-01-15T08:00:00Z");
}

TEST(Asn1TimeTest, BothFormsAreRead) {
  const Asn1TimePtr time(ASN1_TIME_new());
  for (const char* text : {"270115080000Z", "20270115080000Z"}) {
    ASSERT_EQ(ASN1_TIME_set_string(time.get(), text), 1);
    EXPECT_EQ(TimeFromAsn1(time.get()), absl::FromUnixSeconds(1'800'000'000)) << text;
  }
}

TEST(Asn1TimeTest, NoTimeAndBrokenTimeAreNone) {
  EXPECT_FALSE(TimeFromAsn1(nullptr).has_value());
  const Asn1TimePtr time(ASN1_TIME_new());
  for (const char* text : {"", "270115", "2701150800000", "271315080000Z", "yesterday"}) {
    ASSERT_EQ(ASN1_STRING_set(time.get(), text, -1), 1);
    EXPECT_FALSE(TimeFromAsn1(time.get()).has_value()) << text;
  }
}

}  // namespace
}  // namespace enkrat
