// The ceremony's folder follows the register: certificates that were made before there was a
// register are taken up, and files hold the certificate that is in use.
#ifndef ENKRAT_SIGNER_CERTIFICATE_LIFE_FILES_H_
#define ENKRAT_SIGNER_CERTIFICATE_LIFE_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "signer/ceremony_folder.h"
#include "signer/certificate_places.h"
#include "signer/certificate_register.h"

namespace enkrat::signer {

// A register of the certificates that lie in the folder, each active. A file that is not there is
// left out (an outside TSA, a root that somebody else keeps). kConfigurationInvalid for a file that
// holds no certificate.
absl::StatusOr<CertificateRegister> TakeUpCertificates(const CertificatePlaces& places,
                                                       absl::string_view who, absl::Time now);

// Writes the active certificate of each role into its files, where another one of the register
// stands there now; that file's content is kept as <name>-<serial number>.<extension> first. Doing
// it again changes nothing, so a switch that was cut off is completed by the next call. The names
// of the files that it wrote. kConfigurationInvalid for a certificate that the register does not
// know: somebody else put it there, and it is not replaced.
absl::StatusOr<std::vector<std::string>> SwitchFiles(const CertificateRegister& all,
                                                     const CertificatePlaces& places);

// Whether SwitchFiles would write something: a renewal was cut off.
absl::StatusOr<bool> SwitchIsDue(const CertificateRegister& all, const CertificatePlaces& places);

// The certificate's chain: itself first, root last. kConfigurationInvalid if an issuer is neither
// in the register nor in the chain file.
absl::StatusOr<std::vector<Bytes>> ChainOf(const RegisteredCertificate& certificate,
                                           const CertificateRegister& all,
                                           const CertificatePlaces& places);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CERTIFICATE_LIFE_FILES_H_
