// A ledger in memory that fails when and how it is told to. It keeps the promises of store/ledger.h
// otherwise: tests/contract/ledger_contract_test.cc runs one suite over it and the SQLite ledger.
//
//   InMemoryLedger ledger;
//   ledger.FailNth("CompleteSession", 1);   // the next one: kStoreUnavailable, nothing recorded
#ifndef ENKRAT_TESTS_SUPPORT_IN_MEMORY_LEDGER_H_
#define ENKRAT_TESTS_SUPPORT_IN_MEMORY_LEDGER_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/mutex.h"
#include "common/reason.h"
#include "store/ledger.h"

namespace enkrat::testing {

// Thread-safe. Functions are named as in store::Ledger, "RecordIntent" for example.
class InMemoryLedger final : public store::Ledger {
 public:
  // The nth call from now on (1 = the next) fails once, without doing anything.
  void FailNth(const std::string& function, int nth, Reason reason = Reason::kStoreUnavailable);
  // The nth call does its work, but answers kStoreUnavailable: a commit whose answer got lost.
  void LoseAnswerOfNth(const std::string& function, int nth);
  // Every call fails, until ClearFaults. "*" stands for all functions.
  void FailAlways(const std::string& function, Reason reason = Reason::kStoreUnavailable);
  void ClearFaults();
  // Runs before the call does anything, on the caller's thread, without locks: for latches.
  void OnCall(std::function<void(const std::string& function)> hook);

  // How often a function was called (also when it failed), and all calls in order.
  int CallCount(const std::string& function) const;
  std::vector<std::string> Calls() const;

  // What it holds, past the interface.
  size_t SessionCount() const;
  size_t CertificateCount() const;
  std::vector<store::EvidenceRecord> Events() const;  // of no session
  std::vector<store::SessionRecord> Sessions() const;
  std::optional<store::PersonRecord> PersonOf(const std::string& session_id) const;
  // As retention does it: certificate, result and person are gone, evidence stays.
  void ErasePersonalData(const std::string& session_id, absl::Time at);
  bool IsSpent(const std::string& issuer, const std::string& assertion_id) const;

  absl::StatusOr<store::IntentOutcome> RecordIntent(const store::SessionIntent& intent) override;
  absl::Status CompleteSession(const store::SessionCompletion& completion) override;
  absl::Status FailSession(const store::SessionFailure& failure) override;
  absl::Status RecordEvent(const store::EvidenceRecord& record) override;
  absl::StatusOr<std::vector<store::EvidenceRecord>> Events(absl::Time since,
                                                            size_t limit) override;
  absl::StatusOr<std::optional<store::SessionRecord>> FindSession(
      absl::string_view relying_party, absl::string_view request_id) override;
  absl::StatusOr<std::optional<store::SessionRecord>> FindSessionById(
      absl::string_view session_id) override;
  absl::StatusOr<bool> RequestIdIsKnown(absl::string_view request_id) override;
  absl::StatusOr<std::vector<store::EvidenceRecord>> EvidenceOf(
      absl::string_view session_id) override;
  absl::StatusOr<std::optional<store::CertificateRecord>> FindCertificateBySerial(
      absl::string_view serial_number) override;
  absl::StatusOr<std::optional<store::CertificateRecord>> FindCertificateByFingerprint(
      ByteSpan fingerprint_sha256) override;
  absl::StatusOr<store::CertificatePage> ListCertificates(absl::string_view relying_party,
                                                          size_t page_size,
                                                          absl::string_view page_token) override;
  absl::StatusOr<size_t> CloseAbandoned(absl::Time now) override;
  absl::StatusOr<size_t> DropExpired(absl::Time now) override;
  absl::Status CheckHealth() override;
  absl::StatusOr<store::LedgerStatistics> Statistics() override;

 private:
  struct Session {
    store::SessionRecord record;
    std::vector<store::EvidenceRecord> evidence;
    std::optional<store::PersonRecord> person;
    absl::Time result_expires_at = absl::InfiniteFuture();
  };
  enum class Fault { kNone, kLoseAnswer };

  // Counts the call, runs the hook; the error that is planned for it, if any.
  absl::StatusOr<Fault> Enter(const std::string& function) ABSL_LOCKS_EXCLUDED(mutex_);
  static absl::Status Answer(Fault fault);
  absl::StatusOr<Session*> OpenSession(const std::string& session_id)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool QuotasHaveRoom(const std::vector<store::Quota>& quotas) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status AddCertificate(const store::CertificateRecord& certificate, const Session& session)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  struct Plan {
    int countdown;
    Reason reason;
    bool lose_answer = false;
    bool always = false;
  };

  mutable Mutex mutex_;
  std::multimap<std::string, Plan> plans_ ABSL_GUARDED_BY(mutex_);
  std::function<void(const std::string&)> hook_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> calls_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Session> sessions_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<std::string, std::string>, std::string> requests_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<std::string, std::string>, absl::Time> spent_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<Bytes, absl::Time>, uint32_t> quota_counters_ ABSL_GUARDED_BY(mutex_);
  std::vector<store::CertificateRecord> certificates_ ABSL_GUARDED_BY(mutex_);
  std::vector<store::EvidenceRecord> events_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_IN_MEMORY_LEDGER_H_
