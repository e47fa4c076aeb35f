// The fields of a trusted list, once it is known who said them.
#ifndef ENKRAT_TRUSTED_LIST_LIST_READER_H_
#define ENKRAT_TRUSTED_LIST_LIST_READER_H_

#include "absl/status/statusor.h"
#include "trusted_list/trusted_list.h"
#include "xml/document.h"

namespace enkrat::trusted_list {

// A TrustServiceStatusList (TS 119 612 5.2 to 5.6), signer_certificate_der left empty. Looks at no
// signature and no time: the root must come from octets that were verified. kRequestMalformed.
absl::StatusOr<TrustedList> ReadList(xml::Element root);

}  // namespace enkrat::trusted_list

#endif  // ENKRAT_TRUSTED_LIST_LIST_READER_H_
