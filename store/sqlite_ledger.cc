// The ledger on SQLite: one file, one writing thread, many callers a commit.
#include "store/sqlite_ledger.h"

#include <memory>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "store/bounds.h"
#include "store/ledger_files.h"
#include "store/ledger_reads.h"
#include "store/ledger_writes.h"
#include "store/personal_records.h"
#include "store/quota_counters.h"
#include "store/sqlite_pin_credentials.h"
#include "store/sqlite_problem_reports.h"

namespace enkrat::store {
namespace {

constexpr size_t kRowsPerPiece = LedgerFiles::kRowsPerPiece;

// Before anything is encrypted for nothing.
absl::Status CheckWritable(const LedgerFiles& files) {
  if (files.queue() != nullptr) return absl::OkStatus();
  return MakeError(Reason::kStoreUnavailable, "the ledger is open for reading only");
}

// Decrypted outside of the reader: an old key has to be asked of the HSM.
template <typename Stored>
auto OpenedIfFound(absl::StatusOr<std::optional<Stored>> stored, DataKeys* keys)
    -> absl::StatusOr<std::optional<decltype(Stored::record)>> {
  using Found = std::optional<decltype(Stored::record)>;
  ENKRAT_RETURN_IF_ERROR(stored.status());
  if (!stored->has_value()) return Found();
  ENKRAT_ASSIGN_OR_RETURN(auto record, Opened(**std::move(stored), keys));
  return Found(std::move(record));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteLedger>> SqliteLedger::Create(Options options) {
  ENKRAT_ASSIGN_OR_RETURN(std::unique_ptr<LedgerFiles> files, LedgerFiles::Open(options));
  return std::unique_ptr<SqliteLedger>(new SqliteLedger(std::move(files), options.retention));
}

SqliteLedger::SqliteLedger(std::unique_ptr<LedgerFiles> files, absl::Duration retention)
    : files_(std::move(files)),
      pin_credentials_(MakeSqlitePinCredentials(*files_)),
      problem_reports_(MakeSqliteProblemReports(*files_)),
      retention_(retention) {}
SqliteLedger::~SqliteLedger() = default;

absl::StatusOr<IntentOutcome> SqliteLedger::RecordIntent(const SessionIntent& intent) {
  ENKRAT_RETURN_IF_ERROR(CheckIntent(intent));
  const Bytes spent_key = SpentKey(files_->salt(), intent.issuer, intent.assertion_id);
  const auto outcome = std::make_shared<IntentOutcome>(IntentOutcome::kRecorded);
  ENKRAT_RETURN_IF_ERROR(
      files_->Write([intent, spent_key, outcome](SqliteConnection& writer) -> absl::Status {
        ENKRAT_ASSIGN_OR_RETURN(*outcome, InsertIntent(writer, intent, spent_key));
        return absl::OkStatus();
      }));
  return *outcome;
}

absl::Status SqliteLedger::CompleteSession(const SessionCompletion& completion) {
  ENKRAT_RETURN_IF_ERROR(CheckCompletion(completion));
  ENKRAT_RETURN_IF_ERROR(CheckWritable(*files_));
  ENKRAT_ASSIGN_OR_RETURN(const auto key, files_->keys()->Current());
  ENKRAT_ASSIGN_OR_RETURN(const SealedParts parts, SealParts(*key, completion));
  return files_->Write([bare = WithoutParts(completion), parts](SqliteConnection& writer) {
    return InsertCompletion(writer, bare, parts);
  });
}

absl::Status SqliteLedger::FailSession(const SessionFailure& failure) {
  ENKRAT_RETURN_IF_ERROR(CheckFailure(failure));
  ENKRAT_RETURN_IF_ERROR(CheckWritable(*files_));
  ENKRAT_ASSIGN_OR_RETURN(const auto key, files_->keys()->Current());
  ENKRAT_ASSIGN_OR_RETURN(const SealedParts parts, SealParts(*key, failure));
  return files_->Write([bare = WithoutParts(failure), parts](SqliteConnection& writer) {
    return InsertFailure(writer, bare, parts);
  });
}

absl::Status SqliteLedger::RecordEvent(const EvidenceRecord& record) {
  ENKRAT_RETURN_IF_ERROR(CheckEvidence(record));
  return files_->Write([record](SqliteConnection& writer) { return InsertEvent(writer, record); });
}

absl::StatusOr<std::optional<SessionRecord>> SqliteLedger::FindSession(
    absl::string_view relying_party, absl::string_view request_id) {
  return OpenedIfFound(files_->Read<std::optional<StoredSession>>([&](SqliteConnection& reader) {
    return SelectSession(reader, relying_party, request_id);
  }),
                       files_->keys());
}

absl::StatusOr<std::optional<SessionRecord>> SqliteLedger::FindSessionById(
    absl::string_view session_id) {
  return OpenedIfFound(files_->Read<std::optional<StoredSession>>([&](SqliteConnection& reader) {
    return SelectSessionById(reader, session_id);
  }),
                       files_->keys());
}

absl::StatusOr<bool> SqliteLedger::RequestIdIsKnown(absl::string_view request_id) {
  return files_->Read<bool>(
      [&](SqliteConnection& reader) { return SelectRequestIdIsKnown(reader, request_id); });
}

absl::StatusOr<std::vector<EvidenceRecord>> SqliteLedger::EvidenceOf(absl::string_view session_id) {
  return files_->Read<std::vector<EvidenceRecord>>(
      [&](SqliteConnection& reader) { return SelectEvidence(reader, session_id); });
}

absl::StatusOr<std::vector<EvidenceRecord>> SqliteLedger::Events(absl::Time since, size_t limit) {
  return files_->Read<std::vector<EvidenceRecord>>(
      [=](SqliteConnection& reader) { return SelectEvents(reader, since, limit); });
}

absl::StatusOr<std::optional<CertificateRecord>> SqliteLedger::FindCertificateBySerial(
    absl::string_view serial_number) {
  return OpenedIfFound(
      files_->Read<std::optional<StoredCertificate>>([&](SqliteConnection& reader) {
        return SelectCertificateBySerial(reader, serial_number);
      }),
      files_->keys());
}

absl::StatusOr<std::optional<CertificateRecord>> SqliteLedger::FindCertificateByFingerprint(
    ByteSpan fingerprint_sha256) {
  return OpenedIfFound(
      files_->Read<std::optional<StoredCertificate>>([&](SqliteConnection& reader) {
        return SelectCertificateByFingerprint(reader, fingerprint_sha256);
      }),
      files_->keys());
}

absl::StatusOr<CertificatePage> SqliteLedger::ListCertificates(absl::string_view relying_party,
                                                               size_t page_size,
                                                               absl::string_view page_token) {
  ENKRAT_ASSIGN_OR_RETURN(StoredCertificatePage stored,
                          files_->Read<StoredCertificatePage>([&](SqliteConnection& reader) {
                            return SelectCertificates(reader, files_->salt(), relying_party,
                                                      page_size, page_token);
                          }));
  CertificatePage page = {.certificates = {}, .next_page_token = stored.next_page_token};
  for (StoredCertificate& certificate : stored.certificates) {
    ENKRAT_ASSIGN_OR_RETURN(CertificateRecord record,
                            Opened(std::move(certificate), files_->keys()));
    page.certificates.push_back(std::move(record));
  }
  return page;
}

absl::StatusOr<size_t> SqliteLedger::CloseAbandoned(absl::Time now) {
  return files_->WriteInPieces(
      [now](SqliteConnection& writer) { return CloseSomeAbandoned(writer, now, kRowsPerPiece); });
}

absl::StatusOr<size_t> SqliteLedger::DropExpired(absl::Time now) {
  ENKRAT_ASSIGN_OR_RETURN(const size_t spent,
                          files_->WriteInPieces([now](SqliteConnection& writer) {
                            return DropSomeSpent(writer, now, kRowsPerPiece);
                          }));
  ENKRAT_ASSIGN_OR_RETURN(const size_t results,
                          files_->WriteInPieces([now](SqliteConnection& writer) {
                            return DropSomeResults(writer, now, kRowsPerPiece);
                          }));
  ENKRAT_ASSIGN_OR_RETURN(const size_t rejections,
                          files_->WriteInPieces([now](SqliteConnection& writer) {
                            return DropSomeRejections(writer, now, kRowsPerPiece);
                          }));
  ENKRAT_ASSIGN_OR_RETURN(const size_t counters,
                          files_->WriteInPieces([now](SqliteConnection& writer) {
                            return DropSomeQuotaCounters(writer, now, kRowsPerPiece);
                          }));
  ENKRAT_RETURN_IF_ERROR(files_->FinishWipe());
  return spent + results + rejections + counters;
}

absl::Status SqliteLedger::CheckHealth() { return files_->Write(&Heartbeat); }

absl::StatusOr<LedgerStatistics> SqliteLedger::Statistics() {
  ENKRAT_ASSIGN_OR_RETURN(LedgerStatistics statistics,
                          files_->Read<LedgerStatistics>(&SelectStatistics));
  if (const CommitQueue* queue = files_->queue(); queue != nullptr) {
    statistics.writes = queue->writes();
    statistics.commits = queue->commits();
    statistics.writes_waiting = queue->waiting();
  }
  return statistics;
}

}  // namespace enkrat::store
