// A TimeStampToken, whoever made it: what it states, read without trusting it (RFC 3161 2.4.2).
#ifndef ENKRAT_TSA_TOKEN_H_
#define ENKRAT_TSA_TOKEN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"
#include "tsa/timestamper.h"

namespace enkrat::tsa {

inline constexpr size_t kMaxTokenSize = 64 * 1024;  // octets of DER

struct Token {
  absl::Time gen_time;
  absl::Duration accuracy;    // zero: not stated
  std::string serial_number;  // lower-case hex, whole octets
  std::string policy_oid;     // dotted decimal
  MessageImprint imprint;
  Bytes nonce;                          // content octets of the INTEGER; empty: none
  std::vector<Bytes> certificates_der;  // in the token's order
  Bytes signer_certificate_der;         // the one that the signature names; empty: not in the token
};

// Reads a token without verifying its signature. kRequestMalformed unless it is one ContentInfo of
// at most kMaxTokenSize, SignedData over a TSTInfo in DER with exactly one signer and an imprint of
// SHA-256, SHA-384 or SHA-512.
absl::StatusOr<Token> ParseToken(ByteSpan token_der);

// The same, with OpenSSL's view of the envelope for those who go on to verify it.
struct OpenedToken {
  Token token;
  CmsPtr cms;
};
absl::StatusOr<OpenedToken> OpenToken(ByteSpan token_der);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_TOKEN_H_
