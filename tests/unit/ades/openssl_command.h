// `openssl cms` as a verifier that nobody here wrote.
#ifndef ENKRAT_TESTS_UNIT_ADES_OPENSSL_COMMAND_H_
#define ENKRAT_TESTS_UNIT_ADES_OPENSSL_COMMAND_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "tests/unit/ades/certificate_maker.h"

namespace enkrat::ades::testing {

// `openssl cms -verify -cades` at TestNow() with the PKI's root; an error holds what it printed.
absl::Status OpenSslCmsVerify(const TestPki& pki, const Bytes& signature_der,
                              const std::string& document);

// The same for a signature that holds its content; what it found in it goes to `content`.
absl::Status OpenSslCmsVerifyEnveloping(const TestPki& pki, const Bytes& signature_der,
                                        std::string* content);

// `openssl cms -cmsout -print`: what it printed, or an error with it.
absl::StatusOr<std::string> OpenSslCmsPrint(const Bytes& signature_der);

}  // namespace enkrat::ades::testing

#endif  // ENKRAT_TESTS_UNIT_ADES_OPENSSL_COMMAND_H_
