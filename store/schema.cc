// The tables of the SQLite ledger, and how an older file becomes a current one.
#include "store/schema.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::store {
namespace {

constexpr size_t kSaltBytes = 32;

// Times are microseconds since 1970, UTC. Rowid tables throughout: a random primary key would
// halve the throughput (docs/stack.md). session_counts is kept by triggers, so that counting needs
// no scan.
constexpr char kFirstTables[] = R"sql(
CREATE TABLE meta (
  key   TEXT PRIMARY KEY NOT NULL,
  value BLOB NOT NULL
);
CREATE TABLE sessions (
  id             INTEGER PRIMARY KEY,
  session_id     TEXT NOT NULL UNIQUE,
  relying_party  TEXT NOT NULL,
  request_id     TEXT NOT NULL,
  request_digest BLOB NOT NULL,
  state          INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
  failure_reason TEXT NOT NULL DEFAULT '',
  started_us     INTEGER NOT NULL,
  ended_us       INTEGER,
  result_digest  BLOB NOT NULL DEFAULT x'',
  UNIQUE (relying_party, request_id)
);
CREATE INDEX open_sessions ON sessions (id) WHERE state = 0;
CREATE TABLE session_counts (
  state  INTEGER PRIMARY KEY,
  amount INTEGER NOT NULL
);
INSERT INTO session_counts VALUES (0, 0), (1, 0), (2, 0), (3, 0);
CREATE TRIGGER session_begins AFTER INSERT ON sessions BEGIN
  UPDATE session_counts SET amount = amount + 1 WHERE state = NEW.state;
END;
CREATE TRIGGER session_ends AFTER UPDATE OF state ON sessions BEGIN
  UPDATE session_counts SET amount = amount - 1 WHERE state = OLD.state;
  UPDATE session_counts SET amount = amount + 1 WHERE state = NEW.state;
END;
CREATE TABLE spent_assertions (
  id         INTEGER PRIMARY KEY,
  spent_key  BLOB NOT NULL UNIQUE,
  expires_us INTEGER NOT NULL
);
CREATE INDEX spent_assertions_by_expiry ON spent_assertions (expires_us);
CREATE TABLE certificates (
  id                 INTEGER PRIMARY KEY,
  session            INTEGER NOT NULL REFERENCES sessions (id),
  relying_party      TEXT NOT NULL,
  der                BLOB NOT NULL,
  serial_number      TEXT NOT NULL UNIQUE,
  fingerprint_sha256 BLOB NOT NULL UNIQUE,
  not_before_us      INTEGER NOT NULL,
  not_after_us       INTEGER NOT NULL
);
CREATE INDEX certificates_by_relying_party ON certificates (relying_party);
CREATE TABLE evidence (
  id         INTEGER PRIMARY KEY,
  session    INTEGER REFERENCES sessions (id),
  seq        INTEGER NOT NULL,
  at_us      INTEGER NOT NULL,
  step       TEXT NOT NULL,
  facts_json TEXT NOT NULL
);
CREATE UNIQUE INDEX evidence_by_session ON evidence (session, seq) WHERE session IS NOT NULL;
CREATE TABLE results (
  session    INTEGER PRIMARY KEY REFERENCES sessions (id),
  result     BLOB NOT NULL,
  expires_us INTEGER NOT NULL
);
CREATE INDEX results_by_expiry ON results (expires_us);
INSERT INTO meta VALUES ('heartbeat', 0);
)sql";

absl::Status CreateFirstTables(SqliteConnection& writer) {
  ENKRAT_RETURN_IF_ERROR(writer.Execute(kFirstTables));
  const Bytes salt = RandomBytes(kSaltBytes);
  return writer.Query("INSERT INTO meta VALUES ('assertion-salt', ?)").Bind(ByteSpan(salt)).Run();
}

// Events are read by time, and those that outsiders cause are dropped by it.
absl::Status IndexEvents(SqliteConnection& writer) {
  return writer.Execute("CREATE INDEX events_by_time ON evidence (at_us) WHERE session IS NULL");
}

// Counters of sessions by whose they are and the window of time (quota_counters.h).
absl::Status AddQuotaCounters(SqliteConnection& writer) {
  return writer.Execute(R"sql(
CREATE TABLE quota_counters (
  id        INTEGER PRIMARY KEY,
  quota_key BLOB NOT NULL,
  window_us INTEGER NOT NULL,
  amount    INTEGER NOT NULL CHECK (amount > 0),
  UNIQUE (quota_key, window_us)
);
CREATE INDEX quota_counters_by_window ON quota_counters (window_us);
)sql");
}

// Signing PINs. A person may have had several credentials; at most one is live (state 0 or 1).
absl::Status CreatePinTables(SqliteConnection& writer) {
  return writer.Execute(R"sql(
CREATE TABLE pin_credentials (
  id             INTEGER PRIMARY KEY,
  person         BLOB NOT NULL,
  credential_id  TEXT NOT NULL UNIQUE,
  relying_party  TEXT NOT NULL,
  state          INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
  pin_tries      INTEGER NOT NULL CHECK (pin_tries BETWEEN 0 AND 3),
  puk_tries      INTEGER NOT NULL CHECK (puk_tries BETWEEN 0 AND 3),
  revision       INTEGER NOT NULL,
  pin_salt       BLOB NOT NULL DEFAULT x'',
  pin_memory_kib INTEGER NOT NULL DEFAULT 0,
  pin_passes     INTEGER NOT NULL DEFAULT 0,
  pin_mac        BLOB NOT NULL DEFAULT x'',
  puk_salt       BLOB NOT NULL DEFAULT x'',
  puk_memory_kib INTEGER NOT NULL DEFAULT 0,
  puk_passes     INTEGER NOT NULL DEFAULT 0,
  puk_mac        BLOB NOT NULL DEFAULT x'',
  enrolled_us    INTEGER NOT NULL,
  changed_us     INTEGER NOT NULL
);
CREATE INDEX pin_credentials_by_person ON pin_credentials (person, id);
CREATE UNIQUE INDEX live_pin_credentials ON pin_credentials (person) WHERE state < 2;
CREATE TABLE pin_acts (
  id            INTEGER PRIMARY KEY,
  relying_party TEXT NOT NULL,
  request_id    TEXT NOT NULL,
  at_us         INTEGER NOT NULL,
  UNIQUE (relying_party, request_id)
);
INSERT INTO meta VALUES ('pin-decoy', 0);
)sql");
}

// What relying parties report of their certificates (problem_reports.h).
absl::Status AddProblemReports(SqliteConnection& writer) {
  return writer.Execute(R"sql(
CREATE TABLE problem_reports (
  id            INTEGER PRIMARY KEY,
  report_id     TEXT NOT NULL UNIQUE,
  relying_party TEXT NOT NULL,
  session       INTEGER NOT NULL REFERENCES sessions (id),
  serial_number TEXT NOT NULL,
  kind          TEXT NOT NULL,
  reported_us   INTEGER NOT NULL
);
CREATE INDEX problem_reports_by_relying_party ON problem_reports (relying_party, reported_us);
CREATE INDEX problem_reports_by_certificate ON problem_reports (serial_number);
CREATE INDEX problem_reports_by_session ON problem_reports (session);
)sql");
}

// What their reporters wrote, encrypted (personal_records.h).
absl::Status AddProblemTexts(SqliteConnection& writer) {
  return writer.Execute(R"sql(
ALTER TABLE problem_reports ADD COLUMN data_key INTEGER REFERENCES data_keys (id);
ALTER TABLE problem_reports ADD COLUMN text BLOB;
)sql");
}

// In order; the nth leads to version n. One that has been released is never changed.
struct Migration {
  constexpr Migration(absl::Status (*step)(SqliteConnection&)) : plain(step) {}
  constexpr Migration(absl::Status (*step)(SqliteConnection&, const MigrationTools&))
      : with_tools(step) {}
  absl::Status Run(SqliteConnection& writer, const MigrationTools& tools) const {
    return plain != nullptr ? plain(writer) : with_tools(writer, tools);
  }

  absl::Status (*plain)(SqliteConnection&) = nullptr;
  absl::Status (*with_tools)(SqliteConnection&, const MigrationTools&) = nullptr;
};
constexpr Migration kMigrations[] = {&CreateFirstTables, &IndexEvents,          &AddQuotaCounters,
                                     &CreatePinTables,   &SetPersonalDataApart, &AddProblemReports,
                                     &AddProblemTexts};

absl::Status Apply(SqliteConnection& writer, const Migration& migration, int64_t version,
                   const MigrationTools& tools) {
  ENKRAT_RETURN_IF_ERROR(writer.Execute("BEGIN IMMEDIATE"));
  absl::Status status = migration.Run(writer, tools);
  if (status.ok()) {
    status = writer.Execute(absl::StrCat("PRAGMA application_id=", kApplicationId,
                                         "; PRAGMA user_version=", version, "; COMMIT")
                                .c_str());
  }
  if (!status.ok() && writer.InTransaction()) writer.Execute("ROLLBACK").IgnoreError();
  return WithContext(status, absl::StrCat("migration to schema ", version));
}

// The schema's version; 0 for an empty file.
absl::StatusOr<int64_t> ReadVersion(SqliteConnection& connection) {
  ENKRAT_ASSIGN_OR_RETURN(const int64_t application,
                          connection.QueryInteger("PRAGMA application_id"));
  ENKRAT_ASSIGN_OR_RETURN(const int64_t version, connection.QueryInteger("PRAGMA user_version"));
  ENKRAT_ASSIGN_OR_RETURN(const int64_t objects,
                          connection.QueryInteger("SELECT COUNT(*) FROM sqlite_schema"));
  const bool empty = application == 0 && version == 0 && objects == 0;
  if (!empty && application != kApplicationId) {
    return MakeError(Reason::kConfigurationInvalid, "the file belongs to another application");
  }
  if (version < 0 || version > CurrentSchemaVersion()) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat("the ledger has schema ", version, ", this program knows ",
                                  CurrentSchemaVersion(), ": use a newer program"));
  }
  return version;
}

}  // namespace

int64_t CurrentSchemaVersion() { return static_cast<int64_t>(std::size(kMigrations)); }

absl::Status CheckIdentity(SqliteConnection& connection) {
  return ReadVersion(connection).status();
}

absl::Status MigrateSchema(SqliteConnection& writer, const MigrationTools& tools) {
  ENKRAT_ASSIGN_OR_RETURN(const int64_t version, ReadVersion(writer));
  for (int64_t next = version; next < CurrentSchemaVersion(); ++next) {
    ENKRAT_RETURN_IF_ERROR(Apply(writer, kMigrations[next], next + 1, tools));
  }
  return CheckSchema(writer);
}

absl::Status CheckSchema(SqliteConnection& connection) {
  ENKRAT_ASSIGN_OR_RETURN(const int64_t version, ReadVersion(connection));
  if (version == CurrentSchemaVersion()) return absl::OkStatus();
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat("the ledger has schema ", version, ", not ", CurrentSchemaVersion(),
                                ": start the service once to migrate it"));
}

absl::StatusOr<Bytes> ReadAssertionSalt(SqliteConnection& connection) {
  SqliteQuery query = connection.Query("SELECT value FROM meta WHERE key = 'assertion-salt'");
  ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
  Bytes salt = row ? query.Octets(0) : Bytes();
  // Never made anew: with another salt every spent assertion could be spent again.
  if (salt.size() != kSaltBytes) {
    return MakeError(Reason::kStoreUnavailable, "the ledger has lost its salt: restore a backup");
  }
  return salt;
}

}  // namespace enkrat::store
