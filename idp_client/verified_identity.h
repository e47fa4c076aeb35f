// What is left of an assertion once it has been verified: who, how surely, when. Personal data:
// never logged, never stored as it is.
#ifndef ENKRAT_IDP_CLIENT_VERIFIED_IDENTITY_H_
#define ENKRAT_IDP_CLIENT_VERIFIED_IDENTITY_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "idp_client/level_of_assurance.h"

namespace enkrat::idp_client {

// Leave to act for a legal person, as the provider vouches for it.
struct Mandate {
  std::string organization_identifier;  // EN 319 412-1 5.1.4, such as "VATSI-12345678"
  std::string organization;             // its registered name; may be empty
};

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
  std::string pseudonym = {};      // where the settings map one; then the names may be empty
  std::string date_of_birth = {};  // YYYY-MM-DD; empty unless mapped
  std::string authentication_context = {};               // `acr` or AuthnContextClassRef, as sent
  std::vector<std::string> authentication_methods = {};  // `amr` (RFC 8176), at most 16
  std::vector<Mandate> mandates = {};                    // at most 16
  bool bound = false;  // carried the SAD, or the whole authorised act
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_VERIFIED_IDENTITY_H_
