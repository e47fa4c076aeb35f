// What the ledger answers, as SQL: each answer is one statement, so it is of one moment.
#ifndef ENKRAT_STORE_LEDGER_READS_H_
#define ENKRAT_STORE_LEDGER_READS_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "store/evidence_trail.h"
#include "store/ledger.h"
#include "store/personal_records.h"
#include "store/records.h"
#include "store/sqlite_connection.h"

namespace enkrat::store {

// Errors and meanings as in ledger.h. A row that cannot be what the ledger wrote (an unknown state)
// is kStoreUnavailable.
absl::StatusOr<std::optional<StoredSession>> SelectSession(SqliteConnection& reader,
                                                           absl::string_view relying_party,
                                                           absl::string_view request_id);
absl::StatusOr<std::optional<StoredSession>> SelectSessionById(SqliteConnection& reader,
                                                               absl::string_view session_id);
// Asks once for each relying party that has sessions: their index begins with it.
absl::StatusOr<bool> SelectRequestIdIsKnown(SqliteConnection& reader, absl::string_view request_id);
absl::StatusOr<std::vector<EvidenceRecord>> SelectEvidence(SqliteConnection& reader,
                                                           absl::string_view session_id);
absl::StatusOr<std::vector<EvidenceRecord>> SelectEvents(SqliteConnection& reader, absl::Time since,
                                                         size_t limit);
absl::StatusOr<std::optional<StoredCertificate>> SelectCertificateBySerial(
    SqliteConnection& reader, absl::string_view serial_number);
absl::StatusOr<std::optional<StoredCertificate>> SelectCertificateByFingerprint(
    SqliteConnection& reader, ByteSpan fingerprint_sha256);
absl::StatusOr<std::optional<StoredCertificate>> SelectCertificateBySession(
    SqliteConnection& reader, absl::string_view session_id);
struct StoredCertificatePage {
  std::vector<StoredCertificate> certificates;
  std::string next_page_token;
};
// `salt` is what page tokens are made with.
absl::StatusOr<StoredCertificatePage> SelectCertificates(SqliteConnection& reader, ByteSpan salt,
                                                         absl::string_view relying_party,
                                                         size_t page_size,
                                                         absl::string_view page_token);
// evidence_trail.h.
absl::StatusOr<std::optional<EvidenceHead>> SelectEvidenceHead(SqliteConnection& reader,
                                                               absl::string_view session_id);
absl::StatusOr<std::vector<std::string>> SelectSessionIds(SqliteConnection& reader,
                                                          absl::string_view after, size_t limit);
// The sessions only; what a process counts itself stays 0.
absl::StatusOr<LedgerStatistics> SelectStatistics(SqliteConnection& reader);

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_LEDGER_READS_H_
