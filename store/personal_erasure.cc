// Retention and erasure, as SQL.
#include "store/personal_erasure.h"

#include <algorithm>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/time_text.h"
#include "store/ledger_writes.h"

namespace enkrat::store {
namespace {

constexpr size_t kLongestReason = 64;

// A row of personal_data, without the octets.
struct Holding {
  int64_t session = 0;
  std::string session_id;
  absl::Time ends_at;
  bool certificate = false;
  bool identity = false;
  bool particulars = false;
  bool result = false;
  bool problem_texts = false;
};

#define ENKRAT_SELECT_HOLDING                                                                     \
  "SELECT p.session, s.session_id, p.ends_us, p.certificate IS NOT NULL, p.identity IS NOT NULL," \
  " p.particulars IS NOT NULL, r.session IS NOT NULL, EXISTS (SELECT 1 FROM problem_reports q"    \
  " WHERE q.session = p.session AND q.text IS NOT NULL) FROM personal_data p"                     \
  " JOIN sessions s ON s.id = p.session LEFT JOIN results r ON r.session = p.session "

absl::StatusOr<std::vector<Holding>> ReadHoldings(SqliteQuery& query) {
  std::vector<Holding> holdings;
  while (true) {
    ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return holdings;
    holdings.push_back({.session = query.Integer(0),
                        .session_id = query.Text(1),
                        .ends_at = absl::FromUnixMicros(query.Integer(2)),
                        .certificate = query.Integer(3) != 0,
                        .identity = query.Integer(4) != 0,
                        .particulars = query.Integer(5) != 0,
                        .result = query.Integer(6) != 0,
                        .problem_texts = query.Integer(7) != 0});
  }
}

absl::Status CheckPage(size_t page_size) {
  if (page_size >= 1 && page_size <= kMaxSessionsPerPage) return absl::OkStatus();
  return WithField(MakeError(Reason::kRequestMalformed, "page size outside 1..1000"), "page_size");
}

absl::Status NoToken() {
  return WithField(MakeError(Reason::kRequestMalformed, "not a page token"), "page_token");
}

// "<row>", the last of the page before.
absl::StatusOr<int64_t> ReadRowToken(absl::string_view token) {
  int64_t row = 0;
  if (token.empty()) return row;
  if (!absl::SimpleAtoi(token, &row) || row < 1) return NoToken();
  return row;
}

std::string JsonList(const std::vector<std::string>& names) {
  return names.empty() ? "[]" : absl::StrCat("[\"", absl::StrJoin(names, "\",\""), "\"]");
}

// Which parts go, and which stay.
ErasedSession Plan(const Holding& holding, bool everything) {
  ErasedSession plan = {.session_id = holding.session_id};
  const auto decide = [&](bool there, const char* name, bool goes) {
    if (there) (goes ? plan.erased : plan.kept).push_back(name);
  };
  decide(holding.certificate, "certificate", everything);
  decide(holding.identity, "identity", everything);
  decide(holding.particulars, "particulars", true);
  decide(holding.result, "result", true);
  decide(holding.problem_texts, "problem-texts", everything);
  return plan;
}

// `asked_by`: "retention" or "subject". All values are ours or checked, so they need no escaping.
EvidenceRecord EvidenceOfErasure(const ErasedSession& plan, const ErasureOrder& order,
                                 absl::string_view asked_by, bool before_due) {
  std::string facts = absl::StrCat(
      "{\"asked_by\":\"", asked_by, "\",\"reason\":\"", order.reason, "\",\"basis\":\"",
      kErasedUnder, "\",\"erased\":", JsonList(plan.erased), ",\"kept\":", JsonList(plan.kept));
  if (plan.kept_until.has_value()) {
    absl::StrAppend(&facts, ",\"kept_until\":\"", TimeText(*plan.kept_until),
                    "\",\"kept_under\":\"", kRecordsKeptUnder, "\"");
  }
  absl::StrAppend(&facts, ",\"before_retention_ended\":", before_due ? "true" : "false", "}");
  return {.step = std::string(kPersonalDataErasedStep), .at = order.now, .facts_json = facts};
}

absl::Status RunFor(int64_t session, SqliteConnection& writer, const char* sql) {
  return writer.Query(sql).Bind(session).Run();
}

absl::Status EraseWhatIsNotKept(SqliteConnection& writer, int64_t session) {
  ENKRAT_RETURN_IF_ERROR(RunFor(session, writer, "DELETE FROM results WHERE session = ?"));
  return RunFor(session, writer, "UPDATE personal_data SET particulars = NULL WHERE session = ?");
}

absl::Status EraseAll(SqliteConnection& writer, int64_t session, absl::Time now) {
  ENKRAT_RETURN_IF_ERROR(RunFor(session, writer, "DELETE FROM results WHERE session = ?"));
  ENKRAT_RETURN_IF_ERROR(RunFor(session, writer, "DELETE FROM personal_data WHERE session = ?"));
  ENKRAT_RETURN_IF_ERROR(
      RunFor(session, writer,
             "UPDATE problem_reports SET data_key = NULL, text = NULL WHERE session = ?"));
  return writer.Query("UPDATE sessions SET erased_us = ? WHERE id = ?")
      .Bind(absl::ToUnixMicros(now))
      .Bind(session)
      .Run();
}

// Erases what the plan says, with evidence; nothing if there is nothing to erase.
absl::Status Carry(SqliteConnection& writer, const Holding& holding, const ErasedSession& plan,
                   const EvidenceRecord& evidence, absl::Time now) {
  if (plan.erased.empty()) return absl::OkStatus();
  ENKRAT_RETURN_IF_ERROR(plan.kept.empty() ? EraseAll(writer, holding.session, now)
                                           : EraseWhatIsNotKept(writer, holding.session));
  return AppendLateEvidence(writer, holding.session, evidence);
}

}  // namespace

absl::Status CheckErasureReason(absl::string_view reason) {
  const auto allowed = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::string_view(".:_/-").find(c) != absl::string_view::npos;
  };
  if (!reason.empty() && reason.size() <= kLongestReason &&
      std::all_of(reason.begin(), reason.end(), allowed)) {
    return absl::OkStatus();
  }
  return WithField(MakeError(Reason::kRequestMalformed,
                             "the reason is a code of 1 to 64 letters, digits and .:_/-"),
                   "reason");
}

absl::Status CheckSubjectKey(ByteSpan subject_key) {
  if (subject_key.size() == 32) return absl::OkStatus();
  return MakeError(Reason::kRequestMalformed, "a subject key is of 32 octets");
}

absl::StatusOr<DuePage> SelectDue(SqliteConnection& reader, absl::Time due_before,
                                  absl::Duration retention, size_t page_size,
                                  absl::string_view page_token) {
  ENKRAT_RETURN_IF_ERROR(CheckPage(page_size));
  // "<end>.<row>", the last of the page before.
  int64_t last_end = std::numeric_limits<int64_t>::min();
  int64_t last_row = 0;
  if (!page_token.empty()) {
    const std::vector<absl::string_view> parts = absl::StrSplit(page_token, '.');
    if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &last_end) ||
        !absl::SimpleAtoi(parts[1], &last_row)) {
      return NoToken();
    }
  }
  SqliteQuery query = reader.Query(
      "SELECT s.session_id, s.relying_party, s.ended_us, COALESCE(c.serial_number, ''), p.ends_us,"
      " p.session FROM personal_data p JOIN sessions s ON s.id = p.session"
      " LEFT JOIN certificates c ON c.session = p.session"
      " WHERE p.ends_us <= ? AND (p.ends_us, p.session) > (?, ?)"
      " ORDER BY p.ends_us, p.session LIMIT ?");
  query.Bind(absl::ToUnixMicros(due_before - retention))
      .Bind(last_end)
      .Bind(last_row)
      .Bind(static_cast<int64_t>(page_size) + 1);
  DuePage page;
  while (true) {
    ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return page;
    if (page.sessions.size() == page_size) {
      page.next_page_token = absl::StrCat(last_end, ".", last_row);
      return page;
    }
    last_end = query.Integer(4);
    last_row = query.Integer(5);
    page.sessions.push_back({.session_id = query.Text(0),
                             .relying_party = query.Text(1),
                             .ended_at = absl::FromUnixMicros(query.Integer(2)),
                             .serial_number = query.Text(3),
                             .due_at = absl::FromUnixMicros(last_end) + retention});
  }
}

absl::StatusOr<std::vector<ErasedSession>> EraseSomeDue(SqliteConnection& writer,
                                                        const ErasureOrder& order,
                                                        absl::Duration retention, size_t limit) {
  std::vector<Holding> due;
  {
    SqliteQuery query =
        writer.Query(ENKRAT_SELECT_HOLDING "WHERE p.ends_us <= ? ORDER BY p.ends_us LIMIT ?");
    query.Bind(absl::ToUnixMicros(order.now - retention)).Bind(static_cast<int64_t>(limit));
    ENKRAT_ASSIGN_OR_RETURN(due, ReadHoldings(query));
  }
  std::vector<ErasedSession> erased;
  for (const Holding& holding : due) {
    ErasedSession plan = Plan(holding, /*everything=*/true);
    ENKRAT_RETURN_IF_ERROR(Carry(writer, holding, plan,
                                 EvidenceOfErasure(plan, order, "retention", /*before_due=*/false),
                                 order.now));
    erased.push_back(std::move(plan));
  }
  return erased;
}

absl::StatusOr<ErasurePage> EraseOfSubject(SqliteConnection& writer,
                                           const PersonalDataLedger::SubjectErasure& subject,
                                           const ErasureOrder& order, absl::Duration retention) {
  ENKRAT_RETURN_IF_ERROR(CheckPage(subject.page_size));
  ENKRAT_ASSIGN_OR_RETURN(const int64_t last, ReadRowToken(subject.page_token));
  std::vector<Holding> held;
  {
    SqliteQuery query = writer.Query(ENKRAT_SELECT_HOLDING
                                     "WHERE p.subject_key = ? AND p.session > ?"
                                     " ORDER BY p.session LIMIT ?");
    query.Bind(ByteSpan(subject.subject_key))
        .Bind(last)
        .Bind(static_cast<int64_t>(subject.page_size) + 1);
    ENKRAT_ASSIGN_OR_RETURN(held, ReadHoldings(query));
  }
  ErasurePage page;
  if (held.size() > subject.page_size) {
    held.pop_back();
    page.next_page_token = absl::StrCat(held.back().session);
  }
  for (const Holding& holding : held) {
    const absl::Time due_at = holding.ends_at + retention;
    const bool due = due_at <= order.now;
    ErasedSession plan =
        Plan(holding, due || !holding.certificate || subject.including_certificates);
    if (!plan.kept.empty()) plan.kept_until = due_at;
    const bool before_due = !due && holding.certificate && plan.kept.empty();
    ENKRAT_RETURN_IF_ERROR(Carry(writer, holding, plan,
                                 EvidenceOfErasure(plan, order, "subject", before_due), order.now));
    page.sessions.push_back(std::move(plan));
  }
  return page;
}

absl::StatusOr<StoredHoldingPage> SelectHoldings(SqliteConnection& reader, ByteSpan subject_key,
                                                 absl::Duration retention, size_t page_size,
                                                 absl::string_view page_token) {
  ENKRAT_RETURN_IF_ERROR(CheckPage(page_size));
  ENKRAT_ASSIGN_OR_RETURN(int64_t last, ReadRowToken(page_token));
  SqliteQuery query = reader.Query(
      "SELECT p.session, s.session_id, p.ends_us, p.data_key, p.identity, p.particulars"
      " FROM personal_data p JOIN sessions s ON s.id = p.session"
      " WHERE p.subject_key = ? AND p.session > ? ORDER BY p.session LIMIT ?");
  query.Bind(subject_key).Bind(last).Bind(static_cast<int64_t>(page_size) + 1);
  StoredHoldingPage page;
  while (true) {
    ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return page;
    if (page.holdings.size() == page_size) {
      page.next_page_token = absl::StrCat(last);
      return page;
    }
    last = query.Integer(0);
    StoredHolding holding = {.session_id = query.Text(1),
                             .due_at = absl::FromUnixMicros(query.Integer(2)) + retention,
                             .subject_key = ToBytes(subject_key),
                             .data_key = query.Integer(3)};
    if (!query.IsNull(4)) holding.identity = query.Octets(4);
    if (!query.IsNull(5)) holding.particulars = query.Octets(5);
    page.holdings.push_back(std::move(holding));
  }
}

// Jumps from one to the next in the index of sessions: as many steps as there are relying parties.
absl::StatusOr<std::vector<std::string>> SelectRelyingParties(SqliteConnection& reader) {
  std::vector<std::string> names;
  std::string last;
  while (true) {
    SqliteQuery next = reader.Query(
        "SELECT relying_party FROM sessions WHERE relying_party > ? ORDER BY relying_party"
        " LIMIT 1");
    ENKRAT_ASSIGN_OR_RETURN(const bool row, next.Bind(absl::string_view(last)).Step());
    if (!row) return names;
    names.push_back(next.Text(0));
    last = names.back();
  }
}

#undef ENKRAT_SELECT_HOLDING

}  // namespace enkrat::store
