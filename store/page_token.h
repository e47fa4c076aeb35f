// Where the next page of a list begins, as text that callers hand back and cannot read.
#ifndef ENKRAT_STORE_PAGE_TOKEN_H_
#define ENKRAT_STORE_PAGE_TOKEN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"

namespace enkrat::store {

// In base64url: one block of AES-256, the position and zeros, whose key is of this ledger (`salt`,
// schema.h) and of this relying party; and a check value that says that this ledger made it,
// whomever for. Positions
// count the certificates of all relying parties: whoever could read them would know how many the
// others get. kInternal if OpenSSL fails.
absl::StatusOr<std::string> MakePageToken(ByteSpan salt, absl::string_view relying_party,
                                          int64_t position);

// kRequestMalformed for anything that MakePageToken did not make of this salt; kNotPermitted for
// what it made of it for another relying party.
absl::StatusOr<int64_t> ReadPageToken(ByteSpan salt, absl::string_view relying_party,
                                      absl::string_view token);

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_PAGE_TOKEN_H_
