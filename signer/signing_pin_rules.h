// Which PINs may be: their shape, and what is too easily guessed (NIST SP 800-63B 5.1.1.2, as far
// as it fits six to eight characters behind a counter of three).
#ifndef ENKRAT_SIGNER_SIGNING_PIN_RULES_H_
#define ENKRAT_SIGNER_SIGNING_PIN_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "common/secret.h"

namespace enkrat::signer {

inline constexpr size_t kShortestPin = 6;  // characters
inline constexpr size_t kLongestPin = 8;
inline constexpr size_t kTransportPinDigits = 8;
inline constexpr size_t kPukCharacters = 8;
// No 0/O, 1/I/L: what is read aloud or off paper is not mistaken. 31 characters: 39 bits for 8.
inline constexpr absl::string_view kPukAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

// The PIN in Unicode normalisation form C: 6 to 8 letters or decimal digits. kRequestMalformed with
// the field. Never a word of the PIN in the error, here and below.
absl::StatusOr<Secret> NormalisePin(ByteSpan utf8, absl::string_view field);

// The PUK in capitals, without spaces and hyphens. kRequestMalformed, field "puk", for what is not
// one.
absl::StatusOr<Secret> NormalisePuk(ByteSpan text);

// Both at random, evenly over all there are.
Secret RandomTransportPin();
Secret RandomPuk();

// OK, or kSigningPinUnsuitable (field new_pin) for a normalised PIN with fewer than four different
// characters; that repeats a part of itself or mirrors it; a run of the alphabet, the digits or the
// keyboard; a date of 1900 to 2099 in any common order; one of a list of common passwords; with the
// person's date of birth in it (YYYY-MM-DD, empty if not known). The message says which rule.
absl::Status CheckPinStrength(const Secret& pin, absl::string_view date_of_birth);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNING_PIN_RULES_H_
