// The tables of the SQLite ledger, and how an older file becomes a current one.
#ifndef ENKRAT_STORE_SCHEMA_H_
#define ENKRAT_STORE_SCHEMA_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "store/personal_migration.h"
#include "store/sqlite_connection.h"

namespace enkrat::store {

// "Enkr", in PRAGMA application_id: this file is a ledger.
inline constexpr int64_t kApplicationId = 0x456e6b72;

// The newest schema version (PRAGMA user_version) that this program knows.
int64_t CurrentSchemaVersion();

// OK for an empty file and for a ledger that this program can read or migrate; changes nothing.
// kConfigurationInvalid for a file of another application or a newer schema.
absl::Status CheckIdentity(SqliteConnection& connection);

// Makes an empty file a ledger, or applies the migrations that are missing, each in a transaction
// of its own. kConfigurationInvalid for a file of another application or a newer schema.
// Errors of a step that needs `tools`: personal_migration.h.
absl::Status MigrateSchema(SqliteConnection& writer, const MigrationTools& tools);

// OK for a ledger of the current schema; kConfigurationInvalid otherwise.
absl::Status CheckSchema(SqliteConnection& connection);

// 32 random octets of this ledger: what assertion ids are hashed with, so that the file does not
// tell which assertions were spent, and page tokens are made with.
absl::StatusOr<Bytes> ReadAssertionSalt(SqliteConnection& connection);

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_SCHEMA_H_
