// Where the service is and how it is spoken to, checked before anything is sent.
#ifndef ENKRAT_CLI_CONNECTION_H_
#define ENKRAT_CLI_CONNECTION_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace enkrat::cli {

struct Connection {
  std::string server = "127.0.0.1:7443";  // host:port; IPv6 as [::1]:port
  std::string tls_ca_file = {};           // PEM; empty: the system's roots
  std::string tls_cert_file = {};         // PEM chain of the client; with tls_key_file
  std::string tls_key_file = {};          // PEM, readable by its owner only
  bool plaintext = false;                 // loopback only
  absl::Duration timeout = absl::Seconds(30);
};

// Usage errors: no host or port, plaintext to another machine, plaintext with TLS files, a
// certificate without its key or the reverse, a timeout that is not above zero.
absl::Status CheckConnection(const Connection& connection);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_CONNECTION_H_
