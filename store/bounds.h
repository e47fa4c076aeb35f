// What a record must look like before the ledger takes it: sizes and shapes, checked the same way
// by every ledger.
#ifndef ENKRAT_STORE_BOUNDS_H_
#define ENKRAT_STORE_BOUNDS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "store/records.h"

namespace enkrat::store {

inline constexpr size_t kMaxFactsBytes = 64 * 1024;
inline constexpr size_t kMaxResultBytes = 16 * 1024 * 1024;
inline constexpr size_t kMaxEvidencePerCall = 8192;  // a session of 1000 documents: some 3000
inline constexpr size_t kMaxQuotas = 4;              // of an intent
inline constexpr size_t kMaxTextBytes = 1024;        // ids, issuers, steps, reasons, serial numbers
inline constexpr size_t kMaxCertificateBytes = 64 * 1024;
inline constexpr size_t kMaxPersonBytes = 64 * 1024;  // identity; and particulars
inline constexpr size_t kMaxPageSize = 1000;

// OK, kLimitExceeded for what is too large, or kInternal for a wrong shape (a digest of another
// length, an empty id, an issuer with a NUL, facts that are no object): the callers are ours.
absl::Status CheckIntent(const SessionIntent& intent);
absl::Status CheckCompletion(const SessionCompletion& completion);
absl::Status CheckFailure(const SessionFailure& failure);
absl::Status CheckEvidence(const EvidenceRecord& record);
// kRequestMalformed outside 1..kMaxPageSize.
absl::Status CheckPageSize(size_t page_size);
absl::Status CheckEventLimit(size_t limit);

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_BOUNDS_H_
