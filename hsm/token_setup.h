// Making a token: the first step of the key ceremony (`enkrat init`).
#ifndef ENKRAT_HSM_TOKEN_SETUP_H_
#define ENKRAT_HSM_TOKEN_SETUP_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/secret.h"
#include "hsm/module.h"

namespace enkrat::hsm {

struct TokenSetup {
  std::string label;  // 1..32 octets of ASCII
  Secret so_pin;      // security officer's
  Secret user_pin;    // the service's
};

// Initialises the first slot with an uninitialised token (C_InitToken, C_InitPIN) and answers it as
// it is afterwards. kConfigurationInvalid if a token of this label is there already, or no slot is
// free: an initialised token is never overwritten. No pool may be open on the module.
absl::StatusOr<TokenInfo> InitializeToken(Module& module, const TokenSetup& setup);

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_TOKEN_SETUP_H_
