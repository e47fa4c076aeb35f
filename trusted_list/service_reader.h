// One trust service of a trusted list, with its history.
#ifndef ENKRAT_TRUSTED_LIST_SERVICE_READER_H_
#define ENKRAT_TRUSTED_LIST_SERVICE_READER_H_

#include <optional>

#include "absl/status/statusor.h"
#include "trusted_list/trusted_list.h"
#include "xml/document.h"

namespace enkrat::trusted_list {

// A TSPService (TS 119 612 5.5, 5.6), provider_name left empty. Nothing (nullopt) for one with a
// critical extension that is not known here. kRequestMalformed.
absl::StatusOr<std::optional<TrustService>> ReadService(xml::Element service);

}  // namespace enkrat::trusted_list

#endif  // ENKRAT_TRUSTED_LIST_SERVICE_READER_H_
