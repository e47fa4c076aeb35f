// A TimeStampReq as it came in, read with distrust (RFC 3161 2.4.1).
#ifndef ENKRAT_TSA_TIMESTAMP_REQUEST_H_
#define ENKRAT_TSA_TIMESTAMP_REQUEST_H_

#include <optional>
#include <variant>

#include "common/bytes.h"
#include "tsa/response.h"
#include "tsa/timestamper.h"

namespace enkrat::tsa {

inline constexpr size_t kMaxRequestSize = 4096;  // octets of DER TimeStampReq
inline constexpr size_t kMaxNonceSize = 32;      // content octets of its INTEGER

struct TimestampRequest {
  MessageImprint imprint;
  Bytes imprint_der;  // as sent: the token repeats it octet for octet
  Bytes policy;       // content octets of reqPolicy; empty: any
  Bytes nonce;        // content octets of the INTEGER; empty: none
  bool cert_req = false;
};

// The request, or why it cannot be granted, in this order:
//   longer than kMaxRequestSize, or not one TimeStampReq in DER with nothing behind it:
//   badDataFormat (a DEFAULT that is spelt out, certReq FALSE, is let pass); version other than 1,
//   nonce longer than kMaxNonceSize: badRequest; any extension, critical or not:
//   unacceptedExtension (2.4.1: none is recognised); digest other than SHA-256, SHA-384, SHA-512,
//   with parameters that are neither absent nor NULL (RFC 5754 2): badAlg; of the wrong length:
//   badDataFormat.
std::variant<TimestampRequest, FailureInfo> ParseTimestampRequest(ByteSpan request_der);

// MessageImprint in DER, digest parameters absent (RFC 5754 2).
Bytes EncodeImprint(const MessageImprint& imprint);

// The reverse of it, for imprints of outsiders: the same rules and failures as above.
std::variant<MessageImprint, FailureInfo> ParseImprint(ByteSpan imprint_der);

// DER TimeStampReq to ask somebody else with: certReq TRUE, the nonce (content octets of an
// INTEGER), no policy, no extensions.
Bytes EncodeTimestampRequest(const MessageImprint& imprint, ByteSpan nonce);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_TIMESTAMP_REQUEST_H_
