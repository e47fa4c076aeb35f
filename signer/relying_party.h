// A relying party and what it may ask for: data, filled from the configuration and never changed
// afterwards.
#ifndef ENKRAT_SIGNER_RELYING_PARTY_H_
#define ENKRAT_SIGNER_RELYING_PARTY_H_

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "idp_client/level_of_assurance.h"
#include "signer/signature_level.h"

namespace enkrat::signer {

// What a relying party may ask for at one level.
struct LevelPolicy {
  // The least level of assurance of the assertion. Default by level: see DefaultLevelOfAssurance.
  idp_client::LevelOfAssurance minimal_level_of_assurance = idp_client::LevelOfAssurance::kHigh;
  // Whether the assertion must carry the SAD. Always for kQualified (RelyingParty::Create would
  // refuse less).
  bool binding_required = true;
  // Longest time between authentication and use; docs/conformity.md I3: three minutes. At most 30
  // minutes (TS 119 431-1 SIG-A.5-09).
  absl::Duration max_authentication_age = absl::Seconds(180);
  // `iss` of the accepted providers; empty: all that are configured.
  std::vector<std::string> issuers;
};

struct RelyingParty {
  std::string id;  // part of the SAD
  std::map<SignatureLevel, LevelPolicy> levels;
  size_t max_in_flight = 64;
};

// kSubstantial for ADVANCED, kHigh above (docs/conformity.md S5).
idp_client::LevelOfAssurance DefaultLevelOfAssurance(SignatureLevel level);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_RELYING_PARTY_H_
