// What a PKCS#11 module does otherwise than the standard says, or needs beyond it: one named,
// cited entry a vendor.
#ifndef ENKRAT_HSM_QUIRKS_H_
#define ENKRAT_HSM_QUIRKS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enkrat::hsm {

struct Quirks {
  absl::string_view name = "standard";
  // Sessions are opened with CKF_RW_SESSION even where nothing is written to the token.
  bool read_write_sessions = false;
  // A quarantined session stays open until no lease is out: closing one while others work is not
  // safe with this module.
  bool close_sessions_only_when_idle = false;
  // CKA_ALLOWED_MECHANISMS and CKA_COPYABLE may be part of a key's template.
  bool allowed_mechanisms_in_template = false;
  bool copyable_in_template = false;
  // The module keeps memory for every key it ever made, until C_Finalize: the pool's
  // recycle_after_keys default for it. 0 = no need.
  uint64_t recycle_after_keys = 0;
  // Why: the defects and documents behind the entries above, for `enkrat doctor`.
  absl::string_view rationale;
};

// The entry for a module by what C_GetInfo says about it; the standard one if nothing matches.
const Quirks& DetectQuirks(absl::string_view manufacturer, absl::string_view library_description);

// The entry that a configuration names ("standard", "softhsm", "nss", "aws-cloudhsm", ...);
// kConfigurationInvalid, listing the names, for any other.
absl::StatusOr<const Quirks*> QuirksByName(absl::string_view name);

// All entries, for documentation and tests.
const std::vector<Quirks>& AllQuirks();

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_QUIRKS_H_
