#include "http_client/address_rules.h"

#include <netinet/in.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace enkrat::http_client {
namespace {

struct Block4 {
  uint32_t network;
  int prefix;
};
constexpr uint32_t Dotted(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// IANA IPv4 Special-Purpose Address Registry, as far as it is not globally reachable.
constexpr Block4 kInside4[] = {
    {Dotted(0, 0, 0, 0), 8},        // this network; connecting to 0.0.0.0 is connecting to oneself
    {Dotted(10, 0, 0, 0), 8},       // private
    {Dotted(100, 64, 0, 0), 10},    // shared by carriers
    {Dotted(127, 0, 0, 0), 8},      // loopback
    {Dotted(169, 254, 0, 0), 16},   // link-local
    {Dotted(172, 16, 0, 0), 12},    // private
    {Dotted(192, 0, 0, 0), 24},     // protocol assignments
    {Dotted(192, 0, 2, 0), 24},     // documentation
    {Dotted(192, 88, 99, 0), 24},   // 6to4 relays
    {Dotted(192, 168, 0, 0), 16},   // private
    {Dotted(198, 18, 0, 0), 15},    // benchmarking
    {Dotted(198, 51, 100, 0), 24},  // documentation
    {Dotted(203, 0, 113, 0), 24},   // documentation
    {Dotted(224, 0, 0, 0), 4},      // multicast
    {Dotted(240, 0, 0, 0), 4},      // reserved, broadcast
};

bool IsPublic4(uint32_t address) {
  return std::none_of(std::begin(kInside4), std::end(kInside4), [&](const Block4& block) {
    return (address ^ block.network) >> (32 - block.prefix) == 0;
  });
}

uint32_t Read4(const uint8_t* octets) { return Dotted(octets[0], octets[1], octets[2], octets[3]); }

bool StartsWith(const uint8_t* address, std::initializer_list<uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), address);
}

bool IsPublic6(const uint8_t* address) {
  if (StartsWith(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}))
    return IsPublic4(Read4(address + 12));
  if (StartsWith(address, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) {  // NAT64, RFC 6052
    return IsPublic4(Read4(address + 12));
  }
  if (StartsWith(address, {0x20, 0x02})) return IsPublic4(Read4(address + 2));  // 6to4, RFC 3056
  if ((address[0] & 0xe0) != 0x20) return false;  // only 2000::/3 is global unicast
  // Protocol assignments 2001::/23 (Teredo among them), documentation 2001:db8::/32, 3fff::/20.
  if (StartsWith(address, {0x20, 0x01}) && address[2] <= 1) return false;
  if (StartsWith(address, {0x20, 0x01, 0x0d, 0xb8})) return false;
  return !(StartsWith(address, {0x3f, 0xff}) && (address[2] & 0xf0) == 0);
}

}  // namespace

bool IsPublicAddress(const sockaddr* address, socklen_t size) {
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    return IsPublic4(ntohl(v4.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof v6);
    return IsPublic6(v6.sin6_addr.s6_addr);
  }
  return false;
}

}  // namespace enkrat::http_client
