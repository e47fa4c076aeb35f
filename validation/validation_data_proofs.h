// Since when each of the CRLs and OCSP responses that came with a signature is known to have
// existed.
#ifndef ENKRAT_VALIDATION_VALIDATION_DATA_PROOFS_H_
#define ENKRAT_VALIDATION_VALIDATION_DATA_PROOFS_H_

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/validation_data.h"

namespace enkrat::validation {

// A value. What was not added is not known: a proof is of the octets that a timestamp is over, and
// of no others that stand beside them.
class ValidationDataProofs {
 public:
  // The earliest time counts.
  void Add(const ValidationData& data, absl::Time since) {
    for (const Bytes& der : data.crls_der) Note(Sha256(der), since);
    for (const Bytes& der : data.ocsp_responses_der) Note(Sha256(der), since);
  }
  using Digest = std::array<uint8_t, 32>;  // SHA-256
  void Add(const std::vector<Digest>& digests, absl::Time since) {
    for (const Digest& digest : digests) Note(digest, since);
  }
  void Add(const ValidationDataProofs& other) {
    for (const auto& [digest, since] : other.since_) Note(digest, since);
  }

  // InfiniteFuture if nothing is known.
  absl::Time Since(ByteSpan der) const {
    const auto known = since_.find(Sha256(der));
    return known == since_.end() ? absl::InfiniteFuture() : known->second;
  }

 private:
  void Note(const Digest& digest, absl::Time since) {
    const auto [known, added] = since_.try_emplace(digest, since);
    if (!added && since < known->second) known->second = since;
  }

  std::map<Digest, absl::Time> since_;
};

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_VALIDATION_DATA_PROOFS_H_
