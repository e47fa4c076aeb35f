#include "cli/connection.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "cli/outcome.h"
#include "common/loopback.h"

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

}  // namespace

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
