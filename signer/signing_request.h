// What a relying party asks for, as the workflow sees it: no protobuf, no gRPC.
#ifndef ENKRAT_SIGNER_SIGNING_REQUEST_H_
#define ENKRAT_SIGNER_SIGNING_REQUEST_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/signing_key.h"
#include "idp_client/identity_verifier.h"
#include "signer/signature_level.h"

namespace enkrat::signer {

class PdfJob;     // pdf_job.h
struct PinProof;  // signing_pin.h

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
  std::string organization_identifier = {};  // of a seal (EN 319 412-1 5.1.4); else empty
};

// One call of Sign.
struct SigningRequest {
  SigningIntent intent;
  // Never logged. Empty for a seal that the relying party itself makes.
  Bytes assertion;
  idp_client::AssertionType assertion_type = idp_client::AssertionType::kOidcIdToken;
  std::shared_ptr<const PinProof> pin_proof = nullptr;  // null: none was sent
  KeyAlgorithm key_algorithm = KeyAlgorithm::kEcdsaP256;
  SignatureFormat format = SignatureFormat::kCadesBT;
  bool include_validation_data = false;  // levels B-LT and B-LTA have it anyway
  SignaturePackaging packaging = SignaturePackaging::kDetached;
  std::vector<Bytes> contents = {};  // kEnveloping: the documents, in their order
  // PAdES: the document itself was sent, and is signed in place. Null: only its digest is known,
  // and what is made is the CMS for it.
  std::shared_ptr<PdfJob> pdf = nullptr;
  absl::Time deadline = absl::InfiniteFuture();
  // Says whether the client has gone; asked before each step that cannot be undone.
  std::function<bool()> cancelled = [] { return false; };
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNING_REQUEST_H_
