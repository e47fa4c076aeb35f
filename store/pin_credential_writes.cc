// Signing PIN credentials as SQL.
#include "store/pin_credential_writes.h"

#include <memory>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "store/bounds.h"
#include "store/ledger_writes.h"

namespace enkrat::store {
namespace {

// What the table keeps; locked and exhausted follow from the counters, so that a try that was taken
// and never answered (a crash) counts as a wrong one.
enum class Kept : int64_t { kTransport = 0, kActive = 1, kDestroyed = 2, kRevoked = 3 };

struct Row {
  int64_t id = 0;
  Kept kept = Kept::kTransport;
  PinCredential credential;

  bool live() const { return credential.state < PinState::kDestroyed; }
};

PinState StateOf(Kept kept, int pin_tries_left, int puk_tries_left) {
  if (kept == Kept::kRevoked) return PinState::kRevoked;
  if (kept == Kept::kDestroyed || puk_tries_left == 0) return PinState::kDestroyed;
  if (pin_tries_left == 0) return PinState::kLocked;
  return kept == Kept::kActive ? PinState::kActive : PinState::kTransport;
}

SecretVerifier VerifierOf(const SqliteQuery& query, int first) {
  return {.salt = query.Octets(first),
          .memory_kib = static_cast<uint32_t>(query.Integer(first + 1)),
          .passes = static_cast<uint32_t>(query.Integer(first + 2)),
          .mac = query.Octets(first + 3)};
}

#define ENKRAT_SELECT_CREDENTIAL                                                  \
  "SELECT id, person, credential_id, relying_party, state, pin_tries, puk_tries," \
  " revision, pin_salt, pin_memory_kib, pin_passes, pin_mac, puk_salt,"           \
  " puk_memory_kib, puk_passes, puk_mac, enrolled_us, changed_us FROM pin_credentials "

absl::StatusOr<std::optional<Row>> ReadRow(SqliteQuery& query) {
  ENKRAT_ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::optional<Row>();
  Row row = {.id = query.Integer(0), .kept = static_cast<Kept>(query.Integer(4)), .credential = {}};
  PinCredential& credential = row.credential;
  credential.person = query.Octets(1);
  credential.credential_id = query.Text(2);
  credential.relying_party = query.Text(3);
  credential.pin_tries_left = static_cast<int>(query.Integer(5));
  credential.puk_tries_left = static_cast<int>(query.Integer(6));
  credential.state = StateOf(row.kept, credential.pin_tries_left, credential.puk_tries_left);
  credential.revision = query.Integer(7);
  credential.pin = VerifierOf(query, 8);
  credential.puk = VerifierOf(query, 12);
  credential.enrolled_at = absl::FromUnixMicros(query.Integer(16));
  credential.changed_at = absl::FromUnixMicros(query.Integer(17));
  return std::make_optional(std::move(row));
}

absl::StatusOr<std::optional<Row>> FindByPerson(SqliteConnection& connection, ByteSpan person) {
  SqliteQuery query =
      connection.Query(ENKRAT_SELECT_CREDENTIAL "WHERE person = ? ORDER BY id DESC LIMIT 1");
  query.Bind(person);
  return ReadRow(query);
}

absl::StatusOr<std::optional<Row>> FindById(SqliteConnection& connection,
                                            absl::string_view credential_id) {
  SqliteQuery query = connection.Query(ENKRAT_SELECT_CREDENTIAL "WHERE credential_id = ?");
  query.Bind(credential_id);
  return ReadRow(query);
}

// As much for the disk to do as where there is a credential.
absl::Status WriteDecoy(SqliteConnection& writer) {
  return writer.Query("UPDATE meta SET value = value + 1 WHERE key = 'pin-decoy'").Run();
}

absl::StatusOr<bool> IsSpent(SqliteConnection& connection, ByteSpan spent_key) {
  SqliteQuery query = connection.Query("SELECT 1 FROM spent_assertions WHERE spent_key = ?");
  return query.Bind(spent_key).Step();
}

TryOutcome Judge(const std::optional<Row>& row, const TryDemand& demand) {
  if (!row.has_value() || !row->live()) return TryOutcome::kNothingToTry;
  const PinCredential& credential = row->credential;
  if (demand.use == SecretUse::kPuk) {
    return credential.puk.salt == demand.salt ? TryOutcome::kTaken : TryOutcome::kChanged;
  }
  if (credential.state == PinState::kLocked) return TryOutcome::kLocked;
  const Kept wanted = demand.use == SecretUse::kActivePin ? Kept::kActive : Kept::kTransport;
  if (row->kept != wanted) return TryOutcome::kNothingToTry;
  return credential.pin.salt == demand.salt ? TryOutcome::kTaken : TryOutcome::kChanged;
}

absl::Status SetTries(SqliteConnection& writer, const Row& row) {
  return writer.Query("UPDATE pin_credentials SET pin_tries = ?, puk_tries = ? WHERE id = ?")
      .Bind(int64_t{row.credential.pin_tries_left})
      .Bind(int64_t{row.credential.puk_tries_left})
      .Bind(row.id)
      .Run();
}

absl::Status SetPin(SqliteConnection& writer, int64_t id, const SecretVerifier& pin) {
  return writer
      .Query(
          "UPDATE pin_credentials SET pin_salt = ?, pin_memory_kib = ?, pin_passes = ?,"
          " pin_mac = ? WHERE id = ?")
      .Bind(ByteSpan(pin.salt))
      .Bind(int64_t{pin.memory_kib})
      .Bind(int64_t{pin.passes})
      .Bind(ByteSpan(pin.mac))
      .Bind(id)
      .Run();
}

absl::Status SetPuk(SqliteConnection& writer, int64_t id, const SecretVerifier& puk) {
  return writer
      .Query(
          "UPDATE pin_credentials SET puk_salt = ?, puk_memory_kib = ?, puk_passes = ?,"
          " puk_mac = ? WHERE id = ?")
      .Bind(ByteSpan(puk.salt))
      .Bind(int64_t{puk.memory_kib})
      .Bind(int64_t{puk.passes})
      .Bind(ByteSpan(puk.mac))
      .Bind(id)
      .Run();
}

// For good; the verifiers go.
absl::Status End(SqliteConnection& writer, int64_t id, Kept how, absl::Time at) {
  ENKRAT_RETURN_IF_ERROR(
      writer.Query("UPDATE pin_credentials SET state = ?, changed_us = ? WHERE id = ?")
          .Bind(static_cast<int64_t>(how))
          .Bind(absl::ToUnixMicros(at))
          .Bind(id)
          .Run());
  ENKRAT_RETURN_IF_ERROR(SetPin(writer, id, {}));
  return SetPuk(writer, id, {});
}

// The assertion and the request_id, for good; kDone means that the act may go on.
absl::StatusOr<PinActOutcome> Spend(SqliteConnection& writer, const PinAct& act,
                                    ByteSpan spent_key) {
  ENKRAT_ASSIGN_OR_RETURN(const bool taken,
                          SelectPinRequestTaken(writer, act.relying_party, act.request_id));
  if (taken) return PinActOutcome::kRequestIdTaken;
  ENKRAT_ASSIGN_OR_RETURN(const bool spent, IsSpent(writer, spent_key));
  if (spent) return PinActOutcome::kAssertionSpent;
  ENKRAT_RETURN_IF_ERROR(
      writer.Query("INSERT INTO spent_assertions (spent_key, expires_us) VALUES (?, ?)")
          .Bind(spent_key)
          .Bind(absl::ToUnixMicros(act.assertion_expires_at))
          .Run());
  ENKRAT_RETURN_IF_ERROR(
      writer.Query("INSERT INTO pin_acts (relying_party, request_id, at_us) VALUES (?, ?, ?)")
          .Bind(absl::string_view(act.relying_party))
          .Bind(absl::string_view(act.request_id))
          .Bind(absl::ToUnixMicros(act.at))
          .Run());
  ENKRAT_RETURN_IF_ERROR(InsertEvent(writer, act.evidence));
  return PinActOutcome::kDone;
}

absl::Status InsertCredential(SqliteConnection& writer, const PinCredential& fresh, absl::Time at) {
  ENKRAT_RETURN_IF_ERROR(
      writer
          .Query("INSERT INTO pin_credentials (person, credential_id, relying_party, state,"
                 " pin_tries, puk_tries, revision, enrolled_us, changed_us)"
                 " VALUES (?, ?, ?, 0, ?, ?, 0, ?, ?)")
          .Bind(ByteSpan(fresh.person))
          .Bind(absl::string_view(fresh.credential_id))
          .Bind(absl::string_view(fresh.relying_party))
          .Bind(int64_t{kSecretTries})
          .Bind(int64_t{kSecretTries})
          .Bind(absl::ToUnixMicros(at))
          .Bind(absl::ToUnixMicros(at))
          .Run());
  const int64_t id = writer.LastInsertId();
  ENKRAT_RETURN_IF_ERROR(SetPin(writer, id, fresh.pin));
  return SetPuk(writer, id, fresh.puk);
}

}  // namespace

absl::StatusOr<std::optional<PinCredential>> SelectPinCredential(SqliteConnection& reader,
                                                                 ByteSpan person) {
  ENKRAT_ASSIGN_OR_RETURN(std::optional<Row> row, FindByPerson(reader, person));
  if (!row.has_value()) return std::optional<PinCredential>();
  return std::make_optional(std::move(row->credential));
}

absl::StatusOr<bool> SelectPinRequestTaken(SqliteConnection& reader,
                                           absl::string_view relying_party,
                                           absl::string_view request_id) {
  SqliteQuery query =
      reader.Query("SELECT 1 FROM pin_acts WHERE relying_party = ? AND request_id = ?");
  return query.Bind(relying_party).Bind(request_id).Step();
}

absl::StatusOr<TakenTry> TakePinTry(SqliteConnection& writer, const TryDemand& demand,
                                    ByteSpan spent_key) {
  ENKRAT_ASSIGN_OR_RETURN(const bool spent, IsSpent(writer, spent_key));
  if (spent) return TakenTry{.outcome = TryOutcome::kAssertionSpent, .credential = std::nullopt};
  ENKRAT_ASSIGN_OR_RETURN(std::optional<Row> row, FindByPerson(writer, demand.person));
  const TryOutcome outcome = Judge(row, demand);
  if (outcome == TryOutcome::kNothingToTry) ENKRAT_RETURN_IF_ERROR(WriteDecoy(writer));
  if (outcome != TryOutcome::kTaken)
    return TakenTry{.outcome = outcome, .credential = std::nullopt};
  PinCredential& credential = row->credential;
  --(demand.use == SecretUse::kPuk ? credential.puk_tries_left : credential.pin_tries_left);
  ENKRAT_RETURN_IF_ERROR(SetTries(writer, *row));
  return TakenTry{.outcome = outcome, .credential = std::move(credential)};
}

absl::StatusOr<bool> AcceptPin(SqliteConnection& writer, absl::string_view credential_id,
                               int64_t revision, const std::optional<SecretVerifier>& rederived) {
  ENKRAT_ASSIGN_OR_RETURN(std::optional<Row> row, FindById(writer, credential_id));
  if (!row.has_value() || !row->live() || row->credential.revision != revision) return false;
  row->credential.pin_tries_left = kSecretTries;
  ENKRAT_RETURN_IF_ERROR(SetTries(writer, *row));
  if (rederived.has_value()) ENKRAT_RETURN_IF_ERROR(SetPin(writer, row->id, *rederived));
  return true;
}

absl::StatusOr<PinState> RejectSecret(SqliteConnection& writer, absl::string_view credential_id,
                                      const EvidenceRecord& evidence) {
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<Row> row, FindById(writer, credential_id));
  if (!row.has_value()) {
    ENKRAT_RETURN_IF_ERROR(WriteDecoy(writer));
    return PinState::kRevoked;
  }
  ENKRAT_RETURN_IF_ERROR(InsertEvent(writer, evidence));
  const bool ends = row->credential.state == PinState::kDestroyed && row->kept != Kept::kDestroyed;
  if (ends) ENKRAT_RETURN_IF_ERROR(End(writer, row->id, Kept::kDestroyed, evidence.at));
  return row->credential.state;
}

absl::StatusOr<PinActOutcome> EnrolPin(SqliteConnection& writer, const PinAct& act,
                                       const PinCredential& fresh, ByteSpan spent_key) {
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<Row> row, FindByPerson(writer, fresh.person));
  if (row.has_value() && row->live()) return PinActOutcome::kNotInState;
  ENKRAT_ASSIGN_OR_RETURN(const PinActOutcome spent, Spend(writer, act, spent_key));
  if (spent != PinActOutcome::kDone) return spent;
  // Its last PUK try may still be on its way to an answer, which must not bring it back.
  if (row.has_value() && row->credential.state == PinState::kDestroyed) {
    ENKRAT_RETURN_IF_ERROR(End(writer, row->id, Kept::kDestroyed, act.at));
  }
  ENKRAT_RETURN_IF_ERROR(InsertCredential(writer, fresh, act.at));
  return PinActOutcome::kDone;
}

absl::StatusOr<PinActOutcome> ReplacePin(SqliteConnection& writer, const PinAct& act,
                                         const PinReplacement& replacement, ByteSpan spent_key) {
  ENKRAT_ASSIGN_OR_RETURN(std::optional<Row> row, FindById(writer, replacement.credential_id));
  // A right PUK at the last try is one whose counter says 0.
  if (!row.has_value() || row->kept > Kept::kActive || (!row->live() && !replacement.by_puk) ||
      row->credential.revision != replacement.revision) {
    return PinActOutcome::kNotInState;
  }
  ENKRAT_ASSIGN_OR_RETURN(const PinActOutcome spent, Spend(writer, act, spent_key));
  if (spent != PinActOutcome::kDone) return spent;
  row->credential.pin_tries_left = kSecretTries;
  if (replacement.by_puk) row->credential.puk_tries_left = kSecretTries;
  ENKRAT_RETURN_IF_ERROR(SetTries(writer, *row));
  ENKRAT_RETURN_IF_ERROR(SetPin(writer, row->id, replacement.pin));
  if (replacement.puk.has_value())
    ENKRAT_RETURN_IF_ERROR(SetPuk(writer, row->id, *replacement.puk));
  ENKRAT_RETURN_IF_ERROR(writer
                             .Query("UPDATE pin_credentials SET state = 1, revision = revision + 1,"
                                    " changed_us = ? WHERE id = ?")
                             .Bind(absl::ToUnixMicros(act.at))
                             .Bind(row->id)
                             .Run());
  return PinActOutcome::kDone;
}

absl::StatusOr<PinActOutcome> RevokePin(SqliteConnection& writer, const PinAct& act,
                                        ByteSpan person, ByteSpan spent_key) {
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<Row> row, FindByPerson(writer, person));
  if (!row.has_value() || !row->live()) return PinActOutcome::kNotInState;
  ENKRAT_ASSIGN_OR_RETURN(const PinActOutcome spent, Spend(writer, act, spent_key));
  if (spent != PinActOutcome::kDone) return spent;
  ENKRAT_RETURN_IF_ERROR(End(writer, row->id, Kept::kRevoked, act.at));
  return PinActOutcome::kDone;
}

absl::StatusOr<PinActOutcome> NotePinAct(SqliteConnection& writer, const PinAct& act,
                                         ByteSpan spent_key) {
  return Spend(writer, act, spent_key);
}

}  // namespace enkrat::store
