// One client address does not take what is there for all.
#include "server/peer_rates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/fake_clock.h"

namespace enkrat::server {
namespace {

class PeerRatesTest : public ::testing::Test {
 protected:
  int Admitted(PeerRates& rates, const std::string& address, int asked) {
    int admitted = 0;
    for (int i = 0; i < asked; ++i) admitted += rates.Admit(address) ? 1 : 0;
    return admitted;
  }

  testing::FakeClock clock_;
  PeerRates rates_{{.per_second = 5, .most_peers = 10, .clock = &clock_}};
};

TEST_F(PeerRatesTest, TwiceTheRateAtOnceAndThenTheRate) {
  EXPECT_EQ(Admitted(rates_, "192.0.2.1", 100), 10);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Admitted(rates_, "192.0.2.1", 100), 5);
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(Admitted(rates_, "192.0.2.1", 100), 10);
}

TEST_F(PeerRatesTest, OneAddressDoesNotCostAnother) {
  Admitted(rates_, "192.0.2.1", 100);
  EXPECT_EQ(Admitted(rates_, "192.0.2.2", 100), 10);
}

TEST_F(PeerRatesTest, OneIpv6NetworkCountsAsOnePeer) {
  EXPECT_EQ(Admitted(rates_, "2001:db8:1:2::1", 100), 10);
  EXPECT_EQ(Admitted(rates_, "2001:db8:1:2:ffff::9", 100), 0);
  EXPECT_EQ(Admitted(rates_, "2001:db8:1:3::1", 100), 10);
}

TEST_F(PeerRatesTest, Ipv4AddressesInIpv6AreDistinct) {
  EXPECT_EQ(Admitted(rates_, "::ffff:192.0.2.1", 100), 10);
  EXPECT_EQ(Admitted(rates_, "::ffff:192.0.2.2", 100), 10);
}

TEST_F(PeerRatesTest, Ipv4AddressHasNoSecondBucketInIpv6) {
  EXPECT_EQ(Admitted(rates_, "192.0.2.1", 100), 10);
  EXPECT_EQ(Admitted(rates_, "::ffff:192.0.2.1", 100), 0);
}

TEST_F(PeerRatesTest, TableIsBoundedAndKnownPeersStayServed) {
  EXPECT_TRUE(rates_.Admit("198.51.100.1"));
  for (int i = 0; i < 1000; ++i) rates_.Admit(absl::StrCat("192.0.", i / 250, ".", i % 250));
  EXPECT_EQ(rates_.remembered(), 10u);
  EXPECT_TRUE(rates_.Admit("198.51.100.1"));
  EXPECT_FALSE(rates_.Admit("203.0.113.1"));
}

TEST_F(PeerRatesTest, PeersThatAreQuietAreForgottenForNewcomers) {
  for (int i = 0; i < 10; ++i) rates_.Admit(absl::StrCat("192.0.2.", i));
  clock_.Advance(absl::Seconds(3));
  EXPECT_TRUE(rates_.Admit("203.0.113.1"));
  EXPECT_EQ(rates_.remembered(), 1u);
}

TEST_F(PeerRatesTest, WithoutALimitNothingIsRemembered) {
  PeerRates unlimited({.clock = &clock_});
  EXPECT_EQ(Admitted(unlimited, "192.0.2.1", 1000), 1000);
  EXPECT_EQ(unlimited.remembered(), 0u);
}

}  // namespace
}  // namespace enkrat::server
