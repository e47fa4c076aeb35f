#include "pades/default_text.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMaxFactCharacters = 256;

// Each placeholder with its value, checked.
absl::StatusOr<std::vector<std::pair<absl::string_view, std::string>>> Placeholders(
    const SigningFacts& facts) {
  std::vector<std::pair<absl::string_view, std::string>> placeholders = {
      {"{name}", facts.name}, {"{reason}", facts.reason}, {"{location}", facts.location}};
  for (const auto& [placeholder, value] : placeholders) {
    if (value.empty() && placeholder != "{name}") continue;
    ENKRAT_RETURN_IF_ERROR(WithContext(CheckVisibleText(value, kMaxFactCharacters), placeholder));
  }
  placeholders.emplace_back(
      "{time}", absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", facts.time, absl::UTCTimeZone()));
  return placeholders;
}

}  // namespace

absl::StatusOr<std::string> DefaultAppearanceText(const SigningFacts& facts) {
  std::string text = "Signed by {name}\n{time}";
  if (!facts.reason.empty()) absl::StrAppend(&text, "\nReason: {reason}");
  if (!facts.location.empty()) absl::StrAppend(&text, "\nLocation: {location}");
  return ExpandAppearanceText(text, facts);
}

absl::StatusOr<std::string> ExpandAppearanceText(absl::string_view text,
                                                 const SigningFacts& facts) {
  ENKRAT_ASSIGN_OR_RETURN(const auto placeholders, Placeholders(facts));
  std::string expanded;
  while (!text.empty()) {
    size_t taken = 1;
    absl::string_view piece = text.substr(0, 1);
    for (const auto& [placeholder, value] : placeholders) {
      if (!absl::StartsWith(text, placeholder)) continue;
      taken = placeholder.size();
      piece = value;
    }
    absl::StrAppend(&expanded, piece);
    text.remove_prefix(taken);
  }
  return expanded;
}

}  // namespace enkrat::pades
