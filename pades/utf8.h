// Text taken apart into characters and put together again.
#ifndef ENKRAT_PADES_UTF8_H_
#define ENKRAT_PADES_UTF8_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace enkrat::pades {

// Takes the first character off a text that is not empty. U+FFFD for an octet that is not UTF-8.
uint32_t TakeCharacter(absl::string_view& text);

// Appends the UTF-8 of a Unicode scalar value.
void AppendCharacter(uint32_t character, std::string& text);

// UTF-16, big-endian, in hexadecimal digits.
std::string Utf16Hex(absl::string_view text);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_UTF8_H_
