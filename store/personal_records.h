// What is personal, as rows: sealed when it ends a session, and opened when it is read. Internal to
// store/.
#ifndef ENKRAT_STORE_PERSONAL_RECORDS_H_
#define ENKRAT_STORE_PERSONAL_RECORDS_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/data_keys.h"
#include "store/records.h"
#include "store/sqlite_connection.h"

namespace enkrat::store {

// The place of each ciphertext.
SealedPlace CertificatePlace(absl::string_view session_id);
SealedPlace IdentityPlace(absl::string_view session_id);
SealedPlace ParticularsPlace(absl::string_view session_id);
SealedPlace ResultPlace(absl::string_view session_id);

// The end of a session, its personal parts encrypted with one key; absent parts are nullopt.
struct SealedParts {
  int64_t data_key = 0;
  absl::Time ends_at = {};  // the certificate's end, or the session's
  Bytes subject_key = {};   // empty: nobody
  std::optional<Bytes> certificate = std::nullopt;
  std::optional<Bytes> identity = std::nullopt;
  std::optional<Bytes> particulars = std::nullopt;
  std::optional<Bytes> result = std::nullopt;
};
absl::StatusOr<SealedParts> SealParts(const DataKey& key, const SessionCompletion& completion);
absl::StatusOr<SealedParts> SealParts(const DataKey& key, const SessionFailure& failure);

// The same records without what was sealed.
SessionCompletion WithoutParts(const SessionCompletion& completion);
SessionFailure WithoutParts(const SessionFailure& failure);

// The personal_data row of a session; none if there is nothing to keep.
absl::Status InsertParts(SqliteConnection& writer, int64_t session, const SealedParts& parts);

// What the tables answer: the record, and its personal part still encrypted.
struct StoredSession {
  SessionRecord record;
  std::optional<SealedOctets> result = std::nullopt;
};
struct StoredCertificate {
  CertificateRecord record;
  std::optional<SealedOctets> der = std::nullopt;
};
// `keys` null (a tool without the HSM): the personal part is left out.
absl::StatusOr<SessionRecord> Opened(StoredSession stored, DataKeys* keys);
absl::StatusOr<CertificateRecord> Opened(StoredCertificate stored, DataKeys* keys);

// The table data_keys. kStoreUnavailable for an id that is not there.
absl::StatusOr<int64_t> InsertDataKey(SqliteConnection& writer, ByteSpan wrapped, absl::Time now);
absl::StatusOr<Bytes> SelectDataKey(SqliteConnection& reader, int64_t id);
// (id, wrapped) of the newest one; nullopt if there is none.
absl::StatusOr<std::optional<std::pair<int64_t, Bytes>>> SelectNewestDataKey(
    SqliteConnection& reader);

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_PERSONAL_RECORDS_H_
