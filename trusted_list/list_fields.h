// The kinds of fields that a trusted list is made of.
#ifndef ENKRAT_TRUSTED_LIST_LIST_FIELDS_H_
#define ENKRAT_TRUSTED_LIST_LIST_FIELDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "xml/document.h"

namespace enkrat::trusted_list {

absl::Status Refuse(absl::string_view why);

// The only child of the name in the list's namespace. All: kRequestMalformed if it is not there as
// it must be.
absl::StatusOr<xml::Element> Field(xml::Element parent, absl::string_view name);
// Its text, without the white space around it.
absl::StatusOr<std::string> TextField(xml::Element parent, absl::string_view name);
absl::StatusOr<int> NumberField(xml::Element parent, absl::string_view name);
// A time in UTC (TS 119 612 5.1.3).
absl::StatusOr<absl::Time> TimeField(xml::Element parent, absl::string_view name);
// A name in several languages: the English one, else the first (5.1.4).
absl::StatusOr<std::string> NameField(xml::Element parent, absl::string_view name);

}  // namespace enkrat::trusted_list

#endif  // ENKRAT_TRUSTED_LIST_LIST_FIELDS_H_
