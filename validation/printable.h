// A stranger's text, such as the name of a form field or of a container's entry, for a report.
#ifndef ENKRAT_VALIDATION_PRINTABLE_H_
#define ENKRAT_VALIDATION_PRINTABLE_H_

#include <string>

#include "validation/report.h"

namespace enkrat::validation {

// UTF-8 of at most 1024 octets: '?' for control characters, and for all beyond ASCII in a text that
// is no UTF-8 or could deceive a reader (common/text.h).
std::string Printable(const std::string& text);

// Everything in the report that a stranger wrote.
void MakePrintable(Report& report);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_PRINTABLE_H_
