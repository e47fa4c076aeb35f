// The ledger on SQLite: one file, one writing thread, many callers a commit.
#include "store/sqlite_ledger.h"

#include <functional>
#include <memory>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "store/bounds.h"
#include "store/commit_queue.h"
#include "store/ledger_file.h"
#include "store/ledger_reads.h"
#include "store/ledger_writes.h"
#include "store/quota_counters.h"
#include "store/reader_pool.h"
#include "store/schema.h"

namespace enkrat::store {
namespace {

constexpr size_t kReaders = 4;
constexpr size_t kRowsPerPiece = 500;  // of long work, so that other writes get in between

using Use = SqliteConnection::Use;

// Before SQLite may write a byte: whose file is it?
absl::Status CheckBeforeWriting(const SqliteLedger::Options& options) {
  ENKRAT_ASSIGN_OR_RETURN(const auto reader,
                          SqliteConnection::Open(options.path, Use::kReading, options.vfs_name));
  return CheckIdentity(*reader);
}

}  // namespace

// What is open: in this order, so that the readers close first and the lock goes last.
class SqliteLedger::Files {
 public:
  static absl::StatusOr<std::unique_ptr<Files>> Open(const Options& options) {
    std::unique_ptr<Files> files(new Files);
    ENKRAT_RETURN_IF_ERROR(CheckLedgerFolder(options.path));
    if (!options.read_only) {
      ENKRAT_RETURN_IF_ERROR(files->OpenWriter(options));
    } else {
      ENKRAT_RETURN_IF_ERROR(CheckLedgerFile(options.path));
    }
    ENKRAT_ASSIGN_OR_RETURN(files->readers_,
                            ReaderPool::Open(options.path, options.vfs_name, kReaders));
    ENKRAT_RETURN_IF_ERROR(files->readers_->Read(&CheckSchema));
    ENKRAT_ASSIGN_OR_RETURN(files->salt_, files->Read<Bytes>(&ReadAssertionSalt));
    return files;
  }

  absl::Status Write(CommitQueue::Write write) {
    if (queue_ != nullptr) return queue_->Commit(std::move(write));
    return MakeError(Reason::kStoreUnavailable, "the ledger is open for reading only");
  }

  // `pieces` until one comes back smaller than what was asked for; the sum.
  absl::StatusOr<size_t> WriteInPieces(
      const std::function<absl::StatusOr<size_t>(SqliteConnection&)>& piece) {
    size_t total = 0;
    const auto done = std::make_shared<size_t>(kRowsPerPiece);
    while (*done >= kRowsPerPiece) {
      ENKRAT_RETURN_IF_ERROR(Write([piece, done](SqliteConnection& writer) -> absl::Status {
        ENKRAT_ASSIGN_OR_RETURN(*done, piece(writer));
        return absl::OkStatus();
      }));
      total += *done;
    }
    return total;
  }

  // The answer of one of ledger_reads.h, on a connection that is free.
  template <typename T, typename Select>
  absl::StatusOr<T> Read(Select select) {
    absl::StatusOr<T> answer = T();
    ENKRAT_RETURN_IF_ERROR(readers_->Read([&](SqliteConnection& reader) {
      answer = select(reader);
      return answer.status();
    }));
    return answer;
  }

  ByteSpan salt() const { return salt_; }
  const CommitQueue* queue() const { return queue_.get(); }

 private:
  Files() = default;

  absl::Status OpenWriter(const Options& options) {
    ENKRAT_ASSIGN_OR_RETURN(WriterLock lock, WriterLock::Acquire(options.path));
    lock_.emplace(std::move(lock));
    ENKRAT_RETURN_IF_ERROR(CreateLedgerFile(options.path));
    ENKRAT_RETURN_IF_ERROR(CheckLedgerFile(options.path));
    ENKRAT_RETURN_IF_ERROR(CheckBeforeWriting(options));
    ENKRAT_ASSIGN_OR_RETURN(auto writer,
                            SqliteConnection::Open(options.path, Use::kWriting, options.vfs_name));
    ENKRAT_RETURN_IF_ERROR(MigrateSchema(*writer));
    queue_ = std::make_unique<CommitQueue>(
        std::move(writer),
        CommitQueue::Options{.queue_limit = options.queue_limit, .logger = options.logger});
    return absl::OkStatus();
  }

  std::optional<WriterLock> lock_;  // none when reading only
  Bytes salt_;
  std::unique_ptr<CommitQueue> queue_;  // null when reading only
  std::unique_ptr<ReaderPool> readers_;
};

absl::StatusOr<std::unique_ptr<SqliteLedger>> SqliteLedger::Create(Options options) {
  ENKRAT_ASSIGN_OR_RETURN(std::unique_ptr<Files> files, Files::Open(options));
  return std::unique_ptr<SqliteLedger>(new SqliteLedger(std::move(files)));
}

SqliteLedger::SqliteLedger(std::unique_ptr<Files> files) : files_(std::move(files)) {}
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
  return files_->Write(
      [completion](SqliteConnection& writer) { return InsertCompletion(writer, completion); });
}

absl::Status SqliteLedger::FailSession(const SessionFailure& failure) {
  ENKRAT_RETURN_IF_ERROR(CheckFailure(failure));
  return files_->Write(
      [failure](SqliteConnection& writer) { return InsertFailure(writer, failure); });
}

absl::Status SqliteLedger::RecordEvent(const EvidenceRecord& record) {
  ENKRAT_RETURN_IF_ERROR(CheckEvidence(record));
  return files_->Write([record](SqliteConnection& writer) { return InsertEvent(writer, record); });
}

absl::StatusOr<std::optional<SessionRecord>> SqliteLedger::FindSession(
    absl::string_view relying_party, absl::string_view request_id) {
  return files_->Read<std::optional<SessionRecord>>(
      [&](SqliteConnection& reader) { return SelectSession(reader, relying_party, request_id); });
}

absl::StatusOr<std::optional<SessionRecord>> SqliteLedger::FindSessionById(
    absl::string_view session_id) {
  return files_->Read<std::optional<SessionRecord>>(
      [&](SqliteConnection& reader) { return SelectSessionById(reader, session_id); });
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
  return files_->Read<std::optional<CertificateRecord>>(
      [&](SqliteConnection& reader) { return SelectCertificateBySerial(reader, serial_number); });
}

absl::StatusOr<std::optional<CertificateRecord>> SqliteLedger::FindCertificateByFingerprint(
    ByteSpan fingerprint_sha256) {
  return files_->Read<std::optional<CertificateRecord>>([&](SqliteConnection& reader) {
    return SelectCertificateByFingerprint(reader, fingerprint_sha256);
  });
}

absl::StatusOr<CertificatePage> SqliteLedger::ListCertificates(absl::string_view relying_party,
                                                               size_t page_size,
                                                               absl::string_view page_token) {
  return files_->Read<CertificatePage>([&](SqliteConnection& reader) {
    return SelectCertificates(reader, files_->salt(), relying_party, page_size, page_token);
  });
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
