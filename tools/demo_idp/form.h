// The application/x-www-form-urlencoded body of a token request (WHATWG URL 5.1).
#ifndef ENKRAT_TOOLS_DEMO_IDP_FORM_H_
#define ENKRAT_TOOLS_DEMO_IDP_FORM_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enkrat::demo_idp {

using Form = std::map<std::string, std::string>;

// kRequestMalformed for a broken percent escape, an empty name or a name that comes twice.
absl::StatusOr<Form> ParseForm(absl::string_view body);

}  // namespace enkrat::demo_idp

#endif  // ENKRAT_TOOLS_DEMO_IDP_FORM_H_
