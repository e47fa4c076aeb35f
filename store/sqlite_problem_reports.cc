#include "store/sqlite_problem_reports.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "store/bounds.h"
#include "store/ledger_files.h"
#include "store/ledger_writes.h"
#include "store/page_token.h"
#include "store/personal_records.h"

namespace enkrat::store {
namespace {

#define ENKRAT_SELECT_PROBLEM                                                 \
  "SELECT p.id, p.report_id, p.relying_party, s.session_id, p.serial_number," \
  " p.kind, p.reported_us, p.data_key, p.text FROM problem_reports p"         \
  " JOIN sessions s ON s.id = p.session "

// A report, and its text still encrypted.
struct StoredProblem {
  ProblemReport report;
  std::optional<SealedOctets> text = std::nullopt;
};

// Bound to its report, too: a session may have several.
std::string TextPurpose(const ProblemReport& report) {
  return absl::StrCat("problem ", report.report_id);
}

SealedPlace TextPlace(const ProblemReport& report, absl::string_view purpose) {
  return {.table = "problem_reports", .session_id = report.session_id, .purpose = purpose};
}

// Page tokens of certificates do not fit here, nor the other way round.
std::string TokenScope(absl::string_view relying_party) {
  return absl::StrCat("problems/", relying_party);
}

ProblemReport ReportOf(const SqliteQuery& query) {
  return {.report_id = query.Text(1),
          .relying_party = query.Text(2),
          .session_id = query.Text(3),
          .serial_number = query.Text(4),
          .kind = query.Text(5),
          .reported_at = absl::FromUnixMicros(query.Integer(6))};
}

absl::StatusOr<bool> IsFull(SqliteConnection& writer, const ProblemReport& report,
                            const ProblemLimits& limits) {
  SqliteQuery of_certificate =
      writer.Query("SELECT COUNT(*) FROM problem_reports WHERE serial_number = ?");
  ENKRAT_RETURN_IF_ERROR(
      of_certificate.Bind(absl::string_view(report.serial_number)).Step().status());
  if (of_certificate.Integer(0) >= static_cast<int64_t>(limits.per_certificate)) return true;
  SqliteQuery recent = writer.Query(
      "SELECT COUNT(*) FROM problem_reports WHERE relying_party = ? AND reported_us > ?");
  ENKRAT_RETURN_IF_ERROR(recent.Bind(absl::string_view(report.relying_party))
                             .Bind(absl::ToUnixMicros(report.reported_at - limits.window))
                             .Step()
                             .status());
  return recent.Integer(0) >= static_cast<int64_t>(limits.per_relying_party);
}

// Why nothing was inserted.
absl::Status NotInserted(SqliteConnection& writer, const ProblemReport& report) {
  SqliteQuery query = writer.Query(
      "SELECT 1 FROM certificates c JOIN sessions s ON s.id = c.session WHERE c.serial_number = ?"
      " AND c.relying_party = ? AND s.session_id = ?");
  query.Bind(absl::string_view(report.serial_number))
      .Bind(absl::string_view(report.relying_party))
      .Bind(absl::string_view(report.session_id));
  ENKRAT_ASSIGN_OR_RETURN(const bool there, query.Step());
  if (there) return MakeError(Reason::kPersonalDataErased, "the certificate was erased");
  return MakeError(Reason::kNotFound, "no such certificate of this relying party");
}

absl::StatusOr<ProblemOutcome> Insert(SqliteConnection& writer, const ProblemReport& report,
                                      const SealedOctets& text, const EvidenceRecord& evidence,
                                      const ProblemLimits& limits) {
  ENKRAT_ASSIGN_OR_RETURN(const bool full, IsFull(writer, report, limits));
  if (full) return ProblemOutcome::kTooMany;
  ENKRAT_RETURN_IF_ERROR(
      writer
          .Query("INSERT INTO problem_reports (report_id, relying_party, session, serial_number,"
                 " kind, reported_us, data_key, text) SELECT ?, c.relying_party, c.session,"
                 " c.serial_number, ?, ?, ?, ? FROM certificates c JOIN sessions s ON"
                 " s.id = c.session WHERE c.serial_number = ? AND c.relying_party = ? AND"
                 " s.session_id = ? AND s.erased_us IS NULL")
          .Bind(absl::string_view(report.report_id))
          .Bind(absl::string_view(report.kind))
          .Bind(absl::ToUnixMicros(report.reported_at))
          .Bind(text.data_key)
          .Bind(ByteSpan(text.octets))
          .Bind(absl::string_view(report.serial_number))
          .Bind(absl::string_view(report.relying_party))
          .Bind(absl::string_view(report.session_id))
          .Run());
  if (writer.Changes() != 1) return NotInserted(writer, report);
  ENKRAT_RETURN_IF_ERROR(InsertEvent(writer, evidence));
  return ProblemOutcome::kRecorded;
}

absl::StatusOr<std::optional<ProblemReport>> SelectOne(SqliteConnection& reader,
                                                       absl::string_view report_id) {
  SqliteQuery query = reader.Query(ENKRAT_SELECT_PROBLEM "WHERE p.report_id = ?");
  ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Bind(report_id).Step());
  return row ? std::make_optional(ReportOf(query)) : std::nullopt;
}

absl::StatusOr<ProblemPage> SelectPage(SqliteConnection& reader, ByteSpan salt,
                                       absl::string_view relying_party, size_t page_size,
                                       absl::string_view page_token) {
  ENKRAT_RETURN_IF_ERROR(CheckPageSize(page_size));
  int64_t last = std::numeric_limits<int64_t>::max();  // the first row of the page
  const std::string scope = TokenScope(relying_party);
  if (!page_token.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(last, ReadPageToken(salt, scope, page_token));
  }
  SqliteQuery query = reader.Query(ENKRAT_SELECT_PROBLEM
                                   "WHERE p.relying_party = ? AND p.id <= ?"
                                   " ORDER BY p.id DESC LIMIT ?");
  query.Bind(relying_party).Bind(last).Bind(static_cast<int64_t>(page_size) + 1);
  ProblemPage page;
  while (true) {
    ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return page;
    if (page.reports.size() == page_size) {
      ENKRAT_ASSIGN_OR_RETURN(page.next_page_token, MakePageToken(salt, scope, query.Integer(0)));
      return page;
    }
    page.reports.push_back(ReportOf(query));
  }
}

absl::StatusOr<std::vector<StoredProblem>> SelectOfSession(SqliteConnection& reader,
                                                           absl::string_view session_id) {
  SqliteQuery query = reader.Query(ENKRAT_SELECT_PROBLEM "WHERE s.session_id = ? ORDER BY p.id");
  query.Bind(session_id);
  std::vector<StoredProblem> reports;
  while (true) {
    ENKRAT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return reports;
    StoredProblem stored = {.report = ReportOf(query)};
    if (!query.IsNull(8)) stored.text = SealedOctets{query.Integer(7), query.Octets(8)};
    reports.push_back(std::move(stored));
  }
}

#undef ENKRAT_SELECT_PROBLEM

class SqliteProblemReports final : public ProblemReports {
 public:
  explicit SqliteProblemReports(LedgerFiles& files) : files_(files) {}

  absl::StatusOr<ProblemOutcome> Record(const ProblemReport& report, const EvidenceRecord& evidence,
                                        const ProblemLimits& limits) override {
    ENKRAT_RETURN_IF_ERROR(CheckEvidence(evidence));
    ENKRAT_ASSIGN_OR_RETURN(const SealedOctets text, Seal(report));
    ProblemReport bare = report;
    bare.text.clear();
    // The write may outlive its caller: both own what they share.
    const auto outcome = std::make_shared<ProblemOutcome>();
    ENKRAT_RETURN_IF_ERROR(files_.Write([=](SqliteConnection& writer) -> absl::Status {
      ENKRAT_ASSIGN_OR_RETURN(*outcome, Insert(writer, bare, text, evidence, limits));
      return absl::OkStatus();
    }));
    return *outcome;
  }

  absl::StatusOr<std::optional<ProblemReport>> Find(absl::string_view report_id) override {
    return files_.Read<std::optional<ProblemReport>>(
        [&](SqliteConnection& reader) { return SelectOne(reader, report_id); });
  }

  absl::StatusOr<ProblemPage> List(absl::string_view relying_party, size_t page_size,
                                   absl::string_view page_token) override {
    return files_.Read<ProblemPage>([&](SqliteConnection& reader) {
      return SelectPage(reader, files_.salt(), relying_party, page_size, page_token);
    });
  }

  absl::StatusOr<std::vector<ProblemReport>> OfSession(absl::string_view session_id) override {
    ENKRAT_ASSIGN_OR_RETURN(std::vector<StoredProblem> stored,
                            files_.Read<std::vector<StoredProblem>>([&](SqliteConnection& reader) {
                              return SelectOfSession(reader, session_id);
                            }));
    std::vector<ProblemReport> reports;
    for (StoredProblem& problem : stored) {
      ENKRAT_RETURN_IF_ERROR(Open(problem));
      reports.push_back(std::move(problem.report));
    }
    return reports;
  }

 private:
  absl::StatusOr<SealedOctets> Seal(const ProblemReport& report) {
    if (files_.queue() == nullptr) {
      return MakeError(Reason::kStoreUnavailable, "the ledger is open for reading only");
    }
    ENKRAT_ASSIGN_OR_RETURN(const auto key, files_.keys()->Current());
    ENKRAT_ASSIGN_OR_RETURN(Bytes sealed,
                            key->Seal(TextPlace(report, TextPurpose(report)), AsSpan(report.text)));
    return SealedOctets{key->id(), std::move(sealed)};
  }

  // Outside of the reader: an old key has to be asked of the HSM.
  absl::Status Open(StoredProblem& problem) {
    if (!problem.text.has_value() || files_.keys() == nullptr) return absl::OkStatus();
    ENKRAT_ASSIGN_OR_RETURN(
        const Bytes text,
        files_.keys()->Open(TextPlace(problem.report, TextPurpose(problem.report)), *problem.text));
    problem.report.text = ToString(text);
    return absl::OkStatus();
  }

  LedgerFiles& files_;
};

}  // namespace

std::unique_ptr<ProblemReports> MakeSqliteProblemReports(LedgerFiles& files) {
  return std::make_unique<SqliteProblemReports>(files);
}

}  // namespace enkrat::store
