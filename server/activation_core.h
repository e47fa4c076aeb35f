// What signing PINs are made of behind the listeners: their key in the HSM, their counters in the
// ledger, and what is done with both.
#ifndef ENKRAT_SERVER_ACTIVATION_CORE_H_
#define ENKRAT_SERVER_ACTIVATION_CORE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/log.h"
#include "hsm/mac_key.h"
#include "hsm/session_pool.h"
#include "idp_client/identity_verifier.h"
#include "server/settings.h"
#include "signer/counted_signing_pins.h"
#include "signer/signing_pin_activation.h"
#include "signer/signing_pin_tries.h"
#include "signer/signing_pin_verifiers.h"
#include "store/sqlite_ledger.h"

namespace enkrat::server {

// Made once. Thread-safe.
class ActivationCore {
 public:
  // Nothing is owned; all outlive it.
  struct Parts {
    const Config* config = nullptr;
    hsm::SessionPool* hsm = nullptr;
    store::SqliteLedger* ledger = nullptr;
    idp_client::IdentityVerifier* identities = nullptr;
    const Clock* clock = nullptr;
    Logger* logger = nullptr;
  };

  // Null unless signing_pins.enabled. kNotFound, kConfigurationInvalid: the key (hsm.pin_mac_key).
  static absl::StatusOr<std::unique_ptr<ActivationCore>> Create(const Parts& parts);

  // For the signing workflow.
  signer::SigningPins& pins() { return pins_; }
  // For ActivationService.
  signer::SigningPinActivation& activation() { return activation_; }

 private:
  ActivationCore(const Parts& parts, hsm::MacKey key);

  const hsm::MacKey key_;
  const signer::SigningPinVerifiers verifiers_;
  signer::SigningPinTries tries_;
  signer::CountedSigningPins pins_;
  signer::SigningPinActivation activation_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_ACTIVATION_CORE_H_
