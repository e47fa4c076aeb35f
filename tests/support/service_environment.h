// The whole service as its users have it: a SoftHSM token filled by `enkrat init`, the demo's
// identity provider, and the real enkratd on free ports, all in a folder that is gone afterwards.
//
//   ServiceEnvironment service({.settings = {{"server.reflection", "true"}}});
//   ASSERT_THAT(service.Start(), IsOk());
//   EXPECT_EQ(service.Enkrat({"sign", file, ...}).exit_code, 0);
//   service.Kill();
//   ASSERT_THAT(service.Start(), IsOk());
#ifndef ENKRAT_TESTS_SUPPORT_SERVICE_ENVIRONMENT_H_
#define ENKRAT_TESTS_SUPPORT_SERVICE_ENVIRONMENT_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/service_certificates.h"
#include "tests/support/service_configuration.h"
#include "tests/support/subprocess.h"

namespace enkrat::testing {

// Not thread-safe, but for Enkrat and IdToken while the service runs. Several may live at once.
class ServiceEnvironment {
 public:
  struct Options {
    // TLS with client certificates "alpha" and "beta" instead of plaintext on loopback.
    bool mutual_tls = false;
    // Changes to PlaintextSettings or MutualTlsSettings, such as
    // {"hsm.module", BinaryPath("lib/libenkrat_fault_pkcs11.so")}.
    ServiceSettings settings = {};
    // Of enkratd only: a preloaded library, a fault plan.
    std::map<std::string, std::string> environment = {};
    // How the keys and certificates come about instead of by Init({}).
    std::function<void(const ServiceEnvironment&)> ceremony = {};
  };

  // Runs `enkrat init` and starts the identity provider; ends the test program, saying why, if
  // either fails.
  explicit ServiceEnvironment(Options options);
  ServiceEnvironment() : ServiceEnvironment(Options{}) {}
  ~ServiceEnvironment();

  ServiceEnvironment(const ServiceEnvironment&) = delete;
  ServiceEnvironment& operator=(const ServiceEnvironment&) = delete;

  // Writes the configuration, starts enkratd and waits until it listens. kInternal, with its log,
  // if it does not.
  absl::Status Start();
  // SIGTERM, and its exit code.
  std::optional<int> Terminate();
  // SIGKILL, and its end.
  void Kill();
  // Terminate and Start.
  absl::Status Restart();

  // For the next Start.
  ServiceSettings& settings() { return settings_; }
  std::map<std::string, std::string>& environment() { return environment_; }
  void WriteConfiguration() const;

  // enkratd, running or ended; there is none before Start.
  Subprocess& daemon() { return *daemon_; }
  // Runs `enkrat init` in this folder, with `more` after the words that it always needs.
  ProgramOutcome Init(const std::vector<std::string>& more) const;
  // How it does that.
  ProgramCall InitCall(const std::vector<std::string>& more) const;
  // How to run enkratd in this folder beside or instead of Start's.
  ProgramCall DaemonCall() const;
  // Runs `enkrat <arguments>` as a client: --server and, with TLS, the files of `caller` are added.
  ProgramOutcome Enkrat(std::vector<std::string> arguments,
                        const std::string& caller = "alpha") const;
  // An ID token of the demo's identity provider; `fields` as its /token takes them, sub is given.
  std::string IdToken(const std::map<std::string, std::string>& fields) const;
  // What `enkrat sign` and `enkrat bench` need to log a person in.
  std::vector<std::string> LoginOptions(const std::string& relying_party = "demo") const;

  std::string File(const std::string& name) const { return folder_.File(name); }
  // Of the ceremony: "root.pem", "issuing-ca.cer", "secrets/pin".
  std::string ServiceFile(const std::string& name) const { return File("service/" + name); }
  const std::string& grpc_target() const { return grpc_target_; }  // 127.0.0.1:PORT
  const std::string& http_url() const { return http_url_; }        // http://127.0.0.1:PORT
  const std::string& idp_url() const { return idp_url_; }
  Subprocess& idp() { return *idp_; }
  std::string softhsm_conf() const { return File("softhsm2.conf"); }
  std::string user_pin() const;
  // With mutual_tls only.
  const ServiceCertificates& tls() const { return *tls_; }

 private:
  void StartIdentityProvider();
  absl::Status ReadPorts();

  ScratchFolder folder_;
  bool mutual_tls_;
  ServiceSettings settings_;
  std::map<std::string, std::string> environment_;
  std::unique_ptr<ServiceCertificates> tls_;
  std::unique_ptr<Subprocess> idp_;
  std::unique_ptr<Subprocess> daemon_;
  std::string grpc_target_;
  std::string http_url_;
  std::string idp_url_;
};

// The text of a small file; empty if there is none.
std::string ReadText(const std::string& path);
void WriteText(const std::string& path, const std::string& text);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_SERVICE_ENVIRONMENT_H_
