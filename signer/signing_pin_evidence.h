// What is kept of every act on a signing PIN: ids and keyed hashes, never a PIN, a PUK or a name.
#ifndef ENKRAT_SIGNER_SIGNING_PIN_EVIDENCE_H_
#define ENKRAT_SIGNER_SIGNING_PIN_EVIDENCE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "idp_client/verified_identity.h"
#include "signer/activation_binding.h"
#include "store/records.h"

namespace enkrat::signer {

// A wrong PIN or PUK: "signing-pin-wrong", "signing-pin-locked", "signing-puk-wrong" or
// "signing-pin-destroyed".
struct WrongSecret {
  std::string relying_party;
  std::string act;  // "SIGN", or an ActivationOperationName
  Bytes credential_hash;
  bool puk = false;
  int tries_left = 0;
};
store::EvidenceRecord WrongSecretEvidence(absl::Time at, const WrongSecret& wrong);

// What a person did: "signing-pin-enrolled", "-activated", "-changed", "-unblocked", "-status-read"
// or "-revoked". `credential_hash` may be empty: GetStatus of somebody without one.
struct ActivationFacts {
  std::string relying_party;
  std::string request_id;
  ActivationOperation operation = ActivationOperation::kEnrol;
  Bytes credential_hash;
};
store::EvidenceRecord ActivationEvidence(absl::Time at, const ActivationFacts& facts,
                                         const idp_client::VerifiedIdentity& identity,
                                         ByteSpan assertion);

// What logs know a credential by: the first 16 hex characters of its hash.
std::string ShortHash(ByteSpan credential_hash);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNING_PIN_EVIDENCE_H_
