// CRLs and OCSP responses of a test PKI, made by OpenSSL.
#ifndef ENKRAT_TESTS_UNIT_ADES_REVOCATION_MAKER_H_
#define ENKRAT_TESTS_UNIT_ADES_REVOCATION_MAKER_H_

#include "common/bytes.h"
#include "common/validation_data.h"
#include "tests/unit/ades/certificate_maker.h"

namespace enkrat::ades::testing {

// DER CertificateList without entries, of that number, an hour old at TestNow().
Bytes MakeCrl(const Identity& issuer, uint64_t number = 1);

// DER OCSPResponse: `certificate`, which `issuer` issued, is good at TestNow(); signed by `issuer`.
Bytes MakeOcspResponse(const Identity& issuer, const Identity& certificate);
// An OCSPResponse without an answer: tryLater.
Bytes MakeOcspRefusal();

// All certificates of the PKI, a CRL of each authority, and an OCSP response for the issuing CA.
ValidationData MakeValidationData(const TestPki& pki);

}  // namespace enkrat::ades::testing

#endif  // ENKRAT_TESTS_UNIT_ADES_REVOCATION_MAKER_H_
