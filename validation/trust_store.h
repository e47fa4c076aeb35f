// Whom a validation believes: roots from files, the system's, or the services of trusted lists.
#ifndef ENKRAT_VALIDATION_TRUST_STORE_H_
#define ENKRAT_VALIDATION_TRUST_STORE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"
#include "trusted_list/trusted_list.h"

namespace enkrat::validation {

// Immutable, thread-safe.
class TrustStore {
 public:
  struct Options {
    std::vector<Bytes> anchors_der =
        {};                     // of signatures and timestamps alike; roots or any certificate
    bool system_roots = false;  // also OpenSSL's default folder and file
    std::vector<trusted_list::TrustedList> lists = {};
  };
  // kConfigurationInvalid for octets that are no certificate, or more than 4096 in all. None at all
  // is allowed: everything then ends as NO_CERTIFICATE_CHAIN_FOUND.
  static absl::StatusOr<std::unique_ptr<TrustStore>> Create(Options options);
  virtual ~TrustStore() = default;

  virtual const std::vector<Bytes>& anchors_der() const = 0;  // of all sources, once each
  // Those whose subject is that name (RFC 5280 7.1); owned by the store, not to be changed.
  virtual std::vector<X509*> AnchorsNamed(const X509_NAME* subject) const = 0;
  // The services of the lists that have this certificate; empty for other anchors.
  virtual std::vector<const trusted_list::TrustService*> ServicesOf(
      ByteSpan certificate_der) const = 0;
  // Whether an anchor was to be believed at that time: always if a file or the system says so; one
  // that only lists name, while one of its services was granted, recognised at national level, or
  // what such states were called before (TS 119 612 5.5.4, annex J). Before the first state that
  // a list tells of, that one counts. EN 319 102-1 5.2.6 calls the end of it the sunset date.
  virtual bool BelievedAt(ByteSpan certificate_der, absl::Time time) const = 0;
};

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_TRUST_STORE_H_
