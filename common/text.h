// Text that an outsider wrote and that people will read: names, labels. What could deceive a reader
// or break a line is rejected, never stripped.
#ifndef ENKRAT_COMMON_TEXT_H_
#define ENKRAT_COMMON_TEXT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enkrat {

// OK for 1 to `max_characters` characters of valid UTF-8 (RFC 3629) without control, format
// (bidirectional overrides, zero-width), surrogate, private-use, unassigned, line- or
// paragraph-separator characters, and without those that show nothing
// (Default_Ignorable_Code_Point such as fillers and variation selectors, the blank Braille
// pattern); not beginning or ending with a space of any width, nor beginning with a combining mark,
// which would join what stands before the text. kRequestMalformed or kLimitExceeded; the message
// never holds the text.
absl::Status CheckVisibleText(absl::string_view text, size_t max_characters);

// OK for a visible text with a letter in it: "-" or "'" names nobody. Errors as above.
absl::Status CheckPersonName(absl::string_view name, size_t max_characters);

// The text in Unicode normalisation form C. kRequestMalformed if it is not UTF-8.
absl::StatusOr<std::string> NormaliseText(absl::string_view text);

}  // namespace enkrat

#endif  // ENKRAT_COMMON_TEXT_H_
