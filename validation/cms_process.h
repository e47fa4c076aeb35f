// Judges a CMS file, or one inside a container: each of its signers, or the timestamp that it is.
#ifndef ENKRAT_VALIDATION_CMS_PROCESS_H_
#define ENKRAT_VALIDATION_CMS_PROCESS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "validation/content_digests.h"
#include "validation/report.h"
#include "validation/run.h"

namespace enkrat::validation {

struct CmsRequest {
  std::string name;   // before the signers' numbers, such as "signature"
  bool alone = true;  // a file of its own: "signature 1"; else only further signers are numbered
  ByteSpan cms_der;
  ContentDigests* detached = nullptr;  // what it is over unless it has content of its own
};

// One report for each signer. kRequestMalformed, kLimitExceeded for octets that are no SignedData
// (nor, alone, a timestamp) with 1 to 16 signers and at most 64 certificates, or more than the
// run's limits.
absl::StatusOr<std::vector<SignatureReport>> JudgeCms(const CmsRequest& request, Run& run);

// A signature that was not looked at because the time was up.
SignatureReport NotLookedAt(const std::string& id);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_CMS_PROCESS_H_
