#include "signer/relying_party.h"

namespace enkrat::signer {

idp_client::LevelOfAssurance DefaultLevelOfAssurance(SignatureLevel level) {
  return level == SignatureLevel::kAdvanced ? idp_client::LevelOfAssurance::kSubstantial
                                            : idp_client::LevelOfAssurance::kHigh;
}

}  // namespace enkrat::signer
