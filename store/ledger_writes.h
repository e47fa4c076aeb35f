// What the ledger writes, as SQL: one function a write, inside a transaction that the caller owns.
#ifndef ENKRAT_STORE_LEDGER_WRITES_H_
#define ENKRAT_STORE_LEDGER_WRITES_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "store/ledger.h"
#include "store/personal_records.h"
#include "store/records.h"
#include "store/sqlite_connection.h"

namespace enkrat::store {

// What an assertion is remembered by: SHA-256( salt || issuer || 0x00 || assertion id ). The file
// tells nobody which assertions there were. `issuer` holds no NUL (bounds.h).
Bytes SpentKey(ByteSpan salt, absl::string_view issuer, absl::string_view assertion_id);

// All need the records to be within bounds.h. Errors as in ledger.h.
absl::StatusOr<IntentOutcome> InsertIntent(SqliteConnection& writer, const SessionIntent& intent,
                                           ByteSpan spent_key);
// The personal parts are those in `parts`; those of the record are not looked at.
absl::Status InsertCompletion(SqliteConnection& writer, const SessionCompletion& completion,
                              const SealedParts& parts);
absl::Status InsertFailure(SqliteConnection& writer, const SessionFailure& failure,
                           const SealedParts& parts);
// Appends to a session, whatever its state, and moves the head of its chain (evidence_chain.h).
absl::Status AppendLateEvidence(SqliteConnection& writer, int64_t session,
                                const EvidenceRecord& record);
absl::Status InsertEvent(SqliteConnection& writer, const EvidenceRecord& record);

// Bounded pieces of long work, so that other writes get in between: at most `limit` sessions or
// rows (of each kind). How many; fewer than `limit` means that nothing is left.
absl::StatusOr<size_t> CloseSomeAbandoned(SqliteConnection& writer, absl::Time now, size_t limit);
absl::StatusOr<size_t> DropSomeSpent(SqliteConnection& writer, absl::Time now, size_t limit);
absl::StatusOr<size_t> DropSomeResults(SqliteConnection& writer, absl::Time now, size_t limit);
absl::StatusOr<size_t> DropSomeRejections(SqliteConnection& writer, absl::Time now, size_t limit);

absl::Status Heartbeat(SqliteConnection& writer);

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_LEDGER_WRITES_H_
