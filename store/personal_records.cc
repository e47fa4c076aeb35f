// What is personal, as rows.
#include "store/personal_records.h"

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::store {
namespace {

absl::Status SealCertificate(const DataKey& key, const CertificateRecord& certificate,
                             SealedParts& parts) {
  ENKRAT_ASSIGN_OR_RETURN(parts.certificate,
                          key.Seal(CertificatePlace(certificate.session_id), certificate.der));
  parts.ends_at = certificate.not_after;
  return absl::OkStatus();
}

absl::Status SealPerson(const DataKey& key, absl::string_view session_id,
                        const PersonRecord& person, SealedParts& parts) {
  parts.subject_key = person.subject_key;
  ENKRAT_ASSIGN_OR_RETURN(parts.identity, key.Seal(IdentityPlace(session_id), person.identity));
  if (person.particulars.empty()) return absl::OkStatus();
  ENKRAT_ASSIGN_OR_RETURN(parts.particulars,
                          key.Seal(ParticularsPlace(session_id), person.particulars));
  return absl::OkStatus();
}

// `part` outlives the query.
void BindPart(SqliteQuery& query, const std::optional<Bytes>& part) {
  if (part.has_value()) {
    query.Bind(ByteSpan(*part));
  } else {
    query.BindNull();
  }
}

CertificateRecord WithoutDer(const CertificateRecord& certificate) {
  return {.session_id = certificate.session_id,
          .relying_party = certificate.relying_party,
          .der = {},
          .serial_number = certificate.serial_number,
          .fingerprint_sha256 = certificate.fingerprint_sha256,
          .not_before = certificate.not_before,
          .not_after = certificate.not_after};
}

}  // namespace

SealedPlace CertificatePlace(absl::string_view session_id) {
  return {.table = "personal_data", .session_id = session_id, .purpose = "certificate"};
}
SealedPlace IdentityPlace(absl::string_view session_id) {
  return {.table = "personal_data", .session_id = session_id, .purpose = "identity"};
}
SealedPlace ParticularsPlace(absl::string_view session_id) {
  return {.table = "personal_data", .session_id = session_id, .purpose = "particulars"};
}
SealedPlace ResultPlace(absl::string_view session_id) {
  return {.table = "results", .session_id = session_id, .purpose = "result"};
}

absl::StatusOr<SealedParts> SealParts(const DataKey& key, const SessionCompletion& completion) {
  SealedParts parts = {.data_key = key.id()};
  ENKRAT_RETURN_IF_ERROR(SealCertificate(key, completion.certificate, parts));
  ENKRAT_ASSIGN_OR_RETURN(parts.result,
                          key.Seal(ResultPlace(completion.session_id), completion.result));
  if (completion.person.has_value()) {
    ENKRAT_RETURN_IF_ERROR(SealPerson(key, completion.session_id, *completion.person, parts));
  }
  return parts;
}

absl::StatusOr<SealedParts> SealParts(const DataKey& key, const SessionFailure& failure) {
  SealedParts parts = {.data_key = key.id(), .ends_at = failure.failed_at};
  if (failure.certificate.has_value()) {
    ENKRAT_RETURN_IF_ERROR(SealCertificate(key, *failure.certificate, parts));
  }
  if (failure.person.has_value()) {
    ENKRAT_RETURN_IF_ERROR(SealPerson(key, failure.session_id, *failure.person, parts));
  }
  return parts;
}

SessionCompletion WithoutParts(const SessionCompletion& completion) {
  return {.session_id = completion.session_id,
          .certificate = WithoutDer(completion.certificate),
          .evidence = completion.evidence,
          .result = {},
          .result_digest = completion.result_digest,
          .completed_at = completion.completed_at,
          .result_expires_at = completion.result_expires_at};
}

SessionFailure WithoutParts(const SessionFailure& failure) {
  SessionFailure bare = {.session_id = failure.session_id,
                         .reason = failure.reason,
                         .evidence = failure.evidence,
                         .certificate = std::nullopt,
                         .failed_at = failure.failed_at};
  if (failure.certificate.has_value()) bare.certificate = WithoutDer(*failure.certificate);
  return bare;
}

absl::Status InsertParts(SqliteConnection& writer, int64_t session, const SealedParts& parts) {
  if (!parts.certificate.has_value() && !parts.identity.has_value()) return absl::OkStatus();
  SqliteQuery query = writer.Query(
      "INSERT INTO personal_data (session, data_key, subject_key, ends_us, certificate, identity,"
      " particulars) VALUES (?, ?, ?, ?, ?, ?, ?)");
  query.Bind(session).Bind(parts.data_key);
  if (parts.subject_key.empty()) {
    query.BindNull();
  } else {
    query.Bind(ByteSpan(parts.subject_key));
  }
  query.Bind(absl::ToUnixMicros(parts.ends_at));
  BindPart(query, parts.certificate);
  BindPart(query, parts.identity);
  BindPart(query, parts.particulars);
  return query.Run();
}

absl::StatusOr<SessionRecord> Opened(StoredSession stored, DataKeys* keys) {
  if (stored.result.has_value() && keys != nullptr) {
    ENKRAT_ASSIGN_OR_RETURN(stored.record.result,
                            keys->Open(ResultPlace(stored.record.session_id), *stored.result));
  }
  return std::move(stored.record);
}

absl::StatusOr<CertificateRecord> Opened(StoredCertificate stored, DataKeys* keys) {
  if (stored.der.has_value() && keys != nullptr) {
    ENKRAT_ASSIGN_OR_RETURN(stored.record.der,
                            keys->Open(CertificatePlace(stored.record.session_id), *stored.der));
  }
  return std::move(stored.record);
}

absl::StatusOr<int64_t> InsertDataKey(SqliteConnection& writer, ByteSpan wrapped, absl::Time now) {
  ENKRAT_RETURN_IF_ERROR(writer.Query("INSERT INTO data_keys (wrapped, made_us) VALUES (?, ?)")
                             .Bind(wrapped)
                             .Bind(absl::ToUnixMicros(now))
                             .Run());
  return writer.LastInsertId();
}

absl::StatusOr<Bytes> SelectDataKey(SqliteConnection& reader, int64_t id) {
  SqliteQuery query = reader.Query("SELECT wrapped FROM data_keys WHERE id = ?");
  ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Bind(id).Step());
  if (row) return query.Octets(0);
  return MakeError(Reason::kStoreUnavailable,
                   absl::StrCat("the ledger has lost data key ", id, ": restore a backup"));
}

absl::StatusOr<std::optional<std::pair<int64_t, Bytes>>> SelectNewestDataKey(
    SqliteConnection& reader) {
  using Found = std::optional<std::pair<int64_t, Bytes>>;
  SqliteQuery query = reader.Query("SELECT id, wrapped FROM data_keys ORDER BY id DESC LIMIT 1");
  ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
  return row ? Found({query.Integer(0), query.Octets(1)}) : Found();
}

}  // namespace enkrat::store
