// What the ledger answers, as SQL.
#include "store/ledger_reads.h"

#include <limits>

#include "common/reason.h"
#include "common/status_macros.h"
#include "store/bounds.h"
#include "store/page_token.h"

namespace enkrat::store {
namespace {

#define ENKRAT_SELECT_SESSION                                                            \
  "SELECT s.session_id, s.relying_party, s.request_id, s.request_digest, s.state,"       \
  " s.failure_reason, s.started_us, s.ended_us, s.result_digest, r.result, r.data_key, " \
  "s.erased_us"                                                                          \
  " FROM sessions s LEFT JOIN results r ON r.session = s.id "
#define ENKRAT_SELECT_CERTIFICATE                                                   \
  "SELECT c.id, s.session_id, c.relying_party, p.certificate, c.serial_number,"     \
  " c.fingerprint_sha256, c.not_before_us, c.not_after_us, p.data_key, s.erased_us" \
  " FROM certificates c JOIN sessions s ON s.id = c.session"                        \
  " LEFT JOIN personal_data p ON p.session = c.session "

absl::StatusOr<std::optional<StoredSession>> ReadSession(SqliteQuery& query) {
  ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
  if (!row) return std::optional<StoredSession>();
  const int64_t state = query.Integer(4);
  if (state < 0 || state > static_cast<int64_t>(SessionState::kAbandoned)) {
    return MakeError(Reason::kStoreUnavailable, "a session of an unknown state");
  }
  SessionRecord record;
  record.session_id = query.Text(0);
  record.relying_party = query.Text(1);
  record.request_id = query.Text(2);
  record.request_digest = query.Octets(3);
  record.state = static_cast<SessionState>(state);
  record.failure_reason = query.Text(5);
  record.started_at = absl::FromUnixMicros(query.Integer(6));
  if (!query.IsNull(7)) record.ended_at = absl::FromUnixMicros(query.Integer(7));
  record.result_digest = query.Octets(8);
  if (!query.IsNull(11)) record.personal_data_erased_at = absl::FromUnixMicros(query.Integer(11));
  StoredSession stored = {.record = std::move(record)};
  if (!query.IsNull(9)) stored.result = SealedOctets{query.Integer(10), query.Octets(9)};
  return std::make_optional(std::move(stored));
}

StoredCertificate CertificateOf(const SqliteQuery& query) {
  StoredCertificate stored = {.record = {.session_id = query.Text(1),
                                         .relying_party = query.Text(2),
                                         .der = {},
                                         .serial_number = query.Text(4),
                                         .fingerprint_sha256 = query.Octets(5),
                                         .not_before = absl::FromUnixMicros(query.Integer(6)),
                                         .not_after = absl::FromUnixMicros(query.Integer(7))}};
  if (!query.IsNull(3)) stored.der = SealedOctets{query.Integer(8), query.Octets(3)};
  if (!query.IsNull(9)) stored.record.erased_at = absl::FromUnixMicros(query.Integer(9));
  return stored;
}

absl::StatusOr<std::optional<StoredCertificate>> ReadCertificate(SqliteQuery& query) {
  ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
  if (!row) return std::optional<StoredCertificate>();
  return std::make_optional(CertificateOf(query));
}

// Columns: step, at_us, facts_json.
absl::StatusOr<std::vector<EvidenceRecord>> ReadEvidence(SqliteQuery& query) {
  std::vector<EvidenceRecord> evidence;
  while (true) {
    ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return evidence;
    evidence.push_back({query.Text(0), absl::FromUnixMicros(query.Integer(1)), query.Text(2)});
  }
}

}  // namespace

absl::StatusOr<std::optional<StoredSession>> SelectSession(SqliteConnection& reader,
                                                           absl::string_view relying_party,
                                                           absl::string_view request_id) {
  SqliteQuery query =
      reader.Query(ENKRAT_SELECT_SESSION "WHERE s.relying_party = ? AND s.request_id = ?");
  return ReadSession(query.Bind(relying_party).Bind(request_id));
}

absl::StatusOr<std::optional<StoredSession>> SelectSessionById(SqliteConnection& reader,
                                                               absl::string_view session_id) {
  SqliteQuery query = reader.Query(ENKRAT_SELECT_SESSION "WHERE s.session_id = ?");
  return ReadSession(query.Bind(session_id));
}

absl::StatusOr<bool> SelectRequestIdIsKnown(SqliteConnection& reader,
                                            absl::string_view request_id) {
  SqliteQuery query = reader.Query(
      "WITH RECURSIVE parties (name) AS (SELECT MIN(relying_party) FROM sessions UNION ALL"
      " SELECT (SELECT MIN(relying_party) FROM sessions WHERE relying_party > name) FROM parties"
      " WHERE name IS NOT NULL) SELECT 1 FROM parties JOIN sessions ON relying_party = name AND"
      " request_id = ? LIMIT 1");
  return query.Bind(request_id).Step();
}

absl::StatusOr<std::vector<EvidenceRecord>> SelectEvidence(SqliteConnection& reader,
                                                           absl::string_view session_id) {
  SqliteQuery query = reader.Query(
      "SELECT e.step, e.at_us, e.facts_json FROM evidence e JOIN sessions s ON s.id = e.session"
      " WHERE s.session_id = ? ORDER BY e.seq");
  return ReadEvidence(query.Bind(session_id));
}

absl::StatusOr<std::vector<EvidenceRecord>> SelectEvents(SqliteConnection& reader, absl::Time since,
                                                         size_t limit) {
  ENKRAT_RETURN_IF_ERROR(CheckEventLimit(limit));
  SqliteQuery query = reader.Query(
      "SELECT step, at_us, facts_json FROM evidence WHERE session IS NULL AND at_us >= ?"
      " ORDER BY at_us, id LIMIT ?");
  return ReadEvidence(query.Bind(absl::ToUnixMicros(since)).Bind(static_cast<int64_t>(limit)));
}

absl::StatusOr<std::optional<StoredCertificate>> SelectCertificateBySerial(
    SqliteConnection& reader, absl::string_view serial_number) {
  SqliteQuery query = reader.Query(ENKRAT_SELECT_CERTIFICATE "WHERE c.serial_number = ?");
  return ReadCertificate(query.Bind(serial_number));
}

absl::StatusOr<std::optional<StoredCertificate>> SelectCertificateByFingerprint(
    SqliteConnection& reader, ByteSpan fingerprint_sha256) {
  SqliteQuery query = reader.Query(ENKRAT_SELECT_CERTIFICATE "WHERE c.fingerprint_sha256 = ?");
  return ReadCertificate(query.Bind(fingerprint_sha256));
}

absl::StatusOr<std::optional<StoredCertificate>> SelectCertificateBySession(
    SqliteConnection& reader, absl::string_view session_id) {
  SqliteQuery query = reader.Query(ENKRAT_SELECT_CERTIFICATE
                                   "WHERE c.session = (SELECT id FROM sessions WHERE"
                                   " session_id = ?)");
  return ReadCertificate(query.Bind(session_id));
}

absl::StatusOr<StoredCertificatePage> SelectCertificates(SqliteConnection& reader, ByteSpan salt,
                                                         absl::string_view relying_party,
                                                         size_t page_size,
                                                         absl::string_view page_token) {
  ENKRAT_RETURN_IF_ERROR(CheckPageSize(page_size));
  int64_t last = std::numeric_limits<int64_t>::max();  // the first row of the page
  if (!page_token.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(last, ReadPageToken(salt, relying_party, page_token));
  }
  SqliteQuery query = reader.Query(ENKRAT_SELECT_CERTIFICATE
                                   "WHERE c.relying_party = ? AND c.id <= ?"
                                   " ORDER BY c.id DESC LIMIT ?");
  query.Bind(relying_party).Bind(last).Bind(static_cast<int64_t>(page_size) + 1);
  StoredCertificatePage page;
  while (true) {
    ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return page;
    if (page.certificates.size() == page_size) {
      ENKRAT_ASSIGN_OR_RETURN(page.next_page_token,
                              MakePageToken(salt, relying_party, query.Integer(0)));
      return page;
    }
    page.certificates.push_back(CertificateOf(query));
  }
}

absl::StatusOr<std::optional<EvidenceHead>> SelectEvidenceHead(SqliteConnection& reader,
                                                               absl::string_view session_id) {
  SqliteQuery query =
      reader.Query("SELECT evidence_count, evidence_head FROM sessions WHERE session_id = ?");
  ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Bind(session_id).Step());
  if (!row || query.IsNull(1)) return std::optional<EvidenceHead>();
  return std::make_optional(EvidenceHead{query.Integer(0), query.Octets(1)});
}

absl::StatusOr<std::vector<std::string>> SelectSessionIds(SqliteConnection& reader,
                                                          absl::string_view after, size_t limit) {
  // The row of `after`, which is not there before the first.
  SqliteQuery query = reader.Query(
      "SELECT session_id FROM sessions WHERE id > COALESCE((SELECT id FROM sessions"
      " WHERE session_id = ?), 0) ORDER BY id LIMIT ?");
  query.Bind(after).Bind(static_cast<int64_t>(limit));
  std::vector<std::string> ids;
  while (true) {
    ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return ids;
    ids.push_back(query.Text(0));
  }
}

absl::StatusOr<LedgerStatistics> SelectStatistics(SqliteConnection& reader) {
  SqliteQuery query = reader.Query("SELECT amount FROM session_counts ORDER BY state");
  LedgerStatistics statistics;
  for (uint64_t* amount : {&statistics.sessions_open, &statistics.sessions_completed,
                           &statistics.sessions_failed, &statistics.sessions_abandoned}) {
    ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return MakeError(Reason::kStoreUnavailable, "the session counts are incomplete");
    *amount = static_cast<uint64_t>(query.Integer(0));
  }
  return statistics;
}

#undef ENKRAT_SELECT_SESSION
#undef ENKRAT_SELECT_CERTIFICATE

}  // namespace enkrat::store
