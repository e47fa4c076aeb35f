// What a stranger's validator needs besides the signature: the certificates of every chain in it,
// and the revocation data about them (EN 319 122-1 5.4, EN 319 142-1 5.4).
#ifndef ENKRAT_COMMON_VALIDATION_DATA_H_
#define ENKRAT_COMMON_VALIDATION_DATA_H_

#include <vector>

#include "common/bytes.h"

namespace enkrat {

// A value without an order of its own; no element twice. Whoever takes one from outside bounds it.
struct ValidationData {
  std::vector<Bytes> certificates_der = {};  // Certificate (RFC 5280 4.1)
  std::vector<Bytes> crls_der = {};          // CertificateList (RFC 5280 5.1)
  // OCSPResponse (RFC 6960 4.2.1), with its BasicOCSPResponse
  std::vector<Bytes> ocsp_responses_der = {};

  bool empty() const {
    return certificates_der.empty() && crls_der.empty() && ocsp_responses_der.empty();
  }
};

}  // namespace enkrat

#endif  // ENKRAT_COMMON_VALIDATION_DATA_H_
