// A relying party and what it may ask for: data, filled from the configuration and never changed
// afterwards. A change of the configuration makes a new one.
#ifndef ENKRAT_SIGNER_RELYING_PARTY_H_
#define ENKRAT_SIGNER_RELYING_PARTY_H_

#include <atomic>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/signing_key.h"
#include "idp_client/level_of_assurance.h"
#include "signer/signature_level.h"

namespace enkrat::signer {

// What a policy is about.
struct PolicyKey {
  SignatureKind kind = SignatureKind::kSignature;
  SignatureLevel level = SignatureLevel::kAdvanced;
  auto operator<=>(const PolicyKey&) const = default;
};

// Who may have a seal made (docs/policy.md).
enum class SealAuthorization {
  kMandate,       // a natural person, by the assertion's mandate or as a configured representative
  kRelyingParty,  // the relying party itself, by its client certificate; there is no assertion
};

// What a relying party may ask for at one level, for one kind of signature.
struct LevelPolicy {
  // Name of the certificate profile (SigningWorkflow::Parts::profiles).
  std::string profile;
  // The least level of assurance of the assertion. Default by level: see DefaultLevelOfAssurance.
  idp_client::LevelOfAssurance minimal_level_of_assurance = idp_client::LevelOfAssurance::kHigh;
  // Whether the assertion must carry the SAD. Always for kQualified (the configuration with less is
  // refused).
  bool binding_required = true;
  // Longest time between authentication and use; docs/conformity.md I3: three minutes. At most 30
  // minutes (TS 119 431-1 SIG-A.5-09).
  absl::Duration max_authentication_age = absl::Seconds(180);
  // `iss` of the accepted providers; empty: all that are configured.
  std::vector<std::string> issuers = {};
  // `amr` values (RFC 8176) of which the assertion must name one; empty: no matter.
  std::vector<std::string> authentication_methods = {};
  // Algorithms of the one-time key that may be asked for; empty: all.
  std::set<KeyAlgorithm> key_algorithms = {};
  // The person's signing PIN is needed as well.
  bool signing_pin = false;
  // Sessions of one person in a day (UTC); 0: no limit.
  uint32_t sessions_per_person_per_day = 0;
  // Of a seal: who may have it made, and for which organisations (by identifier).
  SealAuthorization seal_authorization = SealAuthorization::kMandate;
  std::set<std::string> organizations = {};
};

struct RelyingParty {
  std::string id;  // part of the SAD
  std::map<PolicyKey, LevelPolicy> policies;
  size_t max_in_flight = 64;
  // Client ids that its assertions must have been issued to; empty: any of the provider's.
  std::vector<std::string> audiences;
  // Calls a second in the long run, and at once before that counts; 0: no limit.
  uint32_t calls_per_second = 0;
  uint32_t burst = 0;
  // Signing sessions in a day (UTC); 0: no limit.
  uint32_t sessions_per_day = 0;
  // Refused with kRelyingPartyDisabled. Becomes true while calls run, when the operator disables
  // or removes the relying party: they end before their next step that cannot be undone.
  std::shared_ptr<std::atomic<bool>> disabled = std::make_shared<std::atomic<bool>>(false);
};

// kSubstantial for ADVANCED, kHigh above (docs/conformity.md S5).
idp_client::LevelOfAssurance DefaultLevelOfAssurance(SignatureLevel level);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_RELYING_PARTY_H_
