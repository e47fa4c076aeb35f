// Points in time out of OpenSSL's types.
#ifndef ENKRAT_COMMON_ASN1_TIME_H_
#define ENKRAT_COMMON_ASN1_TIME_H_

#include <openssl/asn1.h>

#include <optional>

#include "absl/time/time.h"

namespace enkrat {

// A UTCTime or GeneralizedTime, in whole seconds; nullopt for none and for one that is not of the
// form that RFC 5280 4.1.2.5 asks for.
std::optional<absl::Time> TimeFromAsn1(const ASN1_TIME* time);

}  // namespace enkrat

#endif  // ENKRAT_COMMON_ASN1_TIME_H_
