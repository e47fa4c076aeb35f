// A request that has passed step 1, with what was derived from it.
#ifndef ENKRAT_SIGNER_ADMISSION_H_
#define ENKRAT_SIGNER_ADMISSION_H_

#include <memory>

#include "ca/profile.h"
#include "common/bytes.h"
#include "signer/organization.h"
#include "signer/relying_party.h"
#include "signer/signature_activation_data.h"
#include "signer/signing_request.h"

namespace enkrat::signer {

// Made by SigningWorkflow::Admit; what it points to belongs to the workflow or to relying_party.
struct Admission {
  std::shared_ptr<const RelyingParty> relying_party;
  const LevelPolicy* policy = nullptr;
  const ca::Profile* profile = nullptr;
  const Organization* organization = nullptr;  // of a seal
  SigningRequest request;
  SignatureActivationData sad{};
  Bytes request_digest = {};  // what "the same content" of a request_id means
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_ADMISSION_H_
