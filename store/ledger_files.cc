// What the SQLite ledger has open.
#include "store/ledger_files.h"

#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "store/schema.h"

namespace enkrat::store {
namespace {

constexpr size_t kReaders = 4;

using Use = SqliteConnection::Use;

// Before SQLite may write a byte: whose file is it?
absl::Status CheckBeforeWriting(const SqliteLedger::Options& options) {
  ENKRAT_ASSIGN_OR_RETURN(const auto reader,
                          SqliteConnection::Open(options.path, Use::kReading, options.vfs_name));
  return CheckIdentity(*reader);
}

}  // namespace

absl::StatusOr<std::unique_ptr<LedgerFiles>> LedgerFiles::Open(
    const SqliteLedger::Options& options) {
  std::unique_ptr<LedgerFiles> files(new LedgerFiles);
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

absl::Status LedgerFiles::OpenWriter(const SqliteLedger::Options& options) {
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

absl::Status LedgerFiles::Write(CommitQueue::Write write) {
  if (queue_ != nullptr) return queue_->Commit(std::move(write));
  return MakeError(Reason::kStoreUnavailable, "the ledger is open for reading only");
}

absl::StatusOr<size_t> LedgerFiles::WriteInPieces(
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

}  // namespace enkrat::store
