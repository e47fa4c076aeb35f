// JSON from outsiders, read strictly: bounded, UTF-8, every member named once (RFC 8725 2.4, RFC
// 7515 4: a parser that keeps one of two equal names would let two readers see two documents).
#ifndef ENKRAT_IDP_CLIENT_JSON_OBJECT_H_
#define ENKRAT_IDP_CLIENT_JSON_OBJECT_H_

#include <nlohmann/json_fwd.hpp>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enkrat::idp_client {

struct JsonBounds {
  size_t size = 16 * 1024;  // octets of text
  size_t depth = 8;         // objects and arrays within each other
  size_t values = 512;      // of all kinds, at all depths
};

// One JSON object and nothing after it. kRequestMalformed or kLimitExceeded; the message never
// holds the text.
absl::StatusOr<nlohmann::json> ParseJsonObject(absl::string_view text, const JsonBounds& bounds);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_JSON_OBJECT_H_
