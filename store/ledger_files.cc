// What the SQLite ledger has open.
#include "store/ledger_files.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "store/personal_migration.h"
#include "store/personal_records.h"
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
  if (!options.read_only && (options.key_wrapper == nullptr || options.clock == nullptr)) {
    return MakeError(Reason::kConfigurationInvalid,
                     "a ledger is not written without a key wrapper and a clock");
  }
  std::unique_ptr<LedgerFiles> files(new LedgerFiles);
  files->MakeKeys(options);
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
  ENKRAT_RETURN_IF_ERROR(
      MigrateSchema(*writer, {.wrapper = options.key_wrapper, .now = options.clock->Now()}));
  ENKRAT_RETURN_IF_ERROR(BeginKeys(*writer, options));
  ENKRAT_ASSIGN_OR_RETURN(const bool wipe, WipeIsDue(*writer));
  if (wipe) {
    ENKRAT_ASSIGN_OR_RETURN(const bool wiped, WipeFile(*writer));
    wipe_due_ = !wiped;
  }
  queue_ = std::make_unique<CommitQueue>(
      std::move(writer),
      CommitQueue::Options{.queue_limit = options.queue_limit, .logger = options.logger});
  return absl::OkStatus();
}

void LedgerFiles::MakeKeys(const SqliteLedger::Options& options) {
  if (options.key_wrapper == nullptr) return;
  DataKeys::Options keys = {
      .wrapper = options.key_wrapper, .clock = options.clock, .logger = options.logger};
  keys.load = [this](int64_t id) {
    return Read<Bytes>([id](SqliteConnection& reader) { return SelectDataKey(reader, id); });
  };
  keys.save = [this, clock = options.clock](Bytes wrapped) -> absl::StatusOr<int64_t> {
    const auto id = std::make_shared<int64_t>(0);
    ENKRAT_RETURN_IF_ERROR(Write([=](SqliteConnection& writer) -> absl::Status {
      ENKRAT_ASSIGN_OR_RETURN(*id, InsertDataKey(writer, wrapped, clock->Now()));
      return absl::OkStatus();
    }));
    return *id;
  };
  keys_ = std::make_unique<DataKeys>(std::move(keys));
}

// A wrapper that cannot unwrap what is there has lost its key, or is of another token: found out
// before anything is encrypted with the new one.
absl::Status LedgerFiles::BeginKeys(SqliteConnection& writer,
                                    const SqliteLedger::Options& options) {
  ENKRAT_ASSIGN_OR_RETURN(const auto newest, SelectNewestDataKey(writer));
  if (newest.has_value()) {
    const absl::Status unwrapped = options.key_wrapper->Unwrap(newest->second).status();
    ENKRAT_RETURN_IF_ERROR(
        WithContext(unwrapped, absl::StrCat("data key ", newest->first, " of the ledger")));
  }
  ENKRAT_ASSIGN_OR_RETURN(NewDataKey made, MakeDataKey(*options.key_wrapper));
  ENKRAT_ASSIGN_OR_RETURN(const int64_t id,
                          InsertDataKey(writer, made.wrapped, options.clock->Now()));
  keys_->Begin(id, std::move(made.secret));
  return absl::OkStatus();
}

absl::StatusOr<bool> LedgerFiles::Wipe() {
  if (queue_ == nullptr) {
    return MakeError(Reason::kStoreUnavailable, "the ledger is open for reading only");
  }
  const auto emptied = std::make_shared<bool>(false);
  wipe_due_ = true;
  ENKRAT_RETURN_IF_ERROR(queue_->Maintain([emptied](SqliteConnection& writer) -> absl::Status {
    ENKRAT_ASSIGN_OR_RETURN(const bool file, WipeIsDue(writer));
    ENKRAT_ASSIGN_OR_RETURN(*emptied, file ? WipeFile(writer) : EmptyLog(writer));
    return absl::OkStatus();
  }));
  wipe_due_ = !*emptied;
  return *emptied;
}

absl::Status LedgerFiles::FinishWipe() { return wipe_due_ ? Wipe().status() : absl::OkStatus(); }

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
