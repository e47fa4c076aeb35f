// TimeStampResp as it leaves: granted with a token, or rejected with the reason (RFC 3161 2.4.2).
#ifndef ENKRAT_TSA_RESPONSE_H_
#define ENKRAT_TSA_RESPONSE_H_

#include "common/bytes.h"

namespace enkrat::tsa {

// PKIFailureInfo. The values are the bits' numbers. addInfoNotAvailable(17) cannot happen here: no
// additional information is offered.
enum class FailureInfo {
  kBadAlg = 0,
  kBadRequest = 2,
  kBadDataFormat = 5,
  kTimeNotAvailable = 14,
  kUnacceptedPolicy = 15,
  kUnacceptedExtension = 16,
  kSystemFailure = 25,
};

// DER TimeStampResp with PKIStatus rejection(2), a constant text and the failure; no token.
Bytes RejectionResponse(FailureInfo failure);

// DER TimeStampResp with PKIStatus granted(0) and the token; no failInfo.
Bytes GrantedResponse(ByteSpan token_der);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_RESPONSE_H_
