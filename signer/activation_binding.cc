#include "signer/activation_binding.h"

#include "common/digest.h"
#include "signer/canonical_octets.h"

namespace enkrat::signer {

absl::string_view ActivationOperationName(ActivationOperation operation) {
  switch (operation) {
    case ActivationOperation::kEnrol:
      return "ENROL";
    case ActivationOperation::kActivate:
      return "ACTIVATE";
    case ActivationOperation::kChange:
      return "CHANGE";
    case ActivationOperation::kUnblock:
      return "UNBLOCK";
    case ActivationOperation::kGetStatus:
      return "GET_STATUS";
    case ActivationOperation::kRevoke:
      return "REVOKE";
  }
  return "UNKNOWN";
}

std::array<uint8_t, 32> ComputeActivationBinding(absl::string_view relying_party,
                                                 ActivationOperation operation,
                                                 absl::string_view request_id) {
  CanonicalOctets octets("enkrat/activation/v1");
  octets.Item(relying_party);
  octets.Item(ActivationOperationName(operation));
  octets.Item(request_id);
  return Sha256(octets.octets());
}

}  // namespace enkrat::signer
