// The SQLite ledger's retention, access and erasure, and its evidence trails.
#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "store/bounds.h"
#include "store/ledger_files.h"
#include "store/ledger_reads.h"
#include "store/personal_erasure.h"
#include "store/sqlite_ledger.h"

namespace enkrat::store {
namespace {

constexpr size_t kSessionsPerPiece = 100;  // of an erasure, so that other writes get in between

// A holding with its session and certificate, all of one moment and still encrypted.
struct StoredTrail {
  StoredSession session;
  std::vector<EvidenceRecord> evidence;
  std::optional<EvidenceHead> head;
  std::optional<StoredCertificate> certificate;
};

absl::StatusOr<std::optional<StoredTrail>> SelectTrail(SqliteConnection& reader,
                                                       absl::string_view session_id) {
  StoredTrail trail;
  ENKRAT_ASSIGN_OR_RETURN(std::optional<StoredSession> session,
                          SelectSessionById(reader, session_id));
  if (!session.has_value()) return std::optional<StoredTrail>();
  trail.session = *std::move(session);
  ENKRAT_ASSIGN_OR_RETURN(trail.evidence, SelectEvidence(reader, session_id));
  ENKRAT_ASSIGN_OR_RETURN(trail.head, SelectEvidenceHead(reader, session_id));
  ENKRAT_ASSIGN_OR_RETURN(trail.certificate, SelectCertificateBySession(reader, session_id));
  return std::make_optional(std::move(trail));
}

// Inside a transaction, so that all statements see one moment.
absl::StatusOr<std::optional<StoredTrail>> SelectTrailAtOnce(SqliteConnection& reader,
                                                             absl::string_view session_id) {
  ENKRAT_RETURN_IF_ERROR(reader.Query("BEGIN").Run());
  absl::StatusOr<std::optional<StoredTrail>> trail = SelectTrail(reader, session_id);
  ENKRAT_RETURN_IF_ERROR(reader.Query("COMMIT").Run());
  return trail;
}

}  // namespace

absl::StatusOr<DuePage> SqliteLedger::ListDue(absl::Time due_before, size_t page_size,
                                              absl::string_view page_token) {
  return files_->Read<DuePage>([&](SqliteConnection& reader) {
    return SelectDue(reader, due_before, retention_, page_size, page_token);
  });
}

absl::StatusOr<ErasurePage> SqliteLedger::EraseDue(const ErasureOrder& order, size_t limit) {
  ENKRAT_RETURN_IF_ERROR(CheckErasureReason(order.reason));
  if (limit < 1 || limit > kMaxSessionsPerErasure) {
    return WithField(MakeError(Reason::kRequestMalformed, "limit outside 1..10000"), "limit");
  }
  ErasurePage page;
  size_t found = kSessionsPerPiece;
  while (found == kSessionsPerPiece && page.sessions.size() < limit) {
    const size_t piece = std::min(kSessionsPerPiece, limit - page.sessions.size());
    const auto erased = std::make_shared<std::vector<ErasedSession>>();
    ENKRAT_RETURN_IF_ERROR(files_->Write(
        [order, piece, erased, retention = retention_](SqliteConnection& writer) -> absl::Status {
          ENKRAT_ASSIGN_OR_RETURN(*erased, EraseSomeDue(writer, order, retention, piece));
          return absl::OkStatus();
        }));
    found = erased->size();
    std::move(erased->begin(), erased->end(), std::back_inserter(page.sessions));
  }
  ENKRAT_ASSIGN_OR_RETURN(page.wiped, files_->Wipe());
  return page;
}

absl::StatusOr<ErasurePage> SqliteLedger::EraseSubject(const SubjectErasure& subject,
                                                       const ErasureOrder& order) {
  ENKRAT_RETURN_IF_ERROR(CheckErasureReason(order.reason));
  ENKRAT_RETURN_IF_ERROR(CheckSubjectKey(subject.subject_key));
  const auto page = std::make_shared<ErasurePage>();
  ENKRAT_RETURN_IF_ERROR(files_->Write(
      [subject, order, page, retention = retention_](SqliteConnection& writer) -> absl::Status {
        ENKRAT_ASSIGN_OR_RETURN(*page, EraseOfSubject(writer, subject, order, retention));
        return absl::OkStatus();
      }));
  ENKRAT_ASSIGN_OR_RETURN(page->wiped, files_->Wipe());
  return *page;
}

absl::StatusOr<HeldPage> SqliteLedger::ExportSubject(ByteSpan subject_key, size_t page_size,
                                                     absl::string_view page_token) {
  ENKRAT_RETURN_IF_ERROR(CheckSubjectKey(subject_key));
  ENKRAT_ASSIGN_OR_RETURN(const StoredHoldingPage stored,
                          files_->Read<StoredHoldingPage>([&](SqliteConnection& reader) {
                            return SelectHoldings(reader, subject_key, retention_, page_size,
                                                  page_token);
                          }));
  HeldPage page = {.sessions = {}, .next_page_token = stored.next_page_token};
  for (const StoredHolding& holding : stored.holdings) {
    ENKRAT_ASSIGN_OR_RETURN(HeldSession held, Open(holding));
    page.sessions.push_back(std::move(held));
  }
  return page;
}

// One of them may have been erased since the page was read: then it is answered without.
absl::StatusOr<HeldSession> SqliteLedger::Open(const StoredHolding& holding) {
  ENKRAT_ASSIGN_OR_RETURN(std::optional<EvidenceTrail> trail, TrailOf(holding.session_id));
  if (!trail.has_value()) return MakeError(Reason::kInternal, "a session has vanished");
  DataKeys* const keys = files_->keys();
  if (keys == nullptr) {
    return MakeError(Reason::kConfigurationInvalid, "personal data is not read without its keys");
  }
  ENKRAT_ASSIGN_OR_RETURN(std::vector<ProblemReport> problems,
                          problem_reports_->OfSession(holding.session_id));
  PersonRecord person = {.subject_key = holding.subject_key, .identity = {}};
  if (holding.identity.has_value()) {
    ENKRAT_ASSIGN_OR_RETURN(person.identity, keys->Open(IdentityPlace(holding.session_id),
                                                        {holding.data_key, *holding.identity}));
  }
  if (holding.particulars.has_value()) {
    ENKRAT_ASSIGN_OR_RETURN(
        person.particulars,
        keys->Open(ParticularsPlace(holding.session_id), {holding.data_key, *holding.particulars}));
  }
  return HeldSession{.session = std::move(trail->session),
                     .certificate = std::move(trail->certificate),
                     .person = std::move(person),
                     .evidence = std::move(trail->evidence),
                     .problems = std::move(problems),
                     .due_at = holding.due_at};
}

absl::StatusOr<std::vector<std::string>> SqliteLedger::RelyingParties() {
  return files_->Read<std::vector<std::string>>(&SelectRelyingParties);
}

absl::StatusOr<std::optional<EvidenceTrail>> SqliteLedger::TrailOf(absl::string_view session_id) {
  ENKRAT_ASSIGN_OR_RETURN(std::optional<StoredTrail> stored,
                          files_->Read<std::optional<StoredTrail>>([&](SqliteConnection& reader) {
                            return SelectTrailAtOnce(reader, session_id);
                          }));
  if (!stored.has_value()) return std::optional<EvidenceTrail>();
  EvidenceTrail trail = {.session = {},
                         .evidence = std::move(stored->evidence),
                         .head = std::move(stored->head),
                         .certificate = std::nullopt};
  ENKRAT_ASSIGN_OR_RETURN(trail.session, Opened(std::move(stored->session), files_->keys()));
  if (stored->certificate.has_value()) {
    ENKRAT_ASSIGN_OR_RETURN(trail.certificate,
                            Opened(*std::move(stored->certificate), files_->keys()));
  }
  return std::make_optional(std::move(trail));
}

absl::StatusOr<std::vector<std::string>> SqliteLedger::SessionIdsAfter(absl::string_view after,
                                                                       size_t limit) {
  ENKRAT_RETURN_IF_ERROR(CheckEventLimit(limit));
  return files_->Read<std::vector<std::string>>(
      [&](SqliteConnection& reader) { return SelectSessionIds(reader, after, limit); });
}

}  // namespace enkrat::store
