// Which network addresses are the public Internet's, and which are somebody's inside.
#ifndef ENKRAT_HTTP_CLIENT_ADDRESS_RULES_H_
#define ENKRAT_HTTP_CLIENT_ADDRESS_RULES_H_

#include <sys/socket.h>

namespace enkrat::http_client {

// Whether a socket address is globally reachable by the registries of RFC 6890: not loopback,
// private (RFC 1918, 4193), link-local (cloud metadata among them), shared (RFC 6598), multicast,
// documentation, benchmarking, reserved or unspecified. An IPv4 address inside an IPv6 one
// (v4-mapped, 6to4, NAT64) is judged for itself. False for other families.
bool IsPublicAddress(const sockaddr* address, socklen_t size);

}  // namespace enkrat::http_client

#endif  // ENKRAT_HTTP_CLIENT_ADDRESS_RULES_H_
