// What a signing session yields: a value that cannot be made without a confirmed destruction.
#ifndef ENKRAT_SIGNER_SIGNING_RESULT_H_
#define ENKRAT_SIGNER_SIGNING_RESULT_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "ca/issuer.h"
#include "common/bytes.h"
#include "common/validation_data.h"
#include "signer/key_destruction.h"
#include "tsa/timestamper.h"

namespace enkrat::signer {

struct DocumentSignature {
  std::string label;
  Bytes signature;  // RAW: the signature value; CAdES and PAdES: the DER CMS
  std::optional<tsa::IssuedTimestamp> timestamp;
  Bytes pdf_update = {};  // what a PDF that was sent gets appended
};

struct SigningResult {
  explicit SigningResult(KeyDestruction proof) : destruction(std::move(proof)) {}

  std::string session_id;
  std::string request_id;
  std::vector<DocumentSignature> signatures;  // in the order of the request
  ca::IssuedCertificate certificate;
  std::vector<Bytes> chain_der;  // issuing CA first, root last
  KeyDestruction destruction;
  absl::Time started_at;
  absl::Time completed_at;
  std::optional<ValidationData> validation_data = std::nullopt;  // of every chain in it
  bool replayed = false;  // the stored result of an earlier call
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNING_RESULT_H_
