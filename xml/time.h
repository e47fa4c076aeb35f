// The two forms of time in SAML documents (SAML 2.0 core 1.3.3, XML Schema part 2).
#ifndef ENKRAT_XML_TIME_H_
#define ENKRAT_XML_TIME_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace enkrat::xml {

// xs:dateTime in UTC as SAML demands it: "2026-01-02T03:04:05Z", with at most nine digits of
// fraction. Nothing for any other text, and for years before 1970.
std::optional<absl::Time> ParseDateTime(absl::string_view text);

// xs:duration, not negative, at most ten years: "PT6H", "P1DT12H", "P1M" (30 days), "P1Y" (365
// days). Nothing for any other text.
std::optional<absl::Duration> ParseDuration(absl::string_view text);

}  // namespace enkrat::xml

#endif  // ENKRAT_XML_TIME_H_
