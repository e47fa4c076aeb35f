// A result as octets: what the ledger keeps for retries and what a client gets are one message,
// enkrat.v1.SignResponse.
#ifndef ENKRAT_SIGNER_STORED_RESULT_H_
#define ENKRAT_SIGNER_STORED_RESULT_H_

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "signer/signing_result.h"

namespace enkrat::v1 {
class SignResponse;
class ValidationData;
}  // namespace enkrat::v1

namespace enkrat::signer {

class StoredResult {
 public:
  static Bytes Encode(const SigningResult& result);
  // kInternal for octets that Encode did not make.
  static absl::StatusOr<SigningResult> Decode(ByteSpan octets);
  // The same fields in the message itself.
  static void Fill(const SigningResult& result, v1::SignResponse& response);
  static void Fill(const ValidationData& data, v1::ValidationData& message);
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_STORED_RESULT_H_
