// The roots that the second opinion believes, and the chains that lead to them.
#ifndef ENKRAT_TESTS_SUPPORT_CADES_TRUST_ANCHORS_H_
#define ENKRAT_TESTS_SUPPORT_CADES_TRUST_ANCHORS_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ades/finding.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"

namespace enkrat::testing {

// Immutable, thread-safe.
class CadesTrustAnchors {
 public:
  // kConfigurationInvalid without roots, with more than 64, or for octets that are no certificate.
  static absl::StatusOr<std::unique_ptr<CadesTrustAnchors>> Create(
      const std::vector<Bytes>& roots_der);

  // Is there a path from the certificate through some of `intermediates` to a root, good at that
  // time (RFC 5280 6)? Keys and digests below 112 bits are not believed. CA certificates are held
  // to be what they say: their revocation status is not looked up.
  ades::Finding CheckChain(X509* certificate, const std::vector<X509*>& intermediates,
                           absl::Time time) const;

 private:
  explicit CadesTrustAnchors(X509StorePtr store) : store_(std::move(store)) {}

  X509StorePtr store_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_CADES_TRUST_ANCHORS_H_
