// A finished CMS, read back and compared with what was meant to be in it.
//
// With the project's own strict DER reader, not OpenSSL's: d2i_CMS_ContentInfo decodes every
// certificate's key, which takes 200 us, five times what laying the whole signature does. The tests
// hold every kind of result against OpenSSL.
#ifndef ENKRAT_ADES_SIGNED_DATA_COMPARISON_H_
#define ENKRAT_ADES_SIGNED_DATA_COMPARISON_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "common/bytes.h"

namespace enkrat::ades {

struct ExpectedSignedData {
  ByteSpan signed_attributes_der;  // with the tag of a SET OF
  ByteSpan signature_value;
  const std::vector<Bytes>* certificates_der = nullptr;  // in any order
  std::optional<ByteSpan> timestamp_token_der;
};

// OK if `content_info_der` is exactly one DER ContentInfo with a detached SignedData, one
// SignerInfo and these parts; kSignatureSelfCheckFailed otherwise.
absl::Status CheckSignedData(ByteSpan content_info_der, const ExpectedSignedData& expected);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_SIGNED_DATA_COMPARISON_H_
