// Follows a CMS signature's archive timestamps, from the latest to the first, each of which proves
// when that which it protects existed (EN 319 102-1 5.6; EN 319 122-1 5.5).
#ifndef ENKRAT_VALIDATION_ARCHIVE_PROCESS_H_
#define ENKRAT_VALIDATION_ARCHIVE_PROCESS_H_

#include <vector>

#include "absl/time/time.h"
#include "ades/signed_message.h"
#include "common/validation_data.h"
#include "validation/content_digests.h"
#include "validation/report.h"
#include "validation/run.h"

namespace enkrat::validation {

// What the good archive timestamps of one signature prove.
class ArchiveProofs {
 public:
  explicit ArchiveProofs(absl::Time known_since) : known_since_(known_since) {}

  // The signature value, its certificate and everything signed existed by then.
  absl::Time signature_known_since() const;
  // That value of an unsigned attribute of that type (both DER) existed by then.
  absl::Time KnownSince(ByteSpan type_der, ByteSpan value_der) const;
  // Since when the CRLs and OCSP responses that the timestamps are over are known.
  const ValidationDataProofs& validation_data() const { return validation_data_; }

  struct Proof {
    absl::Time gen_time;
    DigestAlgorithm index_algorithm = DigestAlgorithm::kSha256;
    std::vector<Bytes> attribute_digests;  // of its ATSHashIndex-v3
  };
  void Add(Proof proof, const ValidationData& protected_data);
  void Add(const ValidationDataProofs& known) { validation_data_.Add(known); }

 private:
  absl::Time known_since_;
  ValidationDataProofs validation_data_;
  std::vector<Proof> proofs_;
};

struct ArchiveRequest {
  const ades::SignedMessage* message = nullptr;  // its signer selected
  ByteSpan cms_der;
  ContentDigests* content = nullptr;
  const ValidationData* given = nullptr;
  const ValidationDataProofs* given_known = nullptr;  // before any archive timestamp; may be null
  absl::Time known_since;                             // of the whole message
};

struct ArchiveFindings {
  std::vector<TimestampReport> reports;  // the latest first
  ArchiveProofs proofs;
};

ArchiveFindings JudgeArchiveTimestamps(const ArchiveRequest& request, Run& run);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_ARCHIVE_PROCESS_H_
