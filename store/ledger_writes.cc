// What the ledger writes, as SQL.
#include "store/ledger_writes.h"

#include <optional>
#include <vector>

#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "store/evidence_chain.h"
#include "store/quota_counters.h"

namespace enkrat::store {
namespace {

// What a write must know of a session that is still open.
struct OpenSession {
  int64_t row = 0;
  std::string relying_party;
};

// The evidence of a session so far. A session that an older version began has no chain.
struct EvidenceTail {
  int64_t count = 0;
  std::optional<EvidenceChain> chain = std::nullopt;
};

int64_t Code(SessionState state) { return static_cast<int64_t>(state); }

absl::StatusOr<OpenSession> FindOpen(SqliteConnection& writer, absl::string_view session_id) {
  SqliteQuery query =
      writer.Query("SELECT id, relying_party FROM sessions WHERE session_id = ? AND state = 0");
  ENKRAT_ASSIGN_OR_RETURN(const bool found, query.Bind(session_id).Step());
  if (!found) return MakeError(Reason::kInternal, "the session is not open");
  return OpenSession{query.Integer(0), query.Text(1)};
}

absl::StatusOr<EvidenceTail> FindTail(SqliteConnection& writer, int64_t session) {
  SqliteQuery query =
      writer.Query("SELECT evidence_count, evidence_head FROM sessions WHERE id = ?");
  ENKRAT_ASSIGN_OR_RETURN(const bool found, query.Bind(session).Step());
  if (!found) return MakeError(Reason::kInternal, "no such session");
  if (!query.IsNull(1)) {
    return EvidenceTail{query.Integer(0), EvidenceChain(query.Integer(0), query.Octets(1))};
  }
  SqliteQuery last = writer.Query("SELECT COALESCE(MAX(seq), 0) FROM evidence WHERE session = ?");
  ENKRAT_RETURN_IF_ERROR(last.Bind(session).Step().status());
  return EvidenceTail{last.Integer(0), std::nullopt};
}

absl::Status InsertOneEvidence(SqliteConnection& writer, int64_t session, int64_t seq,
                               const EvidenceRecord& record) {
  return writer
      .Query("INSERT INTO evidence (session, seq, at_us, step, facts_json) VALUES (?, ?, ?, ?, ?)")
      .Bind(session)
      .Bind(seq)
      .Bind(absl::ToUnixMicros(record.at))
      .Bind(absl::string_view(record.step))
      .Bind(absl::string_view(record.facts_json))
      .Run();
}

// Moves `tail`, which the caller puts into the session's row.
absl::Status AppendEvidence(SqliteConnection& writer, int64_t session,
                            const std::vector<EvidenceRecord>& evidence, EvidenceTail& tail) {
  for (const EvidenceRecord& record : evidence) {
    ENKRAT_RETURN_IF_ERROR(InsertOneEvidence(writer, session, ++tail.count, record));
    if (tail.chain.has_value()) tail.chain->Append(record);
  }
  return absl::OkStatus();
}

// Two parameters: evidence_count and evidence_head. `tail` outlives the query.
SqliteQuery& BindTail(SqliteQuery& query, const EvidenceTail& tail) {
  query.Bind(tail.chain.has_value() ? tail.count : int64_t{0});
  return tail.chain.has_value() ? query.Bind(ByteSpan(tail.chain->head())) : query.BindNull();
}

absl::Status InsertCertificate(SqliteConnection& writer, const OpenSession& session,
                               const CertificateRecord& certificate) {
  if (certificate.relying_party != session.relying_party) {
    return MakeError(Reason::kInternal, "certificate of another relying party");
  }
  return writer
      .Query(
          "INSERT INTO certificates (session, relying_party, serial_number, fingerprint_sha256,"
          " not_before_us, not_after_us) VALUES (?, ?, ?, ?, ?, ?)")
      .Bind(session.row)
      .Bind(absl::string_view(certificate.relying_party))
      .Bind(absl::string_view(certificate.serial_number))
      .Bind(ByteSpan(certificate.fingerprint_sha256))
      .Bind(absl::ToUnixMicros(certificate.not_before))
      .Bind(absl::ToUnixMicros(certificate.not_after))
      .Run();
}

absl::StatusOr<bool> RequestIdTaken(SqliteConnection& writer, const SessionIntent& intent) {
  SqliteQuery query =
      writer.Query("SELECT 1 FROM sessions WHERE relying_party = ? AND request_id = ?");
  return query.Bind(absl::string_view(intent.relying_party))
      .Bind(absl::string_view(intent.request_id))
      .Step();
}

absl::Status InsertSession(SqliteConnection& writer, const SessionIntent& intent) {
  EvidenceTail tail = {.chain = EvidenceChain(intent.session_id)};
  for (const EvidenceRecord& record : intent.evidence) {
    tail.chain->Append(record);
    ++tail.count;
  }
  {
    SqliteQuery query = writer.Query(
        "INSERT INTO sessions (session_id, relying_party, request_id, request_digest, state,"
        " started_us, evidence_count, evidence_head) VALUES (?, ?, ?, ?, 0, ?, ?, ?)");
    query.Bind(absl::string_view(intent.session_id))
        .Bind(absl::string_view(intent.relying_party))
        .Bind(absl::string_view(intent.request_id))
        .Bind(ByteSpan(intent.request_digest))
        .Bind(absl::ToUnixMicros(intent.started_at));
    ENKRAT_RETURN_IF_ERROR(BindTail(query, tail).Run());
  }
  const int64_t session = writer.LastInsertId();
  int64_t seq = 0;
  for (const EvidenceRecord& record : intent.evidence) {
    ENKRAT_RETURN_IF_ERROR(InsertOneEvidence(writer, session, ++seq, record));
  }
  return absl::OkStatus();
}

absl::Status InsertResult(SqliteConnection& writer, int64_t session,
                          const SessionCompletion& completion, const SealedParts& parts) {
  if (!parts.result.has_value()) return MakeError(Reason::kInternal, "no result is sealed");
  return writer
      .Query("INSERT INTO results (session, result, expires_us, data_key) VALUES (?, ?, ?, ?)")
      .Bind(session)
      .Bind(ByteSpan(*parts.result))
      .Bind(absl::ToUnixMicros(completion.result_expires_at))
      .Bind(parts.data_key)
      .Run();
}

absl::Status Abandon(SqliteConnection& writer, int64_t session, absl::Time now) {
  ENKRAT_ASSIGN_OR_RETURN(EvidenceTail tail, FindTail(writer, session));
  ENKRAT_RETURN_IF_ERROR(AppendEvidence(writer, session, {{"session-abandoned", now, "{}"}}, tail));
  SqliteQuery query = writer.Query(
      "UPDATE sessions SET state = ?, ended_us = ?, evidence_count = ?, evidence_head = ?"
      " WHERE id = ? AND state = 0");
  query.Bind(Code(SessionState::kAbandoned)).Bind(absl::ToUnixMicros(now));
  return BindTail(query, tail).Bind(session).Run();
}

}  // namespace

Bytes SpentKey(ByteSpan salt, absl::string_view issuer, absl::string_view assertion_id) {
  Bytes message = ToBytes(salt);
  Append(message, AsSpan(issuer));
  message.push_back(0);
  Append(message, AsSpan(assertion_id));
  const auto digest = Sha256(message);
  return Bytes(digest.begin(), digest.end());
}

absl::StatusOr<IntentOutcome> InsertIntent(SqliteConnection& writer, const SessionIntent& intent,
                                           ByteSpan spent_key) {
  // There is one writer, so what is looked up here cannot change before it is written.
  ENKRAT_ASSIGN_OR_RETURN(const bool taken, RequestIdTaken(writer, intent));
  if (taken) return IntentOutcome::kRequestIdTaken;
  ENKRAT_ASSIGN_OR_RETURN(const bool room, QuotasHaveRoom(writer, intent.quotas));
  if (!room) return IntentOutcome::kQuotaExceeded;
  ENKRAT_RETURN_IF_ERROR(writer
                             .Query("INSERT INTO spent_assertions (spent_key, expires_us)"
                                    " VALUES (?, ?) ON CONFLICT (spent_key) DO NOTHING")
                             .Bind(spent_key)
                             .Bind(absl::ToUnixMicros(intent.assertion_expires_at))
                             .Run());
  if (writer.Changes() == 0) return IntentOutcome::kAssertionSpent;
  ENKRAT_RETURN_IF_ERROR(InsertSession(writer, intent));
  ENKRAT_RETURN_IF_ERROR(CountInQuotas(writer, intent.quotas));
  return IntentOutcome::kRecorded;
}

absl::Status InsertCompletion(SqliteConnection& writer, const SessionCompletion& completion,
                              const SealedParts& parts) {
  ENKRAT_ASSIGN_OR_RETURN(const OpenSession session, FindOpen(writer, completion.session_id));
  ENKRAT_ASSIGN_OR_RETURN(EvidenceTail tail, FindTail(writer, session.row));
  ENKRAT_RETURN_IF_ERROR(InsertCertificate(writer, session, completion.certificate));
  ENKRAT_RETURN_IF_ERROR(InsertParts(writer, session.row, parts));
  ENKRAT_RETURN_IF_ERROR(AppendEvidence(writer, session.row, completion.evidence, tail));
  ENKRAT_RETURN_IF_ERROR(InsertResult(writer, session.row, completion, parts));
  SqliteQuery query = writer.Query(
      "UPDATE sessions SET state = ?, ended_us = ?, result_digest = ?, evidence_count = ?,"
      " evidence_head = ? WHERE id = ? AND state = 0");
  query.Bind(Code(SessionState::kCompleted))
      .Bind(absl::ToUnixMicros(completion.completed_at))
      .Bind(ByteSpan(completion.result_digest));
  return BindTail(query, tail).Bind(session.row).Run();
}

absl::Status InsertFailure(SqliteConnection& writer, const SessionFailure& failure,
                           const SealedParts& parts) {
  ENKRAT_ASSIGN_OR_RETURN(const OpenSession session, FindOpen(writer, failure.session_id));
  ENKRAT_ASSIGN_OR_RETURN(EvidenceTail tail, FindTail(writer, session.row));
  if (failure.certificate.has_value()) {
    ENKRAT_RETURN_IF_ERROR(InsertCertificate(writer, session, *failure.certificate));
  }
  ENKRAT_RETURN_IF_ERROR(InsertParts(writer, session.row, parts));
  ENKRAT_RETURN_IF_ERROR(AppendEvidence(writer, session.row, failure.evidence, tail));
  SqliteQuery query = writer.Query(
      "UPDATE sessions SET state = ?, ended_us = ?, failure_reason = ?, evidence_count = ?,"
      " evidence_head = ? WHERE id = ? AND state = 0");
  query.Bind(Code(SessionState::kFailed))
      .Bind(absl::ToUnixMicros(failure.failed_at))
      .Bind(absl::string_view(failure.reason));
  return BindTail(query, tail).Bind(session.row).Run();
}

absl::Status AppendLateEvidence(SqliteConnection& writer, int64_t session,
                                const EvidenceRecord& record) {
  ENKRAT_ASSIGN_OR_RETURN(EvidenceTail tail, FindTail(writer, session));
  ENKRAT_RETURN_IF_ERROR(AppendEvidence(writer, session, {record}, tail));
  SqliteQuery query =
      writer.Query("UPDATE sessions SET evidence_count = ?, evidence_head = ? WHERE id = ?");
  return BindTail(query, tail).Bind(session).Run();
}

absl::Status InsertEvent(SqliteConnection& writer, const EvidenceRecord& record) {
  return writer
      .Query(
          "INSERT INTO evidence (session, seq, at_us, step, facts_json)"
          " VALUES (NULL, 0, ?, ?, ?)")
      .Bind(absl::ToUnixMicros(record.at))
      .Bind(absl::string_view(record.step))
      .Bind(absl::string_view(record.facts_json))
      .Run();
}

absl::StatusOr<size_t> CloseSomeAbandoned(SqliteConnection& writer, absl::Time now, size_t limit) {
  std::vector<int64_t> open;
  {
    SqliteQuery query = writer.Query("SELECT id FROM sessions WHERE state = 0 ORDER BY id LIMIT ?");
    query.Bind(static_cast<int64_t>(limit));
    bool row = true;
    while (row) {
      ENKRAT_ASSIGN_OR_RETURN(row, query.Step());
      if (row) open.push_back(query.Integer(0));
    }
  }
  for (const int64_t session : open) ENKRAT_RETURN_IF_ERROR(Abandon(writer, session, now));
  return open.size();
}

absl::StatusOr<size_t> DropSomeSpent(SqliteConnection& writer, absl::Time now, size_t limit) {
  ENKRAT_RETURN_IF_ERROR(writer
                             .Query("DELETE FROM spent_assertions WHERE id IN (SELECT id FROM"
                                    " spent_assertions WHERE expires_us < ? LIMIT ?)")
                             .Bind(absl::ToUnixMicros(now - kSpentMargin))
                             .Bind(static_cast<int64_t>(limit))
                             .Run());
  return static_cast<size_t>(writer.Changes());
}

absl::StatusOr<size_t> DropSomeResults(SqliteConnection& writer, absl::Time now, size_t limit) {
  ENKRAT_RETURN_IF_ERROR(writer
                             .Query("DELETE FROM results WHERE session IN (SELECT session FROM"
                                    " results WHERE expires_us < ? LIMIT ?)")
                             .Bind(absl::ToUnixMicros(now))
                             .Bind(static_cast<int64_t>(limit))
                             .Run());
  return static_cast<size_t>(writer.Changes());
}

absl::StatusOr<size_t> DropSomeRejections(SqliteConnection& writer, absl::Time now, size_t limit) {
  ENKRAT_RETURN_IF_ERROR(writer
                             .Query("DELETE FROM evidence WHERE id IN (SELECT id FROM evidence"
                                    " WHERE session IS NULL AND at_us < ? AND step IN (?, ?)"
                                    " LIMIT ?)")
                             .Bind(absl::ToUnixMicros(now - kRejectedAssertionsKept))
                             .Bind(kRejectedAssertionStep)
                             .Bind(kAccessDeniedStep)
                             .Bind(static_cast<int64_t>(limit))
                             .Run());
  return static_cast<size_t>(writer.Changes());
}

absl::Status Heartbeat(SqliteConnection& writer) {
  return writer.Query("UPDATE meta SET value = value + 1 WHERE key = 'heartbeat'").Run();
}

}  // namespace enkrat::store
