// A JWS in compact form, taken apart without believing any of it (RFC 7515 3.1, 5.2).
#ifndef ENKRAT_IDP_CLIENT_COMPACT_JWS_H_
#define ENKRAT_IDP_CLIENT_COMPACT_JWS_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "idp_client/signature_algorithm.h"

namespace enkrat::idp_client {

// Longest token, in octets of its compact form.
inline constexpr size_t kMaxTokenSize = 16 * 1024;

struct CompactJws {
  const SignatureAlgorithm* algorithm = nullptr;  // `alg`
  std::string kid = {};                           // empty: the header has none
  ByteSpan signing_input = {};                    // into the token: header "." payload
  Bytes payload = {};
  Bytes signature = {};
};

// Exactly three non-empty segments of canonical base64url; a header in strict JSON of which `alg`
// is an asymmetric algorithm, `typ` is absent or JWT, `kid` is absent or a text of 1 to 256 octets,
// and no member is there that names a key, asks for an extension or says that this is something
// else than a signed token (RFC 8725 3.1, 3.10, 3.11). kAssertionRejected otherwise. The answer
// refers to `token`.
absl::StatusOr<CompactJws> ParseCompactJws(ByteSpan token);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_COMPACT_JWS_H_
