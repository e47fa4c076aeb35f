// A finished CMS, read back by OpenSSL and compared with what was meant to be in it.
#ifndef ENKRAT_ADES_SIGNED_DATA_COMPARISON_H_
#define ENKRAT_ADES_SIGNED_DATA_COMPARISON_H_

#include <cstddef>

#include "absl/status/status.h"
#include "common/bytes.h"

namespace enkrat::ades {

struct ExpectedSignedData {
  ByteSpan signed_attributes_der;  // with the tag of a SET OF
  ByteSpan signature_value;
  size_t certificate_count = 0;
  size_t unsigned_attribute_count = 0;
};

// OK if `content_info_der` is exactly one ContentInfo with a detached SignedData, one SignerInfo
// and these parts; kSignatureSelfCheckFailed otherwise.
absl::Status CheckSignedData(ByteSpan content_info_der, const ExpectedSignedData& expected);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_SIGNED_DATA_COMPARISON_H_
