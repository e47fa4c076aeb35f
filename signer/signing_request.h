// What a relying party asks for, as the workflow sees it: no protobuf, no gRPC.
#ifndef ENKRAT_SIGNER_SIGNING_REQUEST_H_
#define ENKRAT_SIGNER_SIGNING_REQUEST_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/signing_key.h"
#include "signer/signature_level.h"

namespace enkrat::signer {

// One document, by its digest.
struct Document {
  std::string label;  // UTF-8, 1 to 256 characters, no control characters
  DigestAlgorithm digest_algorithm = DigestAlgorithm::kSha256;
  Bytes digest;  // exactly DigestSize(digest_algorithm) octets
};

// What the person authorises: all of it goes into the signature activation data.
struct SigningIntent {
  std::string request_id;  // UUID, lower case
  SignatureLevel level = SignatureLevel::kAdvanced;
  SignatureKind kind = SignatureKind::kSignature;
  std::vector<Document> documents;
};

// One call of Sign.
struct SigningRequest {
  SigningIntent intent;
  Bytes assertion;  // compact ID token; never logged
  KeyAlgorithm key_algorithm = KeyAlgorithm::kEcdsaP256;
  SignatureFormat format = SignatureFormat::kCadesBT;
  absl::Time deadline = absl::InfiniteFuture();
  // Says whether the client has gone; asked before each step that cannot be undone.
  std::function<bool()> cancelled = [] { return false; };
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNING_REQUEST_H_
