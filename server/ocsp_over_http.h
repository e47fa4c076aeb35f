// OCSP and CRLs in the words of HTTP (RFC 6960 A.1, RFC 5019 5 and 6).
#ifndef ENKRAT_SERVER_OCSP_OVER_HTTP_H_
#define ENKRAT_SERVER_OCSP_OVER_HTTP_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "signer/ocsp_responder.h"
#include "signer/published_crl.h"

namespace enkrat::server {

inline constexpr char kOcspPath[] = "/ocsp";
inline constexpr char kOcspRequestType[] = "application/ocsp-request";
inline constexpr char kOcspResponseType[] = "application/ocsp-response";

// "/ocsp", and what begins with "/ocsp/".
bool IsOcspPath(absl::string_view path);

// The request in "/ocsp/BASE64": percent-encoded or not, in either alphabet (RFC 4648 4 and 5),
// with its padding or without; nullopt for anything else and for more than 8 KiB.
std::optional<Bytes> OcspRequestInPath(absl::string_view path);

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;
// What caches are told: an answer without a nonce may be kept for a short while, so that a
// revocation is seen soon even through them (RFC 5019 6.2); others not at all.
HttpHeaders OcspHeaders(const signer::OcspResponder::Reply& reply);
HttpHeaders CrlHeaders(const signer::PublishedCrl& crl);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_OCSP_OVER_HTTP_H_
