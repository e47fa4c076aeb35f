// The words of a visible signature: the usual ones, and placeholders in those that were given.
#ifndef ENKRAT_PADES_DEFAULT_TEXT_H_
#define ENKRAT_PADES_DEFAULT_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace enkrat::pades {

// What a text can speak of. UTF-8, at most 256 characters each, none that are not to be seen
// (common/text.h); only `name` must be there.
struct SigningFacts {
  std::string name = {};
  absl::Time time;  // shown in whole seconds, UTC
  std::string reason = {};
  std::string location = {};
};

// "Signed by <name>", the time, "Reason: <reason>" and "Location: <location>", a line each; what is
// empty has none. kRequestMalformed or kLimitExceeded for facts that cannot be shown.
absl::StatusOr<std::string> DefaultAppearanceText(const SigningFacts& facts);

// `text` with "{name}", "{time}", "{reason}" and "{location}" filled in; everything else stays as
// it is. What is filled in is not looked at again, and makes no new lines. Errors as above.
absl::StatusOr<std::string> ExpandAppearanceText(absl::string_view text, const SigningFacts& facts);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_DEFAULT_TEXT_H_
