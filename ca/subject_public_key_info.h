// SubjectPublicKeyInfo taken apart without decoding the key (RFC 5280 4.1.2.7), and the key
// identifier that follows from it.
#ifndef ENKRAT_CA_SUBJECT_PUBLIC_KEY_INFO_H_
#define ENKRAT_CA_SUBJECT_PUBLIC_KEY_INFO_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"

namespace enkrat::ca {

struct SubjectPublicKeyInfo {
  X509_ALGOR* algorithm;
  ASN1_BIT_STRING* key;
};

struct SubjectPublicKeyInfoDeleter {
  void operator()(SubjectPublicKeyInfo* info) const;
};
using SubjectPublicKeyInfoPtr = std::unique_ptr<SubjectPublicKeyInfo, SubjectPublicKeyInfoDeleter>;

// nullptr unless `spki_der` is exactly one value of the type.
SubjectPublicKeyInfoPtr ParseSubjectPublicKeyInfo(ByteSpan spki_der);
// Octets of the BIT STRING.
ByteSpan KeyOctets(const SubjectPublicKeyInfo& info);

// The leftmost 160 bits of the SHA-256 of the key's octets (RFC 7093 section 2, method 1).
// kRequestMalformed if `spki_der` is not a SubjectPublicKeyInfo.
absl::StatusOr<Bytes> KeyIdentifier(ByteSpan spki_der);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_SUBJECT_PUBLIC_KEY_INFO_H_
