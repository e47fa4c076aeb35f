// A ledger in memory that fails when and how it is told to.
#include "tests/support/in_memory_ledger.h"

#include <algorithm>
#include <array>

#include "common/status_macros.h"
#include "store/bounds.h"
#include "store/page_token.h"
#include "store/quota_counters.h"

namespace enkrat::testing {

constexpr std::array<uint8_t, 32> kSalt = {1, 2, 3};

using store::CertificateRecord;
using store::EvidenceRecord;
using store::IntentOutcome;
using store::SessionRecord;
using store::SessionState;

void InMemoryLedger::FailNth(const std::string& function, int nth, Reason reason) {
  MutexLock lock(mutex_);
  plans_.emplace(function, Plan{nth, reason});
}

void InMemoryLedger::LoseAnswerOfNth(const std::string& function, int nth) {
  MutexLock lock(mutex_);
  plans_.emplace(function, Plan{nth, Reason::kStoreUnavailable, /*lose_answer=*/true});
}

void InMemoryLedger::FailAlways(const std::string& function, Reason reason) {
  MutexLock lock(mutex_);
  plans_.emplace(function, Plan{1, reason, /*lose_answer=*/false, /*always=*/true});
}

void InMemoryLedger::ClearFaults() {
  MutexLock lock(mutex_);
  plans_.clear();
}

void InMemoryLedger::OnCall(std::function<void(const std::string&)> hook) {
  MutexLock lock(mutex_);
  hook_ = std::move(hook);
}

int InMemoryLedger::CallCount(const std::string& function) const {
  MutexLock lock(mutex_);
  return static_cast<int>(std::count(calls_.begin(), calls_.end(), function));
}

std::vector<std::string> InMemoryLedger::Calls() const {
  MutexLock lock(mutex_);
  return calls_;
}

size_t InMemoryLedger::SessionCount() const {
  MutexLock lock(mutex_);
  return sessions_.size();
}

size_t InMemoryLedger::CertificateCount() const {
  MutexLock lock(mutex_);
  return certificates_.size();
}

std::vector<EvidenceRecord> InMemoryLedger::Events() const {
  MutexLock lock(mutex_);
  return events_;
}

std::vector<SessionRecord> InMemoryLedger::Sessions() const {
  MutexLock lock(mutex_);
  std::vector<SessionRecord> records;
  for (const auto& [id, session] : sessions_) records.push_back(session.record);
  return records;
}

std::optional<store::PersonRecord> InMemoryLedger::PersonOf(const std::string& session_id) const {
  MutexLock lock(mutex_);
  const auto found = sessions_.find(session_id);
  return found == sessions_.end() ? std::nullopt : found->second.person;
}

void InMemoryLedger::ErasePersonalData(const std::string& session_id, absl::Time at) {
  MutexLock lock(mutex_);
  Session& session = sessions_.at(session_id);
  session.record.personal_data_erased_at = at;
  session.record.result.reset();
  session.person.reset();
  session.evidence.push_back({"personal-data-erased", at, "{}"});
  for (CertificateRecord& certificate : certificates_) {
    if (certificate.session_id != session_id) continue;
    certificate.der.clear();
    certificate.erased_at = at;
  }
}

bool InMemoryLedger::IsSpent(const std::string& issuer, const std::string& assertion_id) const {
  MutexLock lock(mutex_);
  return spent_.count({issuer, assertion_id}) != 0;
}

absl::StatusOr<InMemoryLedger::Fault> InMemoryLedger::Enter(const std::string& function) {
  std::function<void(const std::string&)> hook;
  {
    MutexLock lock(mutex_);
    calls_.push_back(function);
    hook = hook_;
  }
  if (hook) hook(function);
  MutexLock lock(mutex_);
  Fault fault = Fault::kNone;
  absl::Status failure;
  for (auto entry = plans_.begin(); entry != plans_.end();) {
    auto& [name, plan] = *entry;
    const bool mine = name == function || name == "*";
    if (!mine || (!plan.always && --plan.countdown > 0)) {
      ++entry;
      continue;
    }
    if (plan.lose_answer) {
      fault = Fault::kLoseAnswer;
    } else {
      failure = MakeError(plan.reason, "injected fault in " + function);
    }
    entry = plan.always ? std::next(entry) : plans_.erase(entry);
  }
  if (!failure.ok()) return failure;
  return fault;
}

absl::Status InMemoryLedger::Answer(Fault fault) {
  if (fault == Fault::kNone) return absl::OkStatus();
  return MakeError(Reason::kStoreUnavailable, "injected fault: the answer got lost");
}

absl::StatusOr<InMemoryLedger::Session*> InMemoryLedger::OpenSession(
    const std::string& session_id) {
  const auto found = sessions_.find(session_id);
  if (found == sessions_.end() || found->second.record.state != SessionState::kOpen) {
    return MakeError(Reason::kInternal, "the session is not open");
  }
  return &found->second;
}

bool InMemoryLedger::QuotasHaveRoom(const std::vector<store::Quota>& quotas) const {
  return std::all_of(quotas.begin(), quotas.end(), [&](const store::Quota& quota) {
    const auto found = quota_counters_.find({quota.key, quota.window_start});
    return (found == quota_counters_.end() ? 0 : found->second) < quota.limit;
  });
}

absl::Status InMemoryLedger::AddCertificate(const CertificateRecord& certificate,
                                            const Session& session) {
  if (certificate.relying_party != session.record.relying_party) {
    return MakeError(Reason::kInternal, "certificate of another relying party");
  }
  for (const CertificateRecord& other : certificates_) {
    if (other.serial_number == certificate.serial_number ||
        other.fingerprint_sha256 == certificate.fingerprint_sha256) {
      return MakeError(Reason::kInternal, "the certificate is recorded already");
    }
  }
  certificates_.push_back(certificate);
  return absl::OkStatus();
}

absl::StatusOr<IntentOutcome> InMemoryLedger::RecordIntent(const store::SessionIntent& intent) {
  ENKRAT_ASSIGN_OR_RETURN(const Fault fault, Enter("RecordIntent"));
  ENKRAT_RETURN_IF_ERROR(CheckIntent(intent));
  MutexLock lock(mutex_);
  if (requests_.count({intent.relying_party, intent.request_id}) != 0) {
    return IntentOutcome::kRequestIdTaken;
  }
  if (!QuotasHaveRoom(intent.quotas)) return IntentOutcome::kQuotaExceeded;
  if (spent_.count({intent.issuer, intent.assertion_id}) != 0) {
    return IntentOutcome::kAssertionSpent;
  }
  if (sessions_.count(intent.session_id) != 0) {
    return MakeError(Reason::kInternal, "the session id is taken");
  }
  for (const store::Quota& quota : intent.quotas) {
    ++quota_counters_[{quota.key, quota.window_start}];
  }
  requests_[{intent.relying_party, intent.request_id}] = intent.session_id;
  spent_[{intent.issuer, intent.assertion_id}] = intent.assertion_expires_at;
  Session& session = sessions_[intent.session_id];
  session.record.session_id = intent.session_id;
  session.record.relying_party = intent.relying_party;
  session.record.request_id = intent.request_id;
  session.record.request_digest = intent.request_digest;
  session.record.started_at = intent.started_at;
  session.evidence = intent.evidence;
  ENKRAT_RETURN_IF_ERROR(Answer(fault));
  return IntentOutcome::kRecorded;
}

absl::Status InMemoryLedger::CompleteSession(const store::SessionCompletion& completion) {
  ENKRAT_ASSIGN_OR_RETURN(const Fault fault, Enter("CompleteSession"));
  ENKRAT_RETURN_IF_ERROR(CheckCompletion(completion));
  MutexLock lock(mutex_);
  ENKRAT_ASSIGN_OR_RETURN(Session * session, OpenSession(completion.session_id));
  ENKRAT_RETURN_IF_ERROR(AddCertificate(completion.certificate, *session));
  session->record.state = SessionState::kCompleted;
  session->record.ended_at = completion.completed_at;
  session->record.result = completion.result;
  session->record.result_digest = completion.result_digest;
  session->result_expires_at = completion.result_expires_at;
  session->person = completion.person;
  session->evidence.insert(session->evidence.end(), completion.evidence.begin(),
                           completion.evidence.end());
  return Answer(fault);
}

absl::Status InMemoryLedger::FailSession(const store::SessionFailure& failure) {
  ENKRAT_ASSIGN_OR_RETURN(const Fault fault, Enter("FailSession"));
  ENKRAT_RETURN_IF_ERROR(CheckFailure(failure));
  MutexLock lock(mutex_);
  ENKRAT_ASSIGN_OR_RETURN(Session * session, OpenSession(failure.session_id));
  if (failure.certificate.has_value()) {
    ENKRAT_RETURN_IF_ERROR(AddCertificate(*failure.certificate, *session));
  }
  session->record.state = SessionState::kFailed;
  session->record.failure_reason = failure.reason;
  session->record.ended_at = failure.failed_at;
  session->person = failure.person;
  session->evidence.insert(session->evidence.end(), failure.evidence.begin(),
                           failure.evidence.end());
  return Answer(fault);
}

absl::Status InMemoryLedger::RecordEvent(const EvidenceRecord& record) {
  ENKRAT_ASSIGN_OR_RETURN(const Fault fault, Enter("RecordEvent"));
  ENKRAT_RETURN_IF_ERROR(CheckEvidence(record));
  MutexLock lock(mutex_);
  events_.push_back(record);
  return Answer(fault);
}

absl::StatusOr<std::vector<EvidenceRecord>> InMemoryLedger::Events(absl::Time since, size_t limit) {
  ENKRAT_RETURN_IF_ERROR(Enter("Events").status());
  ENKRAT_RETURN_IF_ERROR(store::CheckEventLimit(limit));
  std::vector<EvidenceRecord> found = Events();
  const auto too_old = [&](const EvidenceRecord& record) { return record.at < since; };
  found.erase(std::remove_if(found.begin(), found.end(), too_old), found.end());
  std::stable_sort(found.begin(), found.end(),
                   [](const EvidenceRecord& a, const EvidenceRecord& b) { return a.at < b.at; });
  if (found.size() > limit) found.resize(limit);
  return found;
}

absl::StatusOr<std::optional<SessionRecord>> InMemoryLedger::FindSession(
    absl::string_view relying_party, absl::string_view request_id) {
  ENKRAT_RETURN_IF_ERROR(Enter("FindSession").status());
  MutexLock lock(mutex_);
  const auto found = requests_.find({std::string(relying_party), std::string(request_id)});
  if (found == requests_.end()) return std::optional<SessionRecord>();
  return std::make_optional(sessions_.at(found->second).record);
}

absl::StatusOr<std::optional<SessionRecord>> InMemoryLedger::FindSessionById(
    absl::string_view session_id) {
  ENKRAT_RETURN_IF_ERROR(Enter("FindSessionById").status());
  MutexLock lock(mutex_);
  const auto found = sessions_.find(std::string(session_id));
  if (found == sessions_.end()) return std::optional<SessionRecord>();
  return std::make_optional(found->second.record);
}

absl::StatusOr<bool> InMemoryLedger::RequestIdIsKnown(absl::string_view request_id) {
  ENKRAT_RETURN_IF_ERROR(Enter("RequestIdIsKnown").status());
  MutexLock lock(mutex_);
  return std::any_of(requests_.begin(), requests_.end(),
                     [&](const auto& request) { return request.first.second == request_id; });
}

absl::StatusOr<std::vector<EvidenceRecord>> InMemoryLedger::EvidenceOf(
    absl::string_view session_id) {
  ENKRAT_RETURN_IF_ERROR(Enter("EvidenceOf").status());
  MutexLock lock(mutex_);
  const auto found = sessions_.find(std::string(session_id));
  return found == sessions_.end() ? std::vector<EvidenceRecord>() : found->second.evidence;
}

absl::StatusOr<std::optional<CertificateRecord>> InMemoryLedger::FindCertificateBySerial(
    absl::string_view serial_number) {
  ENKRAT_RETURN_IF_ERROR(Enter("FindCertificateBySerial").status());
  MutexLock lock(mutex_);
  for (const CertificateRecord& certificate : certificates_) {
    if (certificate.serial_number == serial_number) return std::make_optional(certificate);
  }
  return std::optional<CertificateRecord>();
}

absl::StatusOr<std::optional<CertificateRecord>> InMemoryLedger::FindCertificateByFingerprint(
    ByteSpan fingerprint_sha256) {
  ENKRAT_RETURN_IF_ERROR(Enter("FindCertificateByFingerprint").status());
  MutexLock lock(mutex_);
  for (const CertificateRecord& certificate : certificates_) {
    if (ByteSpan(certificate.fingerprint_sha256) == fingerprint_sha256) {
      return std::make_optional(certificate);
    }
  }
  return std::optional<CertificateRecord>();
}

absl::StatusOr<store::CertificatePage> InMemoryLedger::ListCertificates(
    absl::string_view relying_party, size_t page_size, absl::string_view page_token) {
  ENKRAT_RETURN_IF_ERROR(Enter("ListCertificates").status());
  ENKRAT_RETURN_IF_ERROR(store::CheckPageSize(page_size));
  MutexLock lock(mutex_);
  size_t before = certificates_.size();
  if (!page_token.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(const int64_t position,
                            store::ReadPageToken(kSalt, relying_party, page_token));
    before = std::min(before, static_cast<size_t>(position));
  }
  store::CertificatePage page;
  for (size_t i = before; i > 0; --i) {
    const CertificateRecord& certificate = certificates_[i - 1];
    if (certificate.relying_party != relying_party) continue;
    if (page.certificates.size() == page_size) {
      ENKRAT_ASSIGN_OR_RETURN(page.next_page_token,
                              store::MakePageToken(kSalt, relying_party, static_cast<int64_t>(i)));
      break;
    }
    page.certificates.push_back(certificate);
  }
  return page;
}

absl::StatusOr<size_t> InMemoryLedger::CloseAbandoned(absl::Time now) {
  ENKRAT_ASSIGN_OR_RETURN(const Fault fault, Enter("CloseAbandoned"));
  MutexLock lock(mutex_);
  size_t closed = 0;
  for (auto& [id, session] : sessions_) {
    if (session.record.state != SessionState::kOpen) continue;
    session.record.state = SessionState::kAbandoned;
    session.record.ended_at = now;
    session.evidence.push_back({"session-abandoned", now, "{}"});
    ++closed;
  }
  ENKRAT_RETURN_IF_ERROR(Answer(fault));
  return closed;
}

absl::StatusOr<size_t> InMemoryLedger::DropExpired(absl::Time now) {
  ENKRAT_ASSIGN_OR_RETURN(const Fault fault, Enter("DropExpired"));
  MutexLock lock(mutex_);
  size_t dropped = 0;
  for (auto spent = spent_.begin(); spent != spent_.end();) {
    if (spent->second < now - store::kSpentMargin) {
      spent = spent_.erase(spent);
      ++dropped;
    } else {
      ++spent;
    }
  }
  dropped += std::erase_if(quota_counters_, [&](const auto& counter) {
    return counter.first.second < now - store::kQuotaWindowKept;
  });
  for (auto& [id, session] : sessions_) {
    if (session.record.result.has_value() && session.result_expires_at < now) {
      session.record.result.reset();
      ++dropped;
    }
  }
  const auto is_old = [&](const EvidenceRecord& event) {
    return (event.step == store::kRejectedAssertionStep ||
            event.step == store::kAccessDeniedStep) &&
           event.at < now - store::kRejectedAssertionsKept;
  };
  const auto kept = std::remove_if(events_.begin(), events_.end(), is_old);
  dropped += static_cast<size_t>(events_.end() - kept);
  events_.erase(kept, events_.end());
  ENKRAT_RETURN_IF_ERROR(Answer(fault));
  return dropped;
}

absl::Status InMemoryLedger::CheckHealth() {
  ENKRAT_ASSIGN_OR_RETURN(const Fault fault, Enter("CheckHealth"));
  return Answer(fault);
}

absl::StatusOr<store::LedgerStatistics> InMemoryLedger::Statistics() {
  ENKRAT_RETURN_IF_ERROR(Enter("Statistics").status());
  MutexLock lock(mutex_);
  store::LedgerStatistics statistics;
  for (const auto& [id, session] : sessions_) {
    switch (session.record.state) {
      case SessionState::kOpen:
        ++statistics.sessions_open;
        break;
      case SessionState::kCompleted:
        ++statistics.sessions_completed;
        break;
      case SessionState::kFailed:
        ++statistics.sessions_failed;
        break;
      case SessionState::kAbandoned:
        ++statistics.sessions_abandoned;
        break;
    }
  }
  return statistics;
}

}  // namespace enkrat::testing
