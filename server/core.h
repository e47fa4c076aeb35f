// What the service is made of behind its listeners: HSM, CA, timestamping, identities, ledger, and
// the signing workflow over them.
#ifndef ENKRAT_SERVER_CORE_H_
#define ENKRAT_SERVER_CORE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ca/issuer.h"
#include "common/clock.h"
#include "common/http_fetcher.h"
#include "common/log.h"
#include "hsm/module.h"
#include "hsm/session_pool.h"
#include "idp_client/identity_verifier.h"
#include "server/activation_core.h"
#include "server/certificate_watch.h"
#include "server/metrics.h"
#include "server/periodic_task.h"
#include "server/revocation_core.h"
#include "server/session_metrics.h"
#include "server/settings.h"
#include "server/timestamping_core.h"
#include "signer/certificate_register_reader.h"
#include "signer/personal_data_desk.h"
#include "signer/personal_data_keys.h"
#include "signer/signing_workflow.h"
#include "store/sqlite_ledger.h"

namespace enkrat::server {

// Built once by Create, in the order of its members; taken down in the reverse order, the HSM last.
class Core {
 public:
  struct Options {
    const Config* config = nullptr;
    std::string credentials_directory;
    const Clock* clock = nullptr;
    Logger* logger = nullptr;
    Metrics* metrics = nullptr;
  };

  // Everything that must hold before a caller may be let in: the HSM's self-test, the keys and
  // their certificates belonging together, the ledger's settings, abandoned sessions closed.
  static absl::StatusOr<std::unique_ptr<Core>> Create(Options options);
  ~Core();

  signer::SigningWorkflow& workflow() { return *workflow_; }
  store::Ledger& ledger() { return *ledger_; }
  store::ProblemReports& problem_reports() { return ledger_->problem_reports(); }
  signer::PersonalDataDesk& personal_data() { return *personal_data_; }
  // Null unless signing PINs are enabled.
  ActivationCore* activation() { return activation_.get(); }
  hsm::SessionPool& hsm() { return *pool_; }
  tsa::Timestamper& timestamper() { return timestamping_->timestamper(); }
  // Null with an outside TSA.
  signer::LocalTimestamper* own_timestamper() { return timestamping_->own(); }
  const std::vector<Bytes>& issuing_chain() const { return issuer_->chain_der(); }
  // Null without an outside TSA.
  signer::OutsideValidationData* outside_validation_data() {
    return timestamping_->outside_units();
  }
  // Empty with an outside TSA.
  std::vector<Bytes> timestamping_chain() const { return timestamping_->Chain(); }
  // OK if a timestamp could be made now: certificates, units and clock; the reason otherwise.
  absl::Status CheckTimestamping() const;
  // Room that a CMS of ours with its timestamp takes at most.
  size_t CmsOctets() const;
  // What an outside TSA's validation data takes in each signature of B-LT at the moment.
  size_t OutsideStatusOctets() const;

  // Whether the certificates may still be used that the service issues and timestamps with.
  const CertificateWatch& certificates() const { return *certificates_; }

  // For whatever the service asks of others over HTTP.
  HttpFetcher& http() { return *fetcher_; }

  // CRLs, OCSP and validation data.
  RevocationCore& revocation() { return *revocation_; }

  // Whether the HSM would serve a call now.
  absl::Status CheckHsm(absl::Time deadline);
  // Likewise the ledger; a disk that hangs makes it hang.
  absl::Status CheckLedger();

 private:
  explicit Core(Options options) : options_(std::move(options)) {}

  absl::Status OpenHsm();
  absl::Status TestHsm();
  absl::Status OpenIssuer();
  absl::Status OpenTimestamping();
  absl::Status OpenIdentities();
  absl::Status OpenOidc();
  absl::Status OpenSaml();
  absl::Status OpenLedger();
  absl::Status MakeActivation();
  absl::Status WatchCertificates();
  absl::Status OpenRevocation();
  absl::Status MakeWorkflow();

  const Options options_;
  std::unique_ptr<hsm::Module> module_;
  std::unique_ptr<hsm::SessionPool> pool_;
  std::unique_ptr<HttpFetcher> fetcher_;
  std::unique_ptr<signer::CertificateRegisterReader> registered_;
  std::unique_ptr<ca::Issuer> issuer_;
  std::optional<hsm::LongLivedKey> issuing_ca_key_;
  std::optional<hsm::MacKey> person_key_;
  std::shared_ptr<const Secret> quota_key_;
  std::unique_ptr<TimestampingCore> timestamping_;
  std::unique_ptr<idp_client::OidcVerifier> oidc_;            // null without such providers
  std::unique_ptr<idp_client::SamlVerifier> saml_;            // likewise
  std::unique_ptr<idp_client::IdentityVerifier> identities_;  // over both
  std::unique_ptr<PeriodicTask> key_refresh_;                 // of oidc_
  std::unique_ptr<PeriodicTask> metadata_refresh_;            // of saml_
  std::unique_ptr<signer::PersonalDataKeys> data_keys_;       // of ledger_
  std::unique_ptr<store::SqliteLedger> ledger_;
  std::unique_ptr<signer::PersonalDataDesk> personal_data_;  // over ledger_
  std::unique_ptr<ActivationCore> activation_;               // null unless enabled
  std::unique_ptr<CertificateWatch> certificates_;
  std::unique_ptr<RevocationCore> revocation_;
  std::unique_ptr<SessionMetrics> observer_;
  std::unique_ptr<signer::SigningWorkflow> workflow_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_CORE_H_
