#include "common/text.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

#include "common/reason.h"

namespace enkrat {
namespace {

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
      return true;
  }
}

absl::Status Malformed(absl::string_view what) {
  return MakeError(Reason::kRequestMalformed, what);
}

}  // namespace

absl::Status CheckVisibleText(absl::string_view text, size_t max_characters) {
  if (text.empty()) return Malformed("is empty");
  if (text.size() > max_characters * 4) return MakeError(Reason::kLimitExceeded, "is too long");
  if (text.front() == ' ' || text.back() == ' ') return Malformed("begins or ends with a space");
  const auto* cursor = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  size_t characters = 0;
  while (left > 0) {
    utf8proc_int32_t codepoint = 0;
    const utf8proc_ssize_t used = utf8proc_iterate(cursor, left, &codepoint);
    if (used <= 0) return Malformed("is not UTF-8");
    if (!IsVisible(codepoint)) return Malformed("holds a control, format or unassigned character");
    cursor += used;
    left -= used;
    ++characters;
  }
  if (characters > max_characters) return MakeError(Reason::kLimitExceeded, "is too long");
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
