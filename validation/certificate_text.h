// What a report says of a certificate to people.
#ifndef ENKRAT_VALIDATION_CERTIFICATE_TEXT_H_
#define ENKRAT_VALIDATION_CERTIFICATE_TEXT_H_

#include <openssl/x509.h>

#include <string>

namespace enkrat::validation {

// The subject's common name or pseudonym (2.5.4.65), else all of it: always safe to print.
std::string SignerNameOf(X509* certificate);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_CERTIFICATE_TEXT_H_
