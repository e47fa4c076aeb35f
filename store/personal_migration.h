// How a ledger that held personal data in the clear becomes one that does not. Internal to store/.
#ifndef ENKRAT_STORE_PERSONAL_MIGRATION_H_
#define ENKRAT_STORE_PERSONAL_MIGRATION_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/key_wrapper.h"
#include "store/sqlite_connection.h"

namespace enkrat::store {

// What a migration may need beside the file. The wrapper is not owned.
struct MigrationTools {
  KeyWrapper* wrapper = nullptr;
  absl::Time now;
};

// Inside a transaction: makes the tables of personal data and chained evidence, encrypts every
// certificate and result that is there, and notes that their octets have to be wiped.
// kConfigurationInvalid if there is something to encrypt and no wrapper; the wrapper's errors.
absl::Status SetPersonalDataApart(SqliteConnection& writer, const MigrationTools& tools);

// Whether such a note stands; outside a transaction: rewrites the file and empties its log, so that
// nothing of what stood in it before is left, and takes the note away. False if a reader of the old
// file hinders that: next time.
absl::StatusOr<bool> WipeIsDue(SqliteConnection& connection);
absl::StatusOr<bool> WipeFile(SqliteConnection& writer);

// Outside a transaction: brings all of the log into the file and cuts it to nothing. False if a
// reader hinders it.
absl::StatusOr<bool> EmptyLog(SqliteConnection& writer);

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_PERSONAL_MIGRATION_H_
