// Names in Latin script, and whether names are of one script (EN 319 412-2 NAT-4.2.4-12, -13). ICU
// knows the scripts; nothing else of it is seen outside.
#ifndef ENKRAT_SIGNER_TRANSLITERATION_H_
#define ENKRAT_SIGNER_TRANSLITERATION_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace enkrat::signer {

// The text with all that is not Latin script transliterated (CLDR "Any-Latin"), in NFC; a Latin
// text as it is. Thread-safe. kRequestMalformed for what is not UTF-8 or has no Latin form,
// kLimitExceeded above 4096 octets; the message never holds the text.
absl::StatusOr<std::string> TransliterateToLatin(absl::string_view text);

// How TransliterateToLatin works, for the evidence, such as "ICU 72.1 Any-Latin; NFC".
std::string TransliterationMethod();

// OK if all letters of the texts can be of one script, in the sense of UTS 39 5.1: Han goes with
// Kana, Hangul or Bopomofo, and digits and punctuation with everything. kRequestMalformed
// otherwise, and for what is not UTF-8.
absl::Status CheckOneScript(absl::Span<const absl::string_view> texts);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_TRANSLITERATION_H_
