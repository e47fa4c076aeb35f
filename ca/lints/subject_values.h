// Finds attributes of the subject for the lints.
#ifndef ENKRAT_CA_LINTS_SUBJECT_VALUES_H_
#define ENKRAT_CA_LINTS_SUBJECT_VALUES_H_

#include <openssl/x509.h>

#include "absl/strings/string_view.h"
#include "ca/lints/encoded_value.h"
#include "ca/parsed_certificate.h"

namespace enkrat::ca::lints {

// The first value of that attribute; nullptr if there is none.
inline const ASN1_STRING* FindAttribute(const ParsedTbs& tbs, int nid) {
  const X509_NAME* name = tbs.subject();
  const int index = X509_NAME_get_index_by_NID(const_cast<X509_NAME*>(name), nid, -1);
  if (index < 0) return nullptr;
  return X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index));
}

// Its text; empty if there is none. Lives as long as `tbs`.
inline absl::string_view AttributeText(const ParsedTbs& tbs, int nid) {
  const ASN1_STRING* value = FindAttribute(tbs, nid);
  return value == nullptr ? absl::string_view() : ReadText(value);
}

}  // namespace enkrat::ca::lints

#endif  // ENKRAT_CA_LINTS_SUBJECT_VALUES_H_
