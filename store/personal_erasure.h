// Retention and erasure, as SQL: one function a statement of the law, inside a transaction that the
// caller owns. Internal to store/.
#ifndef ENKRAT_STORE_PERSONAL_ERASURE_H_
#define ENKRAT_STORE_PERSONAL_ERASURE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/personal_data.h"
#include "store/personal_records.h"
#include "store/sqlite_connection.h"

namespace enkrat::store {

// kRequestMalformed, with the field.
absl::Status CheckErasureReason(absl::string_view reason);
absl::Status CheckSubjectKey(ByteSpan subject_key);

// As PersonalDataLedger; `retention` is kept after the end.
absl::StatusOr<DuePage> SelectDue(SqliteConnection& reader, absl::Time due_before,
                                  absl::Duration retention, size_t page_size,
                                  absl::string_view page_token);

// At most `limit` sessions that are due; fewer mean that nothing is left.
absl::StatusOr<std::vector<ErasedSession>> EraseSomeDue(SqliteConnection& writer,
                                                        const ErasureOrder& order,
                                                        absl::Duration retention, size_t limit);

// The subject's sessions of one page.
absl::StatusOr<ErasurePage> EraseOfSubject(SqliteConnection& writer,
                                           const PersonalDataLedger::SubjectErasure& subject,
                                           const ErasureOrder& order, absl::Duration retention);

// What is held of a subject's sessions, still encrypted.
struct StoredHolding {
  std::string session_id;
  absl::Time due_at;
  Bytes subject_key;
  int64_t data_key = 0;
  std::optional<Bytes> identity = std::nullopt;
  std::optional<Bytes> particulars = std::nullopt;
};
struct StoredHoldingPage {
  std::vector<StoredHolding> holdings;
  std::string next_page_token;
};
absl::StatusOr<StoredHoldingPage> SelectHoldings(SqliteConnection& reader, ByteSpan subject_key,
                                                 absl::Duration retention, size_t page_size,
                                                 absl::string_view page_token);

absl::StatusOr<std::vector<std::string>> SelectRelyingParties(SqliteConnection& reader);

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_PERSONAL_ERASURE_H_
