// What an identity assertion must carry to act on a signing PIN: one digest for one call.
//
//   binding = SHA-256( "enkrat/activation/v1" || 0x00 || item(relying party id)
//                      item(operation name) item(request_id) )
//   item(x) = length of x in octets as 4 octets, big-endian || x
//
// Carried as the SAD is (signature_activation_data.h): base64url as the OpenID Connect `nonce`, "_"
// and hex as the ID of the SAML AuthnRequest.
#ifndef ENKRAT_SIGNER_ACTIVATION_BINDING_H_
#define ENKRAT_SIGNER_ACTIVATION_BINDING_H_

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace enkrat::signer {

enum class ActivationOperation { kEnrol, kActivate, kChange, kUnblock, kGetStatus, kRevoke };

// "ENROL", "ACTIVATE", "CHANGE", "UNBLOCK", "GET_STATUS", "REVOKE".
absl::string_view ActivationOperationName(ActivationOperation operation);

std::array<uint8_t, 32> ComputeActivationBinding(absl::string_view relying_party,
                                                 ActivationOperation operation,
                                                 absl::string_view request_id);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_ACTIVATION_BINDING_H_
