#include "cli/connection.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cli/outcome.h"

namespace enkrat::cli {
namespace {

struct HostPort {
  absl::string_view host;
  absl::string_view port;  // empty if there is none
};

HostPort SplitHostPort(absl::string_view text) {
  if (absl::StartsWith(text, "[")) {
    const size_t end = text.find(']');
    if (end == absl::string_view::npos) return {};
    absl::string_view rest = text.substr(end + 1);
    absl::ConsumePrefix(&rest, ":");
    return {.host = text.substr(1, end - 1), .port = rest};
  }
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return {.host = text, .port = {}};
  return {.host = text.substr(0, colon), .port = text.substr(colon + 1)};
}

bool IsPort(absl::string_view text) {
  int port = 0;
  return absl::SimpleAtoi(text, &port) && port > 0 && port < 65536;
}

// Four decimal numbers, the first of them 127. Not a prefix match: "127.evil.example" is a name.
bool IsIpv4Loopback(absl::string_view host) {
  const std::pair<absl::string_view, absl::string_view> first =
      absl::StrSplit(host, absl::MaxSplits('.', 1));
  if (first.first != "127") return false;
  int numbers = 1;
  for (const absl::string_view part : absl::StrSplit(first.second, '.')) {
    int number = -1;
    if (part.empty() || part.size() > 3 || !absl::SimpleAtoi(part, &number)) return false;
    if (number < 0 || number > 255) return false;
    ++numbers;
  }
  return numbers == 4;
}

}  // namespace

bool IsLoopbackHost(absl::string_view host) {
  return host == "localhost" || host == "::1" || IsIpv4Loopback(host);
}

bool IsLoopbackUrl(absl::string_view url) {
  if (!absl::ConsumePrefix(&url, "http://") && !absl::ConsumePrefix(&url, "https://")) return false;
  const absl::string_view authority = url.substr(0, url.find_first_of("/?#"));
  if (absl::StrContains(authority, "@") || absl::StrContains(authority, "\\")) return false;
  return IsLoopbackHost(SplitHostPort(authority).host);
}

absl::Status CheckConnection(const Connection& connection) {
  const HostPort target = SplitHostPort(connection.server);
  if (target.host.empty() || !IsPort(target.port)) {
    return UsageError("--server must be HOST:PORT, such as 127.0.0.1:7443");
  }
  if (connection.timeout <= absl::ZeroDuration()) return UsageError("--timeout must be above zero");
  const bool tls_files = !connection.tls_ca_file.empty() || !connection.tls_cert_file.empty() ||
                         !connection.tls_key_file.empty();
  if (connection.plaintext && tls_files)
    return UsageError("--plaintext excludes the --tls options");
  if (connection.plaintext && !IsLoopbackHost(target.host)) {
    return UsageError("--plaintext is for this machine only: use the --tls options");
  }
  if (connection.tls_cert_file.empty() != connection.tls_key_file.empty()) {
    return UsageError("--tls-cert and --tls-key go together");
  }
  return absl::OkStatus();
}

}  // namespace enkrat::cli
