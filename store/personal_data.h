// What the ledger holds on persons, and how it goes: retention, access and erasure
// (docs/personal_data.md).
#ifndef ENKRAT_STORE_PERSONAL_DATA_H_
#define ENKRAT_STORE_PERSONAL_DATA_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "store/problem_reports.h"
#include "store/records.h"

namespace enkrat::store {

// Ten years, of 365.25 days.
inline constexpr absl::Duration kDefaultRetention = absl::Hours(87660);

// The law that has a certificate and what it rests on kept.
inline constexpr absl::string_view kRecordsKeptUnder =
    "eIDAS art. 24(2)(h), ETSI EN 319 411-1 OVR-6.4.6-01";
// The law that has what is due, or is not needed, erased.
inline constexpr absl::string_view kErasedUnder = "GDPR art. 5(1)(e), art. 17(1)";

// Evidence of an erasure, in the session's own chain.
inline constexpr absl::string_view kPersonalDataErasedStep = "personal-data-erased";

inline constexpr size_t kMaxSessionsPerErasure = 10'000;  // of EraseDue
inline constexpr size_t kMaxSessionsPerPage = 1000;

struct DueSession {
  std::string session_id;
  std::string relying_party;
  absl::Time ended_at;
  std::string serial_number;  // empty: no certificate
  absl::Time due_at;
};

struct DuePage {
  std::vector<DueSession> sessions;  // the longest due first
  std::string next_page_token;       // empty on the last page
};

struct ErasureOrder {
  // The operator's code for why: 1 to 64 letters, digits and ".:_/-". Evidence, so no name.
  std::string reason;
  absl::Time now;
};

// Parts: "certificate", "identity", "particulars", "result", "problem-texts".
struct ErasedSession {
  std::string session_id;
  std::vector<std::string> erased = {};
  std::vector<std::string> kept = {};
  std::optional<absl::Time> kept_until = std::nullopt;  // by kRecordsKeptUnder
};

struct ErasurePage {
  std::vector<ErasedSession> sessions;
  std::string next_page_token;  // empty on the last page
  // What was erased is gone from the file and its log. False while somebody reads the old state of
  // the file: DropExpired finishes it later.
  bool wiped = true;
};

struct HeldSession {
  SessionRecord session;
  std::optional<CertificateRecord> certificate;
  std::optional<PersonRecord> person;  // none in what an older version left
  std::vector<EvidenceRecord> evidence;
  std::vector<ProblemReport> problems;
  absl::Time due_at;
};

struct HeldPage {
  std::vector<HeldSession> sessions;  // oldest first
  std::string next_page_token;
};

// Thread-safe. Errors of all: kStoreUnavailable, kOverloaded as Ledger's; kRequestMalformed (with
// its field) for a page size outside 1..kMaxSessionsPerPage, a token that is not one, a subject key
// that is not of 32 octets, a reason that is no code.
class PersonalDataLedger {
 public:
  virtual ~PersonalDataLedger() = default;

  // Sessions whose retention ends at `due_before` or earlier: the certificate's end, or the
  // session's without one, and the retention after it. Ids only.
  virtual absl::StatusOr<DuePage> ListDue(absl::Time due_before, size_t page_size,
                                          absl::string_view page_token) = 0;
  // Erases what is due at order.now: certificate, identity, result and texts of problem reports of
  // at most `limit` sessions (1..kMaxSessionsPerErasure). What is erased is on disk, and evidence
  // of it, when this returns; after an error a part of it may be. Sessions and their evidence stay.
  virtual absl::StatusOr<ErasurePage> EraseDue(const ErasureOrder& order, size_t limit) = 0;

  // Everything that is held on a person. Also the HSM's errors, which has the keys.
  virtual absl::StatusOr<HeldPage> ExportSubject(ByteSpan subject_key, size_t page_size,
                                                 absl::string_view page_token) = 0;
  // Erases what the law does not have kept: all of a session that is due or led to no certificate;
  // of the others, results and particulars. With `including_certificates` all of it: that is for
  // the operator to answer for, and is recorded. Lists every session of the person.
  struct SubjectErasure {
    Bytes subject_key;
    bool including_certificates = false;
    size_t page_size = 100;
    std::string page_token = {};
  };
  virtual absl::StatusOr<ErasurePage> EraseSubject(const SubjectErasure& subject,
                                                   const ErasureOrder& order) = 0;

  // All that ever began a session.
  virtual absl::StatusOr<std::vector<std::string>> RelyingParties() = 0;
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_PERSONAL_DATA_H_
