// Reads texts and octets out of OpenSSL's types for the lints.
#ifndef ENKRAT_CA_LINTS_ENCODED_VALUE_H_
#define ENKRAT_CA_LINTS_ENCODED_VALUE_H_

#include <openssl/asn1.h>

#include "absl/strings/string_view.h"
#include "common/bytes.h"

namespace enkrat::ca::lints {

// Views live as long as the string.
inline ByteSpan ReadOctets(const ASN1_STRING* string) {
  return ByteSpan(ASN1_STRING_get0_data(string), static_cast<size_t>(ASN1_STRING_length(string)));
}

inline absl::string_view ReadText(const ASN1_STRING* string) {
  return absl::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
                           static_cast<size_t>(ASN1_STRING_length(string)));
}

}  // namespace enkrat::ca::lints

#endif  // ENKRAT_CA_LINTS_ENCODED_VALUE_H_
