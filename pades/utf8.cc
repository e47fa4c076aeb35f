#include "pades/utf8.h"

#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include "absl/strings/str_format.h"

namespace enkrat::pades {

uint32_t TakeCharacter(absl::string_view& text) {
  size_t place = 0;
  UChar32 character = 0;
  U8_NEXT_OR_FFFD(text.data(), place, text.size(), character);
  text.remove_prefix(place);
  return static_cast<uint32_t>(character);
}

void AppendCharacter(uint32_t character, std::string& text) {
  char octets[U8_MAX_LENGTH] = {};
  size_t size = 0;
  U8_APPEND_UNSAFE(octets, size, character);
  text.append(octets, size);
}

std::string Utf16Hex(absl::string_view text) {
  std::string hex;
  while (!text.empty()) {
    const uint32_t character = TakeCharacter(text);
    if (U_IS_BMP(character)) {
      absl::StrAppendFormat(&hex, "%04X", character);
    } else {
      absl::StrAppendFormat(&hex, "%04X%04X", U16_LEAD(character), U16_TRAIL(character));
    }
  }
  return hex;
}

}  // namespace enkrat::pades
