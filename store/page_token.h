// Where the next page of a list begins, as text that callers hand back and cannot read.
#ifndef ENKRAT_STORE_PAGE_TOKEN_H_
#define ENKRAT_STORE_PAGE_TOKEN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enkrat::store {

// base64url( position, 8 octets || check, 8 octets ). The check ties the token to the relying party
// and catches what was mistyped or made up. It is no secret: whoever computes one reads only his
// own list from another place.
std::string MakePageToken(absl::string_view relying_party, int64_t position);

// kRequestMalformed for anything that MakePageToken did not make for this relying party.
absl::StatusOr<int64_t> ReadPageToken(absl::string_view relying_party, absl::string_view token);

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_PAGE_TOKEN_H_
