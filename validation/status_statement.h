// What one CRL or one OCSP response says about one certificate.
#ifndef ENKRAT_VALIDATION_STATUS_STATEMENT_H_
#define ENKRAT_VALIDATION_STATUS_STATEMENT_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/openssl_ptr.h"

namespace enkrat::validation {

struct StatusStatement {
  enum class Says { kNothing, kGood, kRevoked } says = Says::kNothing;
  std::string why_not;  // for kNothing: what stands against using it
  // Whether it is about this certificate at all; kNothing with it is worth telling a person.
  bool concerns = false;

  absl::Time this_update;                 // the status is known to be right then
  std::optional<absl::Time> next_update;  // and newer information is there by then
  absl::Time signed_at;                   // producedAt; thisUpdate of a CRL
  X509* signer = nullptr;                 // whose key signed: the issuer, or its OCSP delegate
  const X509_ALGOR* algorithm = nullptr;  // of the signature; lives with the CRL or response

  // Of kRevoked. The earlier of revocationDate and invalidityDate (RFC 5280 5.3.2).
  std::optional<absl::Time> revoked_at;
  bool key_compromised = false;  // keyCompromise, cACompromise, or no reason told
  bool on_hold = false;          // certificateHold: may have been lifted by a later statement
};

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_STATUS_STATEMENT_H_
