#include "server/certificate_watch.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/time_text.h"

namespace enkrat::server {

// The chain's certificates that the register knows, none of them revoked.
absl::Status CheckNotRevoked(signer::CertificateRegisterReader& registered,
                             const std::vector<Bytes>& chain_der) {
  ENKRAT_ASSIGN_OR_RETURN(const auto all, registered.Current());
  for (const Bytes& der : chain_der) {
    const signer::RegisteredCertificate* found = all->FindByDer(der);
    if (found == nullptr || found->state != signer::CertificateState::kRevoked) continue;
    return MakeError(Reason::kCertificateStateForbids,
                     absl::StrCat(signer::RoleName(found->role), " certificate ",
                                  found->description.serial_number, " was revoked on ",
                                  TimeTextOfSecond(found->revoked_at), " (",
                                  signer::RevocationReasonName(found->revocation_reason), ")"));
  }
  return absl::OkStatus();
}

void CertificateWatch::Look() {
  LookAtIssuing();
  if (options_.units != nullptr) LookAtUnits();
}

void CertificateWatch::LookAtIssuing() {
  const absl::Status issuing = CheckNotRevoked(*options_.registered, options_.issuing_chain);
  {
    MutexLock lock(mutex_);
    if (issuing.ok() || !issuing_.ok()) return;
    issuing_ = MakeError(Reason::kCertificateStateForbids, issuing.message());
  }
  Record("issuing", issuing);
}

void CertificateWatch::LookAtUnits() {
  bool one_is_left = false;
  absl::Status last;
  for (const WatchedUnit& unit : options_.units()) {
    const Bytes& certificate_der = unit.chain_der.front();
    const absl::Status revoked = CheckNotRevoked(*options_.registered, unit.chain_der);
    bool ends = false;
    bool withdrawn = false;
    {
      MutexLock lock(mutex_);
      if (!revoked.ok()) ends = withdrawn_.insert(certificate_der).second;
      withdrawn = withdrawn_.contains(certificate_der);
    }
    one_is_left |= !withdrawn;
    if (!revoked.ok()) last = revoked;
    // The unit refuses before anybody waits for the disk. Each time: it may have been read anew.
    if (withdrawn && unit.withdraw != nullptr) unit.withdraw();
    if (ends) Record("timestamping", revoked);
  }
  MutexLock lock(mutex_);
  if (one_is_left) {
    timestamping_ = absl::OkStatus();
  } else if (!last.ok()) {
    timestamping_ = MakeError(Reason::kTimestampUnavailable, last.message());
  }
}

void CertificateWatch::Record(absl::string_view what, const absl::Status& why) {
  options_.logger->Error("ALARM: a certificate may not be used any more",
                         {{"ended", what}, {"why", why.message()}});
  if (options_.ledger == nullptr) return;
  const nlohmann::json facts = {{"ended", std::string(what)}, {"why", std::string(why.message())}};
  const absl::Status recorded = options_.ledger->RecordEvent(
      {.step = "certificate-withdrawn",
       .at = options_.clock->Now(),
       .facts_json = facts.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)});
  if (!recorded.ok()) {
    options_.logger->Error("evidence was not recorded", {{"why", recorded.message()}});
  }
}

void CertificateWatch::Start() {
  task_ = std::make_unique<PeriodicTask>(kInterval, [this] {
    Look();
    return true;
  });
}

absl::Status CertificateWatch::Issuing() const {
  MutexLock lock(mutex_);
  return issuing_;
}

absl::Status CertificateWatch::Timestamping() const {
  MutexLock lock(mutex_);
  return timestamping_;
}

}  // namespace enkrat::server
