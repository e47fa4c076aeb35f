// The installation that enkratd's configuration file describes, for commands that look after its
// long-lived certificates.
#ifndef ENKRAT_CLI_INSTALLATION_H_
#define ENKRAT_CLI_INSTALLATION_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "cli/init_folder.h"
#include "common/clock.h"
#include "common/signing_provider.h"
#include "enkrat/config/v1/config.pb.h"
#include "hsm/module.h"
#include "hsm/session_pool.h"
#include "signer/certificate_life.h"
#include "signer/root_crl.h"

namespace enkrat::cli {

struct InstallationOptions {
  std::string config_file = {};
  std::string credentials_directory = {};  // as enkratd's
  // The root CA's token, where the issuing CA is to be renewed.
  std::string root_token_label = "enkrat-root";
  std::string root_pin_file = {};  // default: secrets/root-pin in the ceremony's folder
};

// Where its certificates lie. kConfigurationInvalid if the chain of the own timestamping unit is in
// another folder than the issuing CA's.
absl::StatusOr<signer::CertificatePlaces> PlacesOf(const config::v1::Config& config);

// Holds the lock of the ceremony's folder for as long as it lives: one change at a time.
class Installation {
 public:
  // Reads configuration and register; no token is touched. Unavailable if somebody else is at work
  // in the folder; kConfigurationInvalid.
  static absl::StatusOr<std::unique_ptr<Installation>> Open(InstallationOptions options);

  signer::CertificateLife& life() { return *life_; }
  const config::v1::Config& config() const { return config_; }
  const signer::CertificatePlaces& places() const { return places_; }

  // By serial number, SHA-256 fingerprint, role or name of a further timestamping unit: the latest
  // of it. kNotFound.
  absl::StatusOr<const signer::RegisteredCertificate*> Find(const std::string& name) const;

  // Logs in to the tokens that a successor of `role` needs. The root's is left alone if its PIN
  // file or the token is not there: CertificateLife says what that means. Pointers that Find
  // answered are no longer valid. Errors: the tokens' own.
  absl::Status OpenTokens(signer::CertificateRole role);

  // A new CRL of the root (signer/root_crl.h), with its token. kConfigurationInvalid if the root is
  // not ours or its token is not there; the token's own.
  absl::StatusOr<ca::ReadCrl> IssueRootCrl();

 private:
  Installation(InstallationOptions options, config::v1::Config config, FolderLock lock,
               signer::CertificatePlaces places)
      : options_(std::move(options)),
        config_(std::move(config)),
        lock_(std::move(lock)),
        places_(std::move(places)) {}

  absl::Status OpenModule();
  absl::Status OpenRootToken();
  absl::StatusOr<std::unique_ptr<hsm::SessionPool>> OpenPool(const std::string& label, Secret pin);

  const InstallationOptions options_;
  const config::v1::Config config_;
  FolderLock lock_;
  const signer::CertificatePlaces places_;
  SystemClock clock_;
  std::unique_ptr<SigningProvider> provider_;
  std::unique_ptr<hsm::Module> module_;
  std::unique_ptr<hsm::SessionPool> working_pool_;
  std::unique_ptr<hsm::SessionPool> root_pool_;
  std::optional<signer::CertificateLife> life_;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_INSTALLATION_H_
