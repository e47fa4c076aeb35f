// What proves that a session's evidence is as it was recorded: the head of its hash chain, and the
// sessions in their order.
#ifndef ENKRAT_STORE_EVIDENCE_TRAIL_H_
#define ENKRAT_STORE_EVIDENCE_TRAIL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "store/records.h"

namespace enkrat::store {

// The head that stands with the session (evidence_chain.h).
struct EvidenceHead {
  int64_t count = 0;
  Bytes head;  // 32 octets
};

// A session with all that its evidence speaks of, of one moment.
struct EvidenceTrail {
  SessionRecord session;
  std::vector<EvidenceRecord> evidence;  // in the order of its numbers
  std::optional<EvidenceHead> head;      // nullopt: recorded by an older version
  std::optional<CertificateRecord> certificate;
};

// Thread-safe. Errors as Ledger's.
class EvidenceTrails {
 public:
  virtual ~EvidenceTrails() = default;
  // nullopt if there is no such session. Without the HSM's keys (a tool that only reads), what is
  // personal is left out: `certificate->der` and `session.result`.
  virtual absl::StatusOr<std::optional<EvidenceTrail>> TrailOf(absl::string_view session_id) = 0;
  // Ids of at most `limit` sessions (1..1000) that began after `after` did, in that order; empty:
  // from the first.
  virtual absl::StatusOr<std::vector<std::string>> SessionIdsAfter(absl::string_view after,
                                                                   size_t limit) = 0;
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_EVIDENCE_TRAIL_H_
