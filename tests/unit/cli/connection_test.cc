#include "cli/connection.h"

#include <gtest/gtest.h>

#include "cli/outcome.h"

namespace enkrat::cli {
namespace {

bool Usable(const Connection& connection) {
  const absl::Status status = CheckConnection(connection);
  EXPECT_TRUE(status.ok() || ExitCodeFor(status) == kExitUsage);
  return status.ok();
}

TEST(ConnectionTest, DefaultsAreUsable) { EXPECT_TRUE(Usable({})); }

TEST(ConnectionTest, PlaintextOnThisMachineIsUsable) {
  EXPECT_TRUE(Usable({.plaintext = true}));
  EXPECT_TRUE(Usable({.server = "[::1]:7443", .plaintext = true}));
}

TEST(ConnectionTest, PlaintextToAnotherMachineIsRefused) {
  EXPECT_FALSE(Usable({.server = "192.0.2.1:7443", .plaintext = true}));
  EXPECT_FALSE(Usable({.server = "signing.example:7443", .plaintext = true}));
}

TEST(ConnectionTest, PlaintextWithTlsFilesIsRefused) {
  EXPECT_FALSE(Usable({.tls_ca_file = "ca.pem", .plaintext = true}));
}

TEST(ConnectionTest, CertificateAndKeyGoTogether) {
  EXPECT_TRUE(Usable({.tls_cert_file = "c", .tls_key_file = "k"}));
  EXPECT_FALSE(Usable({.tls_cert_file = "c"}));
  EXPECT_FALSE(Usable({.tls_key_file = "k"}));
}

TEST(ConnectionTest, ServerWithoutHostOrPortIsRefused) {
  for (const char* server : {"", "host", ":7443", "host:", "host:0", "host:65536", "host:x",
                             "[::1]", "[::1", "unix:/tmp/x"}) {
    EXPECT_FALSE(Usable({.server = server})) << server;
  }
}

TEST(ConnectionTest, TimeoutThatIsNotAboveZeroIsRefused) {
  EXPECT_FALSE(Usable({.timeout = absl::ZeroDuration()}));
  EXPECT_FALSE(Usable({.timeout = absl::Seconds(-1)}));
}

}  // namespace
}  // namespace enkrat::cli
