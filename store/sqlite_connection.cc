// One SQLite connection with its settings checked and its prepared statements kept.
#include "store/sqlite_connection.h"

#include <sqlite3.h>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::store {
namespace {

constexpr int kBusyTimeoutMs = 5000;

// Whose fault an error is: a violated constraint and wrong SQL are ours.
Reason ReasonOfCode(int code) {
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
      return Reason::kInternal;
    default:
      return Reason::kStoreUnavailable;
  }
}

absl::Status NotKept(absl::string_view setting) {
  return MakeError(Reason::kStoreUnavailable, absl::StrCat("SQLite does not keep to ", setting));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(const std::string& path,
                                                                         Use use,
                                                                         const std::string& vfs) {
  const int access = use == Use::kWriting ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  sqlite3* database = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &database, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                      vfs.empty() ? nullptr : vfs.c_str());
  if (database == nullptr) return MakeError(Reason::kStoreUnavailable, "SQLite: out of memory");
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(database));
  if (code != SQLITE_OK) return WithContext(connection->Error(code), "open");
  ENKRAT_RETURN_IF_ERROR(WithContext(connection->Configure(use), "open"));
  return connection;
}

SqliteConnection::~SqliteConnection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

absl::Status SqliteConnection::Configure(Use use) {
  sqlite3_busy_timeout(database_, kBusyTimeoutMs);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  ENKRAT_RETURN_IF_ERROR(
      Execute("PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;"));
  ENKRAT_ASSIGN_OR_RETURN(const int64_t mmap_size, QueryInteger("PRAGMA mmap_size"));
  if (mmap_size != 0) return NotKept("mmap_size=0");
  if (use == Use::kWriting) return ConfigureWriting();
  // A reader must not checkpoint, not even when it is the last one to close.
  sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  return Execute("PRAGMA query_only=ON; PRAGMA wal_autocheckpoint=0;");
}

absl::Status SqliteConnection::ConfigureWriting() {
  ENKRAT_ASSIGN_OR_RETURN(const std::string journal, QueryText("PRAGMA journal_mode=WAL"));
  if (journal != "wal") return NotKept("journal_mode=WAL");
  // A checkpoint every 16 MiB of log (hot pages are copied once for many commits); the log shrinks
  // back to 64 MiB after a burst or a long reader. 32 MiB of cache keep the indexes at hand.
  ENKRAT_RETURN_IF_ERROR(
      Execute("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=4096; "
              "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-32768;"));
  ENKRAT_ASSIGN_OR_RETURN(const int64_t synchronous, QueryInteger("PRAGMA synchronous"));
  if (synchronous != 2) return NotKept("synchronous=FULL");
  ENKRAT_ASSIGN_OR_RETURN(const int64_t foreign_keys, QueryInteger("PRAGMA foreign_keys"));
  if (foreign_keys != 1) return NotKept("foreign_keys=ON");
  // What is erased is overwritten, not only unlinked.
  ENKRAT_ASSIGN_OR_RETURN(const int64_t secure_delete, QueryInteger("PRAGMA secure_delete=ON"));
  if (secure_delete != 1) return NotKept("secure_delete=ON");
  return absl::OkStatus();
}

absl::Status SqliteConnection::Error(int code) const {
  // errmsg of a constraint names the columns, never their values; other texts may quote SQL.
  const char* text =
      (code & 0xff) == SQLITE_CONSTRAINT ? sqlite3_errmsg(database_) : sqlite3_errstr(code);
  return MakeError(ReasonOfCode(code), absl::StrCat("SQLite: ", text, " (", code, ")"));
}

absl::Status SqliteConnection::Execute(const char* sql) {
  const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Error(code);
}

absl::StatusOr<int64_t> SqliteConnection::QueryInteger(const char* sql) {
  SqliteQuery query = Query(sql);
  ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
  if (!row) return MakeError(Reason::kInternal, "SQLite: no row");
  return query.Integer(0);
}

absl::StatusOr<std::string> SqliteConnection::QueryText(const char* sql) {
  SqliteQuery query = Query(sql);
  ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
  if (!row) return MakeError(Reason::kInternal, "SQLite: no row");
  return query.Text(0);
}

SqliteQuery SqliteConnection::Query(const char* sql) {
  sqlite3_stmt*& statement = statements_[sql];
  if (statement == nullptr) {
    const int code =
        sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return SqliteQuery(*this, nullptr, code);
  }
  if (sqlite3_stmt_busy(statement)) return SqliteQuery(*this, nullptr, SQLITE_MISUSE);
  return SqliteQuery(*this, statement, SQLITE_OK);
}

int64_t SqliteConnection::Changes() const { return sqlite3_changes64(database_); }
int64_t SqliteConnection::LastInsertId() const { return sqlite3_last_insert_rowid(database_); }
bool SqliteConnection::InTransaction() const { return sqlite3_get_autocommit(database_) == 0; }

bool SqliteConnection::FileIsGone() const {
  int moved = 0;
  const int code = sqlite3_file_control(database_, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return code == SQLITE_OK && moved != 0;
}

SqliteQuery::~SqliteQuery() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void SqliteQuery::Note(int code) {
  if (code_ == SQLITE_OK) code_ = code;
}

SqliteQuery& SqliteQuery::Bind(int64_t value) {
  Note(sqlite3_bind_int64(statement_, ++bound_, value));
  return *this;
}

SqliteQuery& SqliteQuery::Bind(absl::string_view text) {
  // A null address would bind NULL.
  const char* address = text.data() == nullptr ? "" : text.data();
  Note(sqlite3_bind_text64(statement_, ++bound_, address, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

SqliteQuery& SqliteQuery::Bind(ByteSpan octets) {
  if (octets.empty()) {
    Note(sqlite3_bind_zeroblob(statement_, ++bound_, 0));
  } else {
    Note(sqlite3_bind_blob64(statement_, ++bound_, octets.data(), octets.size(), SQLITE_STATIC));
  }
  return *this;
}

SqliteQuery& SqliteQuery::BindNull() {
  Note(sqlite3_bind_null(statement_, ++bound_));
  return *this;
}

absl::StatusOr<bool> SqliteQuery::Step() {
  if (code_ != SQLITE_OK) return connection_.Error(code_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  code_ = code;
  return connection_.Error(code);
}

absl::Status SqliteQuery::Run() {
  bool row = true;
  while (row) {
    ENKRAT_ASSIGN_OR_RETURN(row, Step());
  }
  return absl::OkStatus();
}

int64_t SqliteQuery::Integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string SqliteQuery::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return "";
  return std::string(text, static_cast<size_t>(sqlite3_column_bytes(statement_, column)));
}

Bytes SqliteQuery::Octets(int column) const {
  const auto* octets = static_cast<const uint8_t*>(sqlite3_column_blob(statement_, column));
  if (octets == nullptr) return {};
  return Bytes(octets, octets + sqlite3_column_bytes(statement_, column));
}

bool SqliteQuery::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

}  // namespace enkrat::store
