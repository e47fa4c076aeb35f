// The ledger on SQLite: one file, one writing thread, many callers a commit.
#ifndef ENKRAT_STORE_SQLITE_LEDGER_H_
#define ENKRAT_STORE_SQLITE_LEDGER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/log.h"
#include "store/ledger.h"
#include "store/pin_credentials.h"

namespace enkrat::store {

class LedgerFiles;

// WAL, synchronous=FULL (set and read back), rowid tables, exactly one writing and checkpointing
// connection, no mmap (docs/stack.md, SQLite). Writes queue up while one commit is on its way to
// the disk and share the next one: group commit without a timer.
class SqliteLedger final : public Ledger {
 public:
  struct Options {
    std::string path = {};  // created with mode 0600 in an existing folder
    // Opens for reading only, beside a running service: writing functions fail.
    bool read_only = false;
    size_t queue_limit = 4096;  // writes that may wait
    Logger* logger = nullptr;   // optional; not owned
    // SQLite's way to the disk; empty: the system's. Tests pass one that fails.
    std::string vfs_name = {};
  };

  // Creates or migrates the schema. kConfigurationInvalid for a folder or file that others can
  // write, or a schema of a newer version; kStoreUnavailable when another process has it open for
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

 private:
  explicit SqliteLedger(std::unique_ptr<LedgerFiles> files);

  std::unique_ptr<LedgerFiles> files_;
  std::unique_ptr<PinCredentials> pin_credentials_;
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_SQLITE_LEDGER_H_
