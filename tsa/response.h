// TimeStampResp: granted with a token, or rejected with the reason (RFC 3161 2.4.2).
#ifndef ENKRAT_TSA_RESPONSE_H_
#define ENKRAT_TSA_RESPONSE_H_

#include <optional>

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

// A response of somebody else's: its token, as sent, when the status is granted(0) or
// grantedWithMods(1); nullopt for any other status or when it is not a TimeStampResp in DER.
std::optional<Bytes> TokenOfResponse(ByteSpan response_der);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_RESPONSE_H_
