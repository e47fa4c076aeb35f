// Reads times, texts and octets out of OpenSSL's types for the lints.
#ifndef ENKRAT_CA_LINTS_ENCODED_VALUE_H_
#define ENKRAT_CA_LINTS_ENCODED_VALUE_H_

#include <openssl/asn1.h>

#include <ctime>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
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

// nullopt if it is not a time.
inline std::optional<absl::Time> ReadTime(const ASN1_TIME* encoded) {
  std::tm civil{};
  if (ASN1_TIME_to_tm(encoded, &civil) != 1) return std::nullopt;
  return absl::FromTM(civil, absl::UTCTimeZone());
}

}  // namespace enkrat::ca::lints

#endif  // ENKRAT_CA_LINTS_ENCODED_VALUE_H_
