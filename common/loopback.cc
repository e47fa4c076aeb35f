#include "common/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace enkrat {

bool IsLoopbackHost(absl::string_view host) {
  if (host == "localhost") return true;
  if (host.find('\0') != absl::string_view::npos) return false;  // where inet_pton would stop
  const std::string text(host);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool IsLoopbackUrl(absl::string_view url) {
  if (!absl::ConsumePrefix(&url, "http://") && !absl::ConsumePrefix(&url, "https://")) return false;
  absl::string_view authority = url.substr(0, url.find_first_of("/?#"));
  if (absl::StrContains(authority, "@") || absl::StrContains(authority, "\\")) return false;
  if (!absl::ConsumePrefix(&authority, "[")) {
    return IsLoopbackHost(authority.substr(0, authority.find(':')));
  }
  const size_t end = authority.find(']');
  if (end == absl::string_view::npos) return false;
  const absl::string_view port = authority.substr(end + 1);
  return (port.empty() || port[0] == ':') && IsLoopbackHost(authority.substr(0, end));
}

}  // namespace enkrat
