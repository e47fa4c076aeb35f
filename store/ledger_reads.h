// What the ledger answers, as SQL: each answer is one statement, so it is of one moment.
#ifndef ENKRAT_STORE_LEDGER_READS_H_
#define ENKRAT_STORE_LEDGER_READS_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "store/ledger.h"
#include "store/records.h"
#include "store/sqlite_connection.h"

namespace enkrat::store {

// Errors and meanings as in ledger.h. A row that cannot be what the ledger wrote (an unknown state)
// is kStoreUnavailable.
absl::StatusOr<std::optional<SessionRecord>> SelectSession(SqliteConnection& reader,
                                                           absl::string_view relying_party,
                                                           absl::string_view request_id);
absl::StatusOr<std::optional<SessionRecord>> SelectSessionById(SqliteConnection& reader,
                                                               absl::string_view session_id);
absl::StatusOr<std::vector<EvidenceRecord>> SelectEvidence(SqliteConnection& reader,
                                                           absl::string_view session_id);
absl::StatusOr<std::vector<EvidenceRecord>> SelectEvents(SqliteConnection& reader, absl::Time since,
                                                         size_t limit);
absl::StatusOr<std::optional<CertificateRecord>> SelectCertificateBySerial(
    SqliteConnection& reader, absl::string_view serial_number);
absl::StatusOr<std::optional<CertificateRecord>> SelectCertificateByFingerprint(
    SqliteConnection& reader, ByteSpan fingerprint_sha256);
// `salt` is what page tokens are made with.
absl::StatusOr<CertificatePage> SelectCertificates(SqliteConnection& reader, ByteSpan salt,
                                                   absl::string_view relying_party,
                                                   size_t page_size, absl::string_view page_token);
// The sessions only; what a process counts itself stays 0.
absl::StatusOr<LedgerStatistics> SelectStatistics(SqliteConnection& reader);

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_LEDGER_READS_H_
