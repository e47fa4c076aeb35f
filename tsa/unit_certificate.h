// The timestamping unit's certificate chain, checked once when it is loaded (EN 319 422 6.4,
// EN 319 421 TIS-7.6.4-05).
#ifndef ENKRAT_TSA_UNIT_CERTIFICATE_H_
#define ENKRAT_TSA_UNIT_CERTIFICATE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/signing_key.h"

namespace enkrat::tsa {

struct UnitCertificate {
  std::vector<Bytes> chain_der;  // the unit's certificate first, root last
  PublicKey public_key;
  Bytes issuer_der;         // Name
  Bytes serial_number_der;  // INTEGER
  // When the key may sign: the certificate's validity cut by its privateKeyUsagePeriod, and by the
  // ends of the CAs above it; both ends belong to it.
  absl::Time usable_from;
  absl::Time usable_until;
  bool qualified_claim = false;  // esi4-qtstStatement-1 among its qcStatements
};

// kConfigurationInvalid unless `chain_der` (2 to 8 certificates, or a lone self-signed one) leads
// from a unit's certificate to a self-signed root, valid at `now`; the unit's has version 3, is no
// CA's, has a critical extendedKeyUsage of id-kp-timeStamping alone (RFC 3161 2.3), a keyUsage of
// digitalSignature and nonRepudiation at most, a key that common/signing_key.h knows, and a
// privateKeyUsagePeriod, if any, that includes `now` and ends no later than the certificate.
absl::StatusOr<UnitCertificate> LoadUnitCertificate(std::vector<Bytes> chain_der, absl::Time now);

// Likewise whenever the period is: the chain is judged at the moment of it that is nearest to
// `now`. The next unit is made ready before the present one ends, and one that has ended says so
// itself.
absl::StatusOr<UnitCertificate> LoadUnitCertificateOfAnyPeriod(std::vector<Bytes> chain_der,
                                                               absl::Time now);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_UNIT_CERTIFICATE_H_
