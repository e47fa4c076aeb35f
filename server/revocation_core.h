// What tells the world of revocations: the CRLs of our CAs, their OCSP responder, and the CRLs of
// the CAs above them.
#ifndef ENKRAT_SERVER_REVOCATION_CORE_H_
#define ENKRAT_SERVER_REVOCATION_CORE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/log.h"
#include "hsm/session_pool.h"
#include "server/metrics.h"
#include "server/ocsp_desks.h"
#include "server/periodic_task.h"
#include "server/revocation_settings.h"
#include "server/settings.h"
#include "signer/certificate_register_reader.h"
#include "signer/crl_publisher.h"
#include "signer/key_lender.h"
#include "signer/ocsp_responder.h"
#include "signer/own_validation_data.h"
#include "signer/revocation_status.h"
#include "signer/upper_crls.h"

namespace enkrat::server {

// Made once. Thread-safe.
class RevocationCore {
 public:
  // Nothing is owned; all outlive it.
  struct Parts {
    const Config* config = nullptr;
    hsm::SessionPool* pool = nullptr;
    signer::CertificateRegisterReader* registered = nullptr;
    std::vector<Bytes> issuing_chain;             // issuing CA first, root last
    std::vector<std::vector<Bytes>> unit_chains;  // own timestamping units' first, root last
    const hsm::LongLivedKey* issuing_ca_key = nullptr;
    const Clock* clock = nullptr;
    Logger* logger = nullptr;
  };

  // How soon a revocation is noticed.
  static constexpr absl::Duration kInterval = absl::Milliseconds(250);
  // How soon a new OCSP responder answers.
  static constexpr absl::Duration kTakeUpInterval = absl::Seconds(1);

  // Publishes the first CRL. kConfigurationInvalid for a responder that is configured and does not
  // fit, and a CRL folder that cannot be made; without a responder there is no OCSP.
  static absl::StatusOr<std::unique_ptr<RevocationCore>> Create(Parts parts);

  // Keeps the CRLs on schedule and takes new responders up, until the core ends.
  void Start();
  void AddGauges(Metrics& metrics);

  // By the name in the URL: the CA's subjectKeyIdentifier in hex, "issuing-ca" or "root". Null if
  // there is none.
  signer::PublishedCrlPtr Crl(const std::string& name) const;
  // All of them: what is known of certificates that ours have succeeded, too.
  std::vector<Bytes> CrlsDer() const;
  // Without a desk as long as there is no responder.
  signer::OcspResponder& ocsp() { return *ocsp_; }
  signer::ValidationDataSource& validation_data() { return *validation_data_; }
  // A timestamping unit that was added while the service runs.
  absl::Status AddUnit(const std::vector<Bytes>& chain_der) {
    return validation_data_->AddUnit(chain_der);
  }

 private:
  struct Authority {
    ca::StatusIssuer ca;
    std::unique_ptr<signer::KeyLender> key;
  };
  RevocationCore(Parts parts, RevocationSettings settings)
      : parts_(std::move(parts)), settings_(std::move(settings)) {}

  absl::Status OpenAuthorities();
  absl::Status OpenStatus();
  absl::Status OpenPublishers();
  absl::Status OpenUpper();
  absl::Status OpenResponder();
  absl::Status OpenValidationData();
  void TakeUpResponders();
  void Look();

  const Parts parts_;
  const RevocationSettings settings_;
  std::vector<Authority> authorities_;  // the issuing CA in use first
  std::unique_ptr<signer::RevocationStatus> status_;
  std::vector<std::unique_ptr<signer::CrlPublisher>> publishers_;  // as authorities_
  std::unique_ptr<signer::UpperCrls> upper_;
  std::unique_ptr<OcspDesks> desks_;  // of the thread that takes responders up
  std::unique_ptr<signer::OcspResponder> ocsp_;
  std::unique_ptr<signer::OwnValidationData> validation_data_;
  std::string desks_error_;  // what was said last; of the same thread
  // Last: they stop first.
  std::unique_ptr<PeriodicTask> task_;
  std::unique_ptr<PeriodicTask> take_up_task_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_REVOCATION_CORE_H_
