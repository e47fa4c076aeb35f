// The ledger of a service held against what its clients hold: the invariants of
// docs/threat_model.md that can be seen on disk.
#ifndef ENKRAT_TESTS_FAULT_LEDGER_AUDIT_H_
#define ENKRAT_TESTS_FAULT_LEDGER_AUDIT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "enkrat/v1/signing_service.pb.h"
#include "store/ledger.h"

namespace enkrat::testing {

// Whether two replies are the same but for the flag that says that one is a repetition.
bool SameResult(v1::SignResponse a, v1::SignResponse b);

// Reads beside a running service, or after its death. Errors say what does not hold.
class LedgerAudit {
 public:
  static absl::StatusOr<LedgerAudit> Open(const std::string& path);

  // Invariant 1: the certificate that the client holds is in the ledger octet for octet; its
  // session is completed, has evidence of every step, and its result is what the client holds.
  absl::Status CheckReply(const v1::SignResponse& reply) const;
  // After a start: every intent has an end.
  absl::Status CheckNothingOpen() const;
  // No session has two certificates, and every completed one has one.
  absl::Status CheckOneCertificatePerSession(const std::string& relying_party) const;
  // The state of the session with this request_id; kNotFound if there is no such intent.
  absl::StatusOr<store::SessionState> StateOf(const std::string& relying_party,
                                              const std::string& request_id) const;
  absl::StatusOr<store::LedgerStatistics> Statistics() const { return ledger_->Statistics(); }
  store::Ledger& ledger() const { return *ledger_; }

 private:
  explicit LedgerAudit(std::unique_ptr<store::Ledger> ledger) : ledger_(std::move(ledger)) {}

  std::unique_ptr<store::Ledger> ledger_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_FAULT_LEDGER_AUDIT_H_
