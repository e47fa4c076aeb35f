// Which addresses count as one, and that one of them does not take all connections.
#include "server/network_peer.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace enkrat::server {
namespace {

TEST(NetworkPeer, Ipv4AddressesAreDistinct) {
  EXPECT_NE(NetworkPeerOf("192.0.2.1"), NetworkPeerOf("192.0.2.2"));
  EXPECT_EQ(NetworkPeerOf("192.0.2.1"), NetworkPeerOf("192.0.2.1"));
}

TEST(NetworkPeer, AddressesOfOneIpv6NetworkAreOne) {
  const std::string peer = NetworkPeerOf("2001:db8:1:2::1");
  EXPECT_EQ(peer, NetworkPeerOf("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  EXPECT_EQ(peer, NetworkPeerOf("2001:DB8:1:2:0:0:0:1"));
  EXPECT_NE(peer, NetworkPeerOf("2001:db8:1:3::1"));
  EXPECT_NE(peer, NetworkPeerOf("2001:db8::1:2:0:0:1"));
}

TEST(NetworkPeer, Ipv4AddressWrittenAsIpv6IsThatIpv4Address) {
  EXPECT_EQ(NetworkPeerOf("::ffff:192.0.2.1"), NetworkPeerOf("192.0.2.1"));
  EXPECT_EQ(NetworkPeerOf("::ffff:c000:201"), NetworkPeerOf("192.0.2.1"));
  EXPECT_NE(NetworkPeerOf("::ffff:192.0.2.2"), NetworkPeerOf("192.0.2.1"));
}

TEST(NetworkPeer, OtherFormsOfIpv4InIpv6AreIpv6) {
  EXPECT_NE(NetworkPeerOf("::192.0.2.1"), NetworkPeerOf("192.0.2.1"));
  EXPECT_NE(NetworkPeerOf("::ffff:0:192.0.2.1"), NetworkPeerOf("192.0.2.1"));
}

TEST(NetworkPeer, LinkLocalAddressIsReadWithItsZone) {
  EXPECT_EQ(NetworkPeerOf("fe80::1%eth0"), NetworkPeerOf("fe80::1"));
}

TEST(NetworkPeer, WhatIsNoAddressStandsForItself) {
  for (const char* text : {"", "localhost", "192.0.2", "192.0.2.1:80", "2001:db8::1::2", "%"}) {
    EXPECT_EQ(NetworkPeerOf(text), text);
  }
}

class PeerConnectionsTest : public ::testing::Test {
 protected:
  // Whether there was room for it; it stays.
  bool Enter(const std::string& address) {
    if (!connections_.HasRoomFor(address)) return false;
    places_.push_back(std::make_unique<PeerConnections::Place>(connections_, address));
    return true;
  }

  PeerConnections connections_{{.most = 5, .most_of_a_peer = 2}};
  std::vector<std::unique_ptr<PeerConnections::Place>> places_;
};

TEST_F(PeerConnectionsTest, OnePeerDoesNotShutTheOthersOut) {
  EXPECT_TRUE(Enter("192.0.2.1"));
  EXPECT_TRUE(Enter("192.0.2.1"));
  EXPECT_FALSE(Enter("192.0.2.1"));
  EXPECT_TRUE(Enter("192.0.2.2"));
}

TEST_F(PeerConnectionsTest, AddressesOfOneIpv6NetworkShareTheirPlaces) {
  EXPECT_TRUE(Enter("2001:db8:1:2::1"));
  EXPECT_TRUE(Enter("2001:db8:1:2::2"));
  EXPECT_FALSE(Enter("2001:db8:1:2::3"));
  EXPECT_TRUE(Enter("2001:db8:1:3::3"));
}

TEST_F(PeerConnectionsTest, Ipv4AddressHasNoMorePlacesInIpv6) {
  EXPECT_TRUE(Enter("192.0.2.1"));
  EXPECT_TRUE(Enter("::ffff:192.0.2.1"));
  EXPECT_FALSE(Enter("::ffff:192.0.2.1"));
  EXPECT_FALSE(Enter("192.0.2.1"));
  EXPECT_TRUE(Enter("::ffff:192.0.2.2"));
}

TEST_F(PeerConnectionsTest, ThereIsAnEndForAllTogether) {
  for (const char* address : {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"}) {
    EXPECT_TRUE(Enter(address));
  }
  EXPECT_FALSE(Enter("192.0.2.6"));
}

TEST_F(PeerConnectionsTest, PlacesAreGivenBackAndNothingIsRemembered) {
  Enter("2001:db8:1:2::1");
  Enter("2001:db8:1:2::2");
  EXPECT_EQ(connections_.peers(), 1u);
  places_.pop_back();
  EXPECT_TRUE(Enter("2001:db8:1:2::3"));
  places_.clear();
  EXPECT_EQ(connections_.peers(), 0u);
}

}  // namespace
}  // namespace enkrat::server
