// Reports of problems with one-time certificates: what cannot be revoked can at least be reported,
// and the report is evidence (EN 319 411-1 REV-6.3.9-17).
#ifndef ENKRAT_STORE_PROBLEM_REPORTS_H_
#define ENKRAT_STORE_PROBLEM_REPORTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "store/records.h"

namespace enkrat::store {

struct ProblemReport {
  std::string report_id;  // 32 hex characters, random
  std::string relying_party;
  std::string session_id;
  std::string serial_number;  // of the certificate, lower-case hex
  std::string kind;           // such as "KEY_MISUSE_SUSPECTED"
  absl::Time reported_at;
  // What its relying party wrote, which may name people: encrypted at rest, and erased with the
  // session's certificate.
  std::string text = {};
};

// How many reports are taken.
struct ProblemLimits {
  size_t per_certificate = 16;
  size_t per_relying_party = 60;  // within `window`
  absl::Duration window = absl::Hours(1);
};

enum class ProblemOutcome { kRecorded, kTooMany };

struct ProblemPage {
  std::vector<ProblemReport> reports;  // newest first
  std::string next_page_token;         // empty on the last page
};

// Thread-safe. Errors as in ledger.h.
class ProblemReports {
 public:
  virtual ~ProblemReports() = default;

  // One transaction: the report and its evidence, an event of the ledger. On disk when it returns.
  // kNotFound for a certificate that is not the relying party's; kPersonalDataErased where the
  // session's personal data is gone, so that none comes after it.
  virtual absl::StatusOr<ProblemOutcome> Record(const ProblemReport& report,
                                                const EvidenceRecord& evidence,
                                                const ProblemLimits& limits) = 0;
  // Of any relying party, without its text.
  virtual absl::StatusOr<std::optional<ProblemReport>> Find(absl::string_view report_id) = 0;
  // Of one relying party, without texts; page_size 1..1000. kRequestMalformed for a token that is
  // not ours, kNotPermitted for one that was made for another list.
  virtual absl::StatusOr<ProblemPage> List(absl::string_view relying_party, size_t page_size,
                                           absl::string_view page_token) = 0;
  // Of a session, oldest first; for the operator. Texts are empty if they were erased, or without
  // the ledger's keys.
  virtual absl::StatusOr<std::vector<ProblemReport>> OfSession(absl::string_view session_id) = 0;
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_PROBLEM_REPORTS_H_
