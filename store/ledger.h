// The durable memory of the service: intents, spent assertions, certificates, evidence, results.
#ifndef ENKRAT_STORE_LEDGER_H_
#define ENKRAT_STORE_LEDGER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "store/records.h"

namespace enkrat::store {

// Spent assertions are remembered for this long after they have expired: a clock that is stepped
// back by less does not bring one back to life.
inline constexpr absl::Duration kSpentMargin = absl::Hours(1);

// Evidence of assertions that were rejected, and of relying parties that asked for what is
// another's: outsiders cause it, so it is not kept for ever.
inline constexpr absl::string_view kRejectedAssertionStep = "assertion-rejected";
inline constexpr absl::string_view kAccessDeniedStep = "access-denied";
inline constexpr absl::Duration kRejectedAssertionsKept = absl::Hours(24 * 90);

// What became of an intent.
enum class IntentOutcome {
  kRecorded,        // durable; the assertion is spent
  kAssertionSpent,  // somebody spent it before; nothing was recorded
  kRequestIdTaken,  // (relying_party, request_id) exists; nothing was recorded
  kQuotaExceeded,   // one of the quotas is used up; nothing was recorded or counted
};

struct CertificatePage {
  std::vector<CertificateRecord> certificates;  // newest first
  std::string next_page_token;                  // empty on the last page
};

struct LedgerStatistics {
  uint64_t sessions_completed = 0;
  uint64_t sessions_failed = 0;
  uint64_t sessions_abandoned = 0;
  uint64_t sessions_open = 0;
  // Since this process opened the ledger; 0 where there is no commit to speak of.
  uint64_t writes = 0;   // that are on disk
  uint64_t commits = 0;  // that put them there: fewer than writes under load
  uint64_t writes_waiting = 0;
};

// Thread-safe. A writing function returns when what it wrote is on disk; until then it blocks its
// caller, for 30 s at most. Errors of all functions: kStoreUnavailable (full, read-only, broken,
// gone; or the disk does not answer: then the write may still happen, in its place before later
// ones); kOverloaded when too many writes wait. Whatever comes late, a session ends once: what
// completes or fails it checks that it is open.
class Ledger {
 public:
  virtual ~Ledger() = default;

  // One transaction: (relying_party, request_id) unique, (issuer, assertion_id) unique, each
  // of its quotas has room and counts one more. Design.md section 4 step 3, invariant 3. A request
  // id that is taken is told first, then a quota: an assertion is not spent by what exceeds one.
  virtual absl::StatusOr<IntentOutcome> RecordIntent(const SessionIntent& intent) = 0;
  // One transaction: certificate, evidence, result; the session is kCompleted. kInternal unless it
  // is open.
  virtual absl::Status CompleteSession(const SessionCompletion& completion) = 0;
  virtual absl::Status FailSession(const SessionFailure& failure) = 0;

  // Evidence that belongs to no session: an assertion that was rejected, the service's start and
  // stop.
  virtual absl::Status RecordEvent(const EvidenceRecord& record) = 0;
  // Such evidence of `since` and later, oldest first; limit 1..1000, kRequestMalformed otherwise.
  virtual absl::StatusOr<std::vector<EvidenceRecord>> Events(absl::Time since, size_t limit) = 0;

  // nullopt if there is none.
  virtual absl::StatusOr<std::optional<SessionRecord>> FindSession(
      absl::string_view relying_party, absl::string_view request_id) = 0;
  virtual absl::StatusOr<std::optional<SessionRecord>> FindSessionById(
      absl::string_view session_id) = 0;
  // Whether a relying party has a session of this request id, whichever it is.
  virtual absl::StatusOr<bool> RequestIdIsKnown(absl::string_view request_id) = 0;
  // In the order of the steps.
  virtual absl::StatusOr<std::vector<EvidenceRecord>> EvidenceOf(absl::string_view session_id) = 0;

  virtual absl::StatusOr<std::optional<CertificateRecord>> FindCertificateBySerial(
      absl::string_view serial_number) = 0;
  virtual absl::StatusOr<std::optional<CertificateRecord>> FindCertificateByFingerprint(
      ByteSpan fingerprint_sha256) = 0;
  // Of one relying party; page_size 1..1000. kRequestMalformed for a token that is not this
  // ledger's, kNotPermitted for one that it gave to another relying party.
  virtual absl::StatusOr<CertificatePage> ListCertificates(absl::string_view relying_party,
                                                           size_t page_size,
                                                           absl::string_view page_token) = 0;

  // At start, before serving: every open session becomes kAbandoned, with an evidence record, once.
  // How many.
  virtual absl::StatusOr<size_t> CloseAbandoned(absl::Time now) = 0;
  // Drops results that have expired, spent assertions that have for longer than kSpentMargin,
  // events of kRejectedAssertionStep and kAccessDeniedStep older than kRejectedAssertionsKept, and
  // counters of quotas whose window began longer ago than kQuotaWindowKept (quota_counters.h). How
  // many rows.
  virtual absl::StatusOr<size_t> DropExpired(absl::Time now) = 0;

  // OK if a write would succeed now: writes a heartbeat row.
  virtual absl::Status CheckHealth() = 0;
  virtual absl::StatusOr<LedgerStatistics> Statistics() = 0;
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_LEDGER_H_
