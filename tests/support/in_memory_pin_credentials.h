// Signing PIN credentials in memory, which fail when they are told to. They keep the promises of
// store/pin_credentials.h otherwise: tests/contract/pin_credentials_contract_test.cc runs one suite
// over them and the SQLite ledger's.
#ifndef ENKRAT_TESTS_SUPPORT_IN_MEMORY_PIN_CREDENTIALS_H_
#define ENKRAT_TESTS_SUPPORT_IN_MEMORY_PIN_CREDENTIALS_H_

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/mutex.h"
#include "common/reason.h"
#include "store/pin_credentials.h"

namespace enkrat::testing {

// Thread-safe. Functions are named as in store::PinCredentials, "TakeTry" for example.
class InMemoryPinCredentials final : public store::PinCredentials {
 public:
  // Every call of the function fails, without doing anything, until ClearFaults.
  void FailAlways(const std::string& function, Reason reason = Reason::kStoreUnavailable);
  void ClearFaults();
  // Runs before a call does anything, on the caller's thread, without locks.
  void OnCall(std::function<void(const std::string& function)> hook) { hook_ = std::move(hook); }

  // What it holds, past the interface.
  std::vector<std::string> Calls() const;
  std::vector<store::EvidenceRecord> Events() const;
  void Spend(const std::string& issuer, const std::string& assertion_id);
  bool IsSpent(const std::string& issuer, const std::string& assertion_id) const;

  absl::StatusOr<std::optional<store::PinCredential>> Find(ByteSpan person) override;
  absl::StatusOr<bool> RequestIdTaken(absl::string_view relying_party,
                                      absl::string_view request_id) override;
  absl::StatusOr<store::TakenTry> TakeTry(const store::TryDemand& demand) override;
  absl::StatusOr<bool> Accept(absl::string_view credential_id, int64_t revision,
                              const std::optional<store::SecretVerifier>& rederived) override;
  absl::StatusOr<store::PinState> Reject(absl::string_view credential_id,
                                         const store::EvidenceRecord& evidence) override;
  absl::StatusOr<store::PinActOutcome> Enrol(const store::PinAct& act,
                                             const store::PinCredential& fresh) override;
  absl::StatusOr<store::PinActOutcome> Replace(const store::PinAct& act,
                                               const store::PinReplacement& replacement) override;
  absl::StatusOr<store::PinActOutcome> Revoke(const store::PinAct& act, ByteSpan person) override;
  absl::StatusOr<store::PinActOutcome> Note(const store::PinAct& act) override;

 private:
  struct Entry {
    store::PinCredential credential;
    bool activated = false;
    bool ended = false;  // destroyed or revoked, as credential.state says
  };
  using Pair = std::pair<std::string, std::string>;

  absl::Status Enter(const std::string& function);
  Entry* Newest(ByteSpan person) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Entry* ById(absl::string_view credential_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  store::PinActOutcome SpendFor(const store::PinAct& act) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void SetState(Entry& entry);
  static void End(Entry& entry, store::PinState how);
  static bool Live(const Entry& entry);

  std::function<void(const std::string&)> hook_;
  mutable Mutex mutex_;
  std::vector<Entry> entries_ ABSL_GUARDED_BY(mutex_);
  std::set<Pair> spent_ ABSL_GUARDED_BY(mutex_);
  std::set<Pair> requests_ ABSL_GUARDED_BY(mutex_);
  std::vector<store::EvidenceRecord> events_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> calls_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::pair<std::string, Reason>> faults_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_IN_MEMORY_PIN_CREDENTIALS_H_
