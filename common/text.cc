#include "common/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat {
namespace {

constexpr utf8proc_int32_t kBlankBraillePattern = 0x2800;
constexpr utf8proc_int32_t kNullNotehead = 0x1D159;

bool IsVisible(utf8proc_int32_t codepoint) {
  switch (utf8proc_category(codepoint)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      break;
  }
  // `ignorable` is Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties.txt). The other two
  // are symbols by category, and blank.
  return utf8proc_get_property(codepoint)->ignorable == 0 && codepoint != kBlankBraillePattern &&
         codepoint != kNullNotehead;
}

bool IsSpace(utf8proc_int32_t codepoint) {
  return utf8proc_category(codepoint) == UTF8PROC_CATEGORY_ZS;
}

bool IsCombiningMark(utf8proc_int32_t codepoint) {
  const utf8proc_category_t category = utf8proc_category(codepoint);
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
         category == UTF8PROC_CATEGORY_ME;
}

bool IsLetter(utf8proc_int32_t codepoint) {
  const utf8proc_category_t category = utf8proc_category(codepoint);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

absl::Status Malformed(absl::string_view what) {
  return MakeError(Reason::kRequestMalformed, what);
}

// The characters of 1 to `max_characters` characters of UTF-8.
absl::StatusOr<std::vector<utf8proc_int32_t>> ReadCharacters(absl::string_view text,
                                                             size_t max_characters) {
  if (text.empty()) return Malformed("is empty");
  if (text.size() > max_characters * 4) return MakeError(Reason::kLimitExceeded, "is too long");
  const auto* cursor = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  std::vector<utf8proc_int32_t> characters;
  while (left > 0) {
    utf8proc_int32_t codepoint = 0;
    const utf8proc_ssize_t used = utf8proc_iterate(cursor, left, &codepoint);
    if (used <= 0) return Malformed("is not UTF-8");
    characters.push_back(codepoint);
    cursor += used;
    left -= used;
  }
  if (characters.size() > max_characters) {
    return MakeError(Reason::kLimitExceeded, "is too long");
  }
  return characters;
}

absl::Status CheckVisible(const std::vector<utf8proc_int32_t>& characters) {
  if (!std::all_of(characters.begin(), characters.end(), IsVisible)) {
    return Malformed("holds a control, format, unassigned or invisible character");
  }
  if (IsSpace(characters.front()) || IsSpace(characters.back())) {
    return Malformed("begins or ends with a space");
  }
  if (IsCombiningMark(characters.front())) return Malformed("begins with a combining mark");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckVisibleText(absl::string_view text, size_t max_characters) {
  ENKRAT_ASSIGN_OR_RETURN(const auto characters, ReadCharacters(text, max_characters));
  return CheckVisible(characters);
}

absl::Status CheckPersonName(absl::string_view name, size_t max_characters) {
  ENKRAT_ASSIGN_OR_RETURN(const auto characters, ReadCharacters(name, max_characters));
  ENKRAT_RETURN_IF_ERROR(CheckVisible(characters));
  if (!std::any_of(characters.begin(), characters.end(), IsLetter)) {
    return Malformed("has no letter");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> NormaliseText(absl::string_view text) {
  utf8proc_uint8_t* normalised = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &normalised,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(normalised, &std::free);
  if (size < 0) return Malformed("is not UTF-8");
  return std::string(reinterpret_cast<const char*>(normalised), static_cast<size_t>(size));
}

}  // namespace enkrat
