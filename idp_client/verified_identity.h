// What is left of an assertion once it has been verified: who, how surely, when. Personal data:
// never logged, never stored as it is.
#ifndef ENKRAT_IDP_CLIENT_VERIFIED_IDENTITY_H_
#define ENKRAT_IDP_CLIENT_VERIFIED_IDENTITY_H_

#include <string>

#include "absl/time/time.h"
#include "idp_client/level_of_assurance.h"

namespace enkrat::idp_client {

// All texts are checked (common/text.h: visible, bounded); all but `subject` are in NFC.
struct VerifiedIdentity {
  std::string issuer;        // `iss`, octet by octet as configured
  std::string assertion_id;  // `jti`, or hex SHA-256 of the signed octets where there is none
  absl::Time assertion_expires_at;  // until when it must be remembered as spent (exp + skew)
  absl::Time authenticated_at;      // auth_time; iat where a provider may send none
  LevelOfAssurance level_of_assurance = LevelOfAssurance::kLow;
  std::string subject;     // `sub`, octet by octet: the provider's own name for the person
  std::string given_name;  // at least one of given_name and surname
  std::string surname;
  std::string country;  // ISO 3166-1 alpha-2, upper case
  // For the certificate's serialNumber, from a claim: "PNO" and "0101006500006" (at most 58
  // PrintableString characters; the country comes between). Both empty: a pairwise pseudonym is to
  // be derived.
  std::string identifier_type;
  std::string identifier;
  bool bound = false;  // the nonce was the expected one
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_VERIFIED_IDENTITY_H_
