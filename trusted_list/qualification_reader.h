// What a trusted list says of the certificates of a service beyond its type: qualifiers, and the
// criteria for whom they hold.
#ifndef ENKRAT_TRUSTED_LIST_QUALIFICATION_READER_H_
#define ENKRAT_TRUSTED_LIST_QUALIFICATION_READER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "trusted_list/trusted_list.h"
#include "xml/document.h"

namespace enkrat::trusted_list {

// The elements of a Qualifications extension (TS 119 612 5.5.9.2). kRequestMalformed for one
// without qualifiers or criteria; criteria that are not known here are no error.
absl::StatusOr<std::vector<ServiceStatus::Qualification>> ReadQualifications(
    xml::Element qualifications);

}  // namespace enkrat::trusted_list

#endif  // ENKRAT_TRUSTED_LIST_QUALIFICATION_READER_H_
