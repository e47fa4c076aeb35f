// The ledger on SQLite: one file, one writing thread, many callers a commit.
#ifndef ENKRAT_STORE_SQLITE_LEDGER_H_
#define ENKRAT_STORE_SQLITE_LEDGER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/log.h"
#include "store/evidence_trail.h"
#include "store/key_wrapper.h"
#include "store/ledger.h"
#include "store/personal_data.h"
#include "store/pin_credentials.h"
#include "store/problem_reports.h"

namespace enkrat::store {

class LedgerFiles;
struct StoredHolding;

// WAL, synchronous=FULL (set and read back), rowid tables, exactly one writing and checkpointing
// connection, no mmap (docs/stack.md, SQLite). Writes queue up while one commit is on its way to
// the disk and share the next one: group commit without a timer.
class SqliteLedger final : public Ledger, public PersonalDataLedger, public EvidenceTrails {
 public:
  struct Options {
    std::string path = {};  // created with mode 0600 in an existing folder
    // Opens for reading only, beside a running service: writing functions fail.
    bool read_only = false;
    // What keeps the keys of personal data, and the time for them; neither is owned. Both required,
    // but for reading only: without, what is personal is left out of all answers.
    KeyWrapper* key_wrapper = nullptr;
    const Clock* clock = nullptr;
    // How long what is personal is kept after the certificate's end.
    absl::Duration retention = kDefaultRetention;
    size_t queue_limit = 4096;  // writes that may wait
    Logger* logger = nullptr;   // optional; not owned
    // SQLite's way to the disk; empty: the system's. Tests pass one that fails.
    std::string vfs_name = {};
  };

  // Creates or migrates the schema, and encrypts with it what an older version left in the clear.
  // kConfigurationInvalid for a folder or file that others can write, a schema of a newer version,
  // no key wrapper, or one that does not unwrap the ledger's newest data key: nothing has changed
  // then. Other errors of the wrapper. kStoreUnavailable when another process has it open for
  // writing, or on I/O errors.
  static absl::StatusOr<std::unique_ptr<SqliteLedger>> Create(Options options);
  // Finishes what is queued.
  ~SqliteLedger() override;

  absl::StatusOr<IntentOutcome> RecordIntent(const SessionIntent& intent) override;
  absl::Status CompleteSession(const SessionCompletion& completion) override;
  absl::Status FailSession(const SessionFailure& failure) override;
  absl::Status RecordEvent(const EvidenceRecord& record) override;
  absl::StatusOr<std::vector<EvidenceRecord>> Events(absl::Time since, size_t limit) override;
  absl::StatusOr<std::optional<SessionRecord>> FindSession(absl::string_view relying_party,
                                                           absl::string_view request_id) override;
  absl::StatusOr<std::optional<SessionRecord>> FindSessionById(
      absl::string_view session_id) override;
  absl::StatusOr<bool> RequestIdIsKnown(absl::string_view request_id) override;
  absl::StatusOr<std::vector<EvidenceRecord>> EvidenceOf(absl::string_view session_id) override;
  absl::StatusOr<std::optional<CertificateRecord>> FindCertificateBySerial(
      absl::string_view serial_number) override;
  absl::StatusOr<std::optional<CertificateRecord>> FindCertificateByFingerprint(
      ByteSpan fingerprint_sha256) override;
  absl::StatusOr<CertificatePage> ListCertificates(absl::string_view relying_party,
                                                   size_t page_size,
                                                   absl::string_view page_token) override;
  absl::StatusOr<size_t> CloseAbandoned(absl::Time now) override;
  absl::StatusOr<size_t> DropExpired(absl::Time now) override;
  absl::Status CheckHealth() override;
  absl::StatusOr<LedgerStatistics> Statistics() override;

  // In the same file, and the same transactions as its evidence and spent assertions. Lives as long
  // as the ledger.
  PinCredentials& pin_credentials() { return *pin_credentials_; }
  ProblemReports& problem_reports() { return *problem_reports_; }

  absl::StatusOr<DuePage> ListDue(absl::Time due_before, size_t page_size,
                                  absl::string_view page_token) override;
  absl::StatusOr<ErasurePage> EraseDue(const ErasureOrder& order, size_t limit) override;
  absl::StatusOr<HeldPage> ExportSubject(ByteSpan subject_key, size_t page_size,
                                         absl::string_view page_token) override;
  absl::StatusOr<ErasurePage> EraseSubject(const SubjectErasure& subject,
                                           const ErasureOrder& order) override;
  absl::StatusOr<std::vector<std::string>> RelyingParties() override;

  absl::StatusOr<std::optional<EvidenceTrail>> TrailOf(absl::string_view session_id) override;
  absl::StatusOr<std::vector<std::string>> SessionIdsAfter(absl::string_view after,
                                                           size_t limit) override;

 private:
  SqliteLedger(std::unique_ptr<LedgerFiles> files, absl::Duration retention);
  absl::StatusOr<HeldSession> Open(const StoredHolding& holding);

  std::unique_ptr<LedgerFiles> files_;
  std::unique_ptr<PinCredentials> pin_credentials_;
  std::unique_ptr<ProblemReports> problem_reports_;
  const absl::Duration retention_;
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_SQLITE_LEDGER_H_
