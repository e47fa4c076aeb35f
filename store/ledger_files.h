// What the SQLite ledger has open: the lock, the writing connection behind its queue, the readers.
// Internal to store/.
#ifndef ENKRAT_STORE_LEDGER_FILES_H_
#define ENKRAT_STORE_LEDGER_FILES_H_

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/status_macros.h"
#include "store/commit_queue.h"
#include "store/data_keys.h"
#include "store/ledger_file.h"
#include "store/reader_pool.h"
#include "store/sqlite_connection.h"
#include "store/sqlite_ledger.h"

namespace enkrat::store {

// Thread-safe. One a ledger, shared by all that keep their tables in it.
class LedgerFiles {
 public:
  // Of long work, so that other writes get in between.
  static constexpr size_t kRowsPerPiece = 500;

  // As SqliteLedger::Create.
  static absl::StatusOr<std::unique_ptr<LedgerFiles>> Open(const SqliteLedger::Options& options);

  // CommitQueue::Commit; kStoreUnavailable when open for reading only.
  absl::Status Write(CommitQueue::Write write);
  // `piece` until it answers fewer than kRowsPerPiece; the sum.
  absl::StatusOr<size_t> WriteInPieces(
      const std::function<absl::StatusOr<size_t>(SqliteConnection&)>& piece);

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

  // Empties the log so that what was erased is gone from it; false while a reader hinders that.
  // Then FinishWipe tries again, if it is due.
  absl::StatusOr<bool> Wipe();
  absl::Status FinishWipe();

  // Null in a tool without the HSM's keys.
  DataKeys* keys() { return keys_.get(); }

  ByteSpan salt() const { return salt_; }
  // Null when open for reading only.
  const CommitQueue* queue() const { return queue_.get(); }

 private:
  LedgerFiles() = default;
  absl::Status OpenWriter(const SqliteLedger::Options& options);
  absl::Status BeginKeys(SqliteConnection& writer, const SqliteLedger::Options& options);
  void MakeKeys(const SqliteLedger::Options& options);

  // In this order, so that the readers close first and the lock goes last.
  std::optional<WriterLock> lock_;  // none when reading only
  Bytes salt_;
  std::unique_ptr<CommitQueue> queue_;  // null when reading only
  std::unique_ptr<ReaderPool> readers_;
  std::unique_ptr<DataKeys> keys_;
  std::atomic<bool> wipe_due_{false};
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_LEDGER_FILES_H_
