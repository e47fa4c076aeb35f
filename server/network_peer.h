// Who counts as one when network addresses are counted.
#ifndef ENKRAT_SERVER_NETWORK_PEER_H_
#define ENKRAT_SERVER_NETWORK_PEER_H_

#include <cstddef>
#include <map>
#include <string>

namespace enkrat::server {

// The same for all addresses that one machine can speak from: an IPv4 address alone, be it written
// as IPv6 (::ffff:0:0/96, RFC 4291 2.5.5.2); of other IPv6 addresses the /64, which a network gives
// to one link (RFC 4291 2.5.4). Octets, not text. What is no numeric address stands for itself.
std::string NetworkPeerOf(const std::string& address);

// How many connections each of them has. Not thread-safe.
class PeerConnections {
 public:
  struct Options {
    size_t most = 1024;
    size_t most_of_a_peer = 64;
  };
  explicit PeerConnections(Options options) : options_(options) {}

  // Whether there is room for one more of this address.
  bool HasRoomFor(const std::string& address) const;

  // A connection's place, for as long as it lives. `connections` outlives it.
  class Place {
   public:
    Place(PeerConnections& connections, const std::string& address);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    PeerConnections& connections_;
    const std::string peer_;
  };

  size_t peers() const { return by_peer_.size(); }

 private:
  const Options options_;
  size_t all_ = 0;
  std::map<std::string, size_t> by_peer_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_NETWORK_PEER_H_
