// What the ledger keeps: plain values. Ids and hashes only, but for what is said to be personal: it
// is encrypted at rest, apart from the evidence, and can be erased (docs/personal_data.md).
#ifndef ENKRAT_STORE_RECORDS_H_
#define ENKRAT_STORE_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/bytes.h"

namespace enkrat::store {

// One step of a session, as evidence.
struct EvidenceRecord {
  std::string step;  // such as "intent-recorded", "key-generated"
  absl::Time at;
  std::string facts_json;  // one JSON object, at most 64 KiB
};

// How many sessions somebody may begin in a window of time. Counted when one begins, however it
// ends.
struct Quota {
  Bytes key;                // 32 octets: a hash of whose quota it is; keyed, if a person's
  absl::Time window_start;  // of a window of a day at most
  uint32_t limit = 0;       // sessions in the window
};

// Before anything irreversible: who asked for what, and the assertion that is spent by it.
struct SessionIntent {
  std::string session_id;  // 32 hex characters, random
  std::string relying_party;
  std::string request_id;    // UUID, lower case; unique with relying_party
  Bytes request_digest;      // 32 octets: what "the same content" means
  std::string issuer;        // of the assertion
  std::string assertion_id;  // unique with issuer, until assertion_expires_at
  absl::Time assertion_expires_at;
  absl::Time started_at;
  std::vector<EvidenceRecord> evidence;  // of the steps so far
  std::vector<Quota> quotas = {};        // each needs room for one more; at most 4
};

struct CertificateRecord {
  std::string session_id;
  std::string relying_party;
  Bytes der;                  // personal; empty once it is erased
  std::string serial_number;  // lower-case hex
  Bytes fingerprint_sha256;   // 32 octets
  absl::Time not_before;
  absl::Time not_after;
  // When `der` was erased; the rest stays as evidence.
  std::optional<absl::Time> erased_at = std::nullopt;
};

// The person for whom a session was, in octets of the workflow's own making. Personal, all of it.
struct PersonRecord {
  // 32 octets: keyed hash of the person at the relying party. Records are found again by it.
  Bytes subject_key;
  // What the certificate rests on, such as names and who vouched for them: kept as long as the
  // certificate. At most 64 KiB.
  Bytes identity;
  // What it does not rest on, such as a date of birth: erased on the person's request at any time.
  // At most 64 KiB; may be empty.
  Bytes particulars = {};
};

// The end of a session that succeeded.
struct SessionCompletion {
  std::string session_id;
  CertificateRecord certificate;
  std::vector<EvidenceRecord> evidence;
  Bytes result;         // opaque; at most 16 MiB; personal
  Bytes result_digest;  // SHA-256 of it, kept when the result itself is dropped
  absl::Time completed_at;
  absl::Time result_expires_at;
  std::optional<PersonRecord> person = std::nullopt;  // none: nobody but the relying party itself
};

// The end of a session that failed after its intent.
struct SessionFailure {
  std::string session_id;
  std::string reason;  // Reason's name
  std::vector<EvidenceRecord> evidence;
  std::optional<CertificateRecord> certificate;  // if one was issued by then
  absl::Time failed_at;
  std::optional<PersonRecord> person = std::nullopt;
};

enum class SessionState { kOpen, kCompleted, kFailed, kAbandoned };

struct SessionRecord {
  std::string session_id;
  std::string relying_party;
  std::string request_id;
  Bytes request_digest;
  SessionState state = SessionState::kOpen;
  std::string failure_reason;  // kFailed
  absl::Time started_at;
  std::optional<absl::Time> ended_at;
  std::optional<Bytes> result;  // kCompleted, until it expires or is erased
  Bytes result_digest;          // kCompleted
  // When all that is personal in it was erased.
  std::optional<absl::Time> personal_data_erased_at = std::nullopt;
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_RECORDS_H_
