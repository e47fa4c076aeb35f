// How a ledger that held personal data in the clear becomes one that does not.
#include "store/personal_migration.h"

#include <string>
#include <utility>
#include <vector>

#include "common/reason.h"
#include "common/status_macros.h"
#include "store/data_keys.h"
#include "store/personal_records.h"

namespace enkrat::store {
namespace {

constexpr int64_t kRowsAtOnce = 200;  // that are in memory

// evidence_head: null in sessions of an older version, whose evidence has no chain. Ids of data
// keys are authenticated with what they encrypt, so none is used twice.
constexpr char kTables[] = R"sql(
CREATE TABLE data_keys (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  wrapped BLOB NOT NULL,
  made_us INTEGER NOT NULL
);
CREATE TABLE personal_data (
  session     INTEGER PRIMARY KEY REFERENCES sessions (id),
  data_key    INTEGER NOT NULL REFERENCES data_keys (id),
  subject_key BLOB,
  ends_us     INTEGER NOT NULL,
  certificate BLOB,
  identity    BLOB,
  particulars BLOB
);
CREATE INDEX personal_data_by_subject ON personal_data (subject_key, session)
  WHERE subject_key IS NOT NULL;
CREATE INDEX personal_data_by_end ON personal_data (ends_us, session);
CREATE INDEX certificates_by_session ON certificates (session);
ALTER TABLE results ADD COLUMN data_key INTEGER REFERENCES data_keys (id);
ALTER TABLE sessions ADD COLUMN evidence_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN evidence_head BLOB;
ALTER TABLE sessions ADD COLUMN erased_us INTEGER;
)sql";

struct ClearRow {
  int64_t row = 0;
  int64_t session = 0;
  std::string session_id;
  Bytes octets;
  int64_t ends_us = 0;
};

// The next rows after row `last`; `sql` selects row, session, session id, octets and end.
absl::StatusOr<std::vector<ClearRow>> NextRows(SqliteConnection& writer, const char* sql,
                                               int64_t last) {
  SqliteQuery query = writer.Query(sql);
  query.Bind(last).Bind(kRowsAtOnce);
  std::vector<ClearRow> rows;
  while (true) {
    ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return rows;
    rows.push_back(
        {query.Integer(0), query.Integer(1), query.Text(2), query.Octets(3), query.Integer(4)});
  }
}

absl::Status SealCertificates(SqliteConnection& writer, const DataKey& key) {
  int64_t last = 0;
  while (true) {
    ENKRAT_ASSIGN_OR_RETURN(
        const std::vector<ClearRow> rows,
        NextRows(writer,
                 "SELECT c.id, c.session, s.session_id, c.der, c.not_after_us FROM certificates c"
                 " JOIN sessions s ON s.id = c.session WHERE c.id > ? ORDER BY c.id LIMIT ?",
                 last));
    if (rows.empty()) return absl::OkStatus();
    for (const ClearRow& row : rows) {
      SealedParts parts = {.data_key = key.id(), .ends_at = absl::FromUnixMicros(row.ends_us)};
      ENKRAT_ASSIGN_OR_RETURN(parts.certificate,
                              key.Seal(CertificatePlace(row.session_id), row.octets));
      ENKRAT_RETURN_IF_ERROR(InsertParts(writer, row.session, parts));
    }
    last = rows.back().row;
  }
}

absl::Status SealResults(SqliteConnection& writer, const DataKey& key) {
  int64_t last = 0;
  while (true) {
    ENKRAT_ASSIGN_OR_RETURN(
        const std::vector<ClearRow> rows,
        NextRows(writer,
                 "SELECT r.session, r.session, s.session_id, r.result, r.expires_us FROM results r"
                 " JOIN sessions s ON s.id = r.session WHERE r.session > ? ORDER BY r.session"
                 " LIMIT ?",
                 last));
    if (rows.empty()) return absl::OkStatus();
    for (const ClearRow& row : rows) {
      ENKRAT_ASSIGN_OR_RETURN(const Bytes sealed,
                              key.Seal(ResultPlace(row.session_id), row.octets));
      ENKRAT_RETURN_IF_ERROR(
          writer.Query("UPDATE results SET result = ?, data_key = ? WHERE session = ?")
              .Bind(ByteSpan(sealed))
              .Bind(key.id())
              .Bind(row.session)
              .Run());
    }
    last = rows.back().row;
  }
}

absl::Status SealWhatIsThere(SqliteConnection& writer, const MigrationTools& tools) {
  if (tools.wrapper == nullptr) {
    return MakeError(Reason::kConfigurationInvalid,
                     "the ledger holds personal data that has to be encrypted, and there is no key "
                     "to wrap the key for it");
  }
  ENKRAT_ASSIGN_OR_RETURN(NewDataKey made, MakeDataKey(*tools.wrapper));
  ENKRAT_ASSIGN_OR_RETURN(const int64_t id, InsertDataKey(writer, made.wrapped, tools.now));
  const DataKey key(id, std::move(made.secret));
  ENKRAT_RETURN_IF_ERROR(SealCertificates(writer, key));
  ENKRAT_RETURN_IF_ERROR(SealResults(writer, key));
  return writer.Execute("INSERT INTO meta VALUES ('wipe-due', 1)");
}

}  // namespace

absl::Status SetPersonalDataApart(SqliteConnection& writer, const MigrationTools& tools) {
  ENKRAT_RETURN_IF_ERROR(writer.Execute(kTables));
  // Free pages still hold what was dropped: then, too, there is something to wipe.
  ENKRAT_ASSIGN_OR_RETURN(const int64_t certificates,
                          writer.QueryInteger("SELECT EXISTS (SELECT 1 FROM certificates)"));
  if (certificates != 0) ENKRAT_RETURN_IF_ERROR(SealWhatIsThere(writer, tools));
  return writer.Execute("ALTER TABLE certificates DROP COLUMN der");
}

absl::StatusOr<bool> WipeIsDue(SqliteConnection& connection) {
  ENKRAT_ASSIGN_OR_RETURN(
      const int64_t due,
      connection.QueryInteger("SELECT EXISTS (SELECT 1 FROM meta WHERE key = 'wipe-due')"));
  return due != 0;
}

absl::StatusOr<bool> WipeFile(SqliteConnection& writer) {
  // The copy that VACUUM makes on its way is as large as the file: not in memory.
  ENKRAT_RETURN_IF_ERROR(
      writer.Execute("PRAGMA temp_store=FILE; VACUUM; PRAGMA temp_store=MEMORY"));
  ENKRAT_ASSIGN_OR_RETURN(const bool emptied, EmptyLog(writer));
  if (emptied) ENKRAT_RETURN_IF_ERROR(writer.Execute("DELETE FROM meta WHERE key = 'wipe-due'"));
  return emptied;
}

absl::StatusOr<bool> EmptyLog(SqliteConnection& writer) {
  // While it waits for readers nobody can write: so not for long.
  ENKRAT_RETURN_IF_ERROR(writer.Execute("PRAGMA busy_timeout=500"));
  const absl::StatusOr<int64_t> busy = writer.QueryInteger("PRAGMA wal_checkpoint(TRUNCATE)");
  ENKRAT_RETURN_IF_ERROR(writer.Execute("PRAGMA busy_timeout=5000"));
  ENKRAT_RETURN_IF_ERROR(busy.status());
  return *busy == 0;
}

}  // namespace enkrat::store
