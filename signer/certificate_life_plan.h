// What CertificateLife is about to make.
#ifndef ENKRAT_SIGNER_CERTIFICATE_LIFE_PLAN_H_
#define ENKRAT_SIGNER_CERTIFICATE_LIFE_PLAN_H_

#include "absl/time/time.h"
#include "common/signing_key.h"
#include "signer/certificate_life.h"

namespace enkrat::signer {

struct CertificateLife::Plan {
  CertificateData data;
  Succession result;
  KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256;
  const RegisteredCertificate* issuer = nullptr;  // in register_
};

// When a certificate that is made now begins: in whole seconds, and dated back as in the ceremony.
inline absl::Time LifeBegin(absl::Time now) {
  return absl::FromUnixSeconds(absl::ToUnixSeconds(now - absl::Minutes(5)));
}

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CERTIFICATE_LIFE_PLAN_H_
