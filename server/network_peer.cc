#include "server/network_peer.h"

#include <arpa/inet.h>

namespace enkrat::server {
namespace {

constexpr size_t kPrefixOctets = 8;   // /64
constexpr size_t kMappedOctets = 12;  // ::ffff:0:0/96

std::string OctetsOf(const void* octets, size_t size) {
  return std::string(static_cast<const char*>(octets), size);
}

}  // namespace

std::string NetworkPeerOf(const std::string& address) {
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return OctetsOf(&v4, sizeof(v4));
  in6_addr v6{};
  // A link-local address comes with its zone: "fe80::1%eth0".
  if (inet_pton(AF_INET6, address.substr(0, address.find('%')).c_str(), &v6) != 1) return address;
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    return OctetsOf(v6.s6_addr + kMappedOctets, sizeof(v6.s6_addr) - kMappedOctets);
  }
  return OctetsOf(v6.s6_addr, kPrefixOctets);
}

bool PeerConnections::HasRoomFor(const std::string& address) const {
  const auto found = by_peer_.find(NetworkPeerOf(address));
  return all_ < options_.most &&
         (found == by_peer_.end() || found->second < options_.most_of_a_peer);
}

PeerConnections::Place::Place(PeerConnections& connections, const std::string& address)
    : connections_(connections), peer_(NetworkPeerOf(address)) {
  ++connections_.all_;
  ++connections_.by_peer_[peer_];
}

PeerConnections::Place::~Place() {
  --connections_.all_;
  const auto mine = connections_.by_peer_.find(peer_);
  if (--mine->second == 0) connections_.by_peer_.erase(mine);
}

}  // namespace enkrat::server
