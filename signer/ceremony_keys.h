// The first half of a key ceremony: every long-lived key is in its token.
#ifndef ENKRAT_SIGNER_CEREMONY_KEYS_H_
#define ENKRAT_SIGNER_CEREMONY_KEYS_H_

#include <optional>

#include "absl/status/statusor.h"
#include "hsm/long_lived_key.h"
#include "signer/ceremony_folder.h"
#include "signer/ceremony_report.h"
#include "signer/key_ceremony.h"

namespace enkrat::signer {

struct CeremonyKeys {
  hsm::LongLivedKey issuing_ca;
  hsm::LongLivedKey timestamping_unit;
  hsm::LongLivedKey ocsp_responder;
  std::optional<hsm::LongLivedKey> root_ca;  // with a root of our own whose token is here
};

// Finds or generates all keys and adds them to the report. kConfigurationInvalid if a key is
// missing over which there is a certificate already: it is in another token, or lost, and a new one
// in its place would hide that.
absl::StatusOr<CeremonyKeys> EnsureKeys(const CeremonySettings& settings,
                                        const CeremonyTools& tools, const CeremonyFolder& folder,
                                        CeremonyReport& report);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CEREMONY_KEYS_H_
