// One SQLite connection with its settings checked and its prepared statements kept.
#ifndef ENKRAT_STORE_SQLITE_CONNECTION_H_
#define ENKRAT_STORE_SQLITE_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"

struct sqlite3;
struct sqlite3_stmt;

namespace enkrat::store {

class SqliteQuery;

// For one thread at a time. Errors: kStoreUnavailable for what the disk or another process is to
// blame for, kInternal for a violated constraint or wrong SQL. Messages never hold values.
class SqliteConnection {
 public:
  enum class Use { kWriting, kReading };

  // Opens an existing file. A writing connection is WAL with synchronous=FULL, foreign keys on,
  // secure_delete and no mmap, each read back: kStoreUnavailable if SQLite does not comply. A
  // reading one can neither write nor checkpoint (WAL-reset race of SQLite 3.7.0-3.51.2:
  // docs/stack.md). `vfs`: empty for the system's own.
  static absl::StatusOr<std::unique_ptr<SqliteConnection>> Open(const std::string& path, Use use,
                                                                const std::string& vfs);
  ~SqliteConnection();

  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  // Statements without parameters and rows, one or more.
  absl::Status Execute(const char* sql);
  // The first column of the only row.
  absl::StatusOr<int64_t> QueryInteger(const char* sql);
  absl::StatusOr<std::string> QueryText(const char* sql);
  // `sql` is one statement with static storage: it is prepared once. One query of it at a time.
  SqliteQuery Query(const char* sql);

  // Rows that the last statement changed; the id of the row that was inserted last.
  int64_t Changes() const;
  int64_t LastInsertId() const;
  // SQLite rolls a transaction back by itself after some errors.
  bool InTransaction() const;
  // The file was renamed, replaced or deleted under us: what is written would be lost.
  bool FileIsGone() const;

 private:
  friend class SqliteQuery;
  explicit SqliteConnection(sqlite3* database) : database_(database) {}
  absl::Status Configure(Use use);
  absl::Status ConfigureWriting();
  absl::Status Error(int code) const;

  sqlite3* const database_;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;  // by address
};

// One run of a prepared statement: bind all parameters in order, then step. Errors while binding
// come out of the first Step. Resets the statement at the end.
class SqliteQuery {
 public:
  ~SqliteQuery();
  SqliteQuery(const SqliteQuery&) = delete;
  SqliteQuery& operator=(const SqliteQuery&) = delete;

  // Texts and octets must live until the query ends: SQLite is given their addresses.
  SqliteQuery& Bind(int64_t value);
  SqliteQuery& Bind(absl::string_view text);
  SqliteQuery& Bind(ByteSpan octets);
  SqliteQuery& BindNull();

  // True for a row, false at the end.
  absl::StatusOr<bool> Step();
  // To the end, for statements without rows.
  absl::Status Run();

  // Columns of the current row, from 0.
  int64_t Integer(int column) const;
  std::string Text(int column) const;
  Bytes Octets(int column) const;
  bool IsNull(int column) const;

 private:
  friend class SqliteConnection;
  SqliteQuery(SqliteConnection& connection, sqlite3_stmt* statement, int code)
      : connection_(connection), statement_(statement), code_(code) {}
  void Note(int code);

  SqliteConnection& connection_;
  sqlite3_stmt* const statement_;  // null if it could not be prepared
  int code_;                       // the first error
  int bound_ = 0;
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_SQLITE_CONNECTION_H_
