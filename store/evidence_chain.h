// The hash chain through a session's evidence: whoever changes, drops or adds a record has to
// change the head too (standards: hash chain; docs/personal_data.md).
#ifndef ENKRAT_STORE_EVIDENCE_CHAIN_H_
#define ENKRAT_STORE_EVIDENCE_CHAIN_H_

#include <cstdint>
#include <utility>

#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "store/records.h"

namespace enkrat::store {

// h_0 = SHA-256( "enkrat/evidence/v1" 0x00 session id ),
// h_n = SHA-256( 0x02 || h_(n-1) || length || record ), where the record is its number from 1 and
// its time in microseconds since 1970 (8 octets each), its step and its facts (each after its
// length); all numbers big-endian, lengths of 4 octets. A value.
class EvidenceChain {
 public:
  // Before a session's first record.
  explicit EvidenceChain(absl::string_view session_id);
  // After `count` records.
  EvidenceChain(int64_t count, Bytes head) : count_(count), head_(std::move(head)) {}

  void Append(const EvidenceRecord& record);

  int64_t count() const { return count_; }
  // 32 octets.
  const Bytes& head() const { return head_; }

 private:
  int64_t count_ = 0;
  Bytes head_;
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_EVIDENCE_CHAIN_H_
