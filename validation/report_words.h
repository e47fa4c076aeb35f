// The words that a report's enumerators are written with, in text and JSON alike.
#ifndef ENKRAT_VALIDATION_REPORT_WORDS_H_
#define ENKRAT_VALIDATION_REPORT_WORDS_H_

#include "absl/strings/string_view.h"
#include "validation/report.h"

namespace enkrat::validation {

// "passed", "failed", "warning", "not-applicable".
absl::string_view CheckResultName(Check::Result result);
// "not-needed", "good", "revoked", "unknown".
absl::string_view RevocationName(ChainElement::Revocation revocation);
// "signature", "archive", "document", "container", "alone".
absl::string_view TimestampKindName(TimestampReport::Kind kind);

// What might decide a verdict that is open, as a part of a sentence; empty if nothing is known to.
absl::string_view AdviceFor(SubIndication sub_indication);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_REPORT_WORDS_H_
