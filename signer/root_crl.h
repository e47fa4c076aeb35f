// The root CA's CRL: signed by hand with the root's token, at least once a year and whenever an
// issuing CA was revoked (EN 319 411-1 CSS-6.3.9-12, -13); the service only gives it out.
#ifndef ENKRAT_SIGNER_ROOT_CRL_H_
#define ENKRAT_SIGNER_ROOT_CRL_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ca/crl.h"
#include "common/bytes.h"
#include "common/signing_key.h"
#include "signer/ceremony_folder.h"
#include "signer/certificate_register.h"

namespace enkrat::signer {

inline constexpr char kRootCrlFile[] = "root.crl";  // DER
inline constexpr absl::Duration kRootCrlLifetime = absl::Hours(24 * 365);

// Of the file; nullopt if there is none. kConfigurationInvalid for one that this root did not sign.
absl::StatusOr<std::optional<ca::ReadCrl>> ReadRootCrl(const CeremonyFolder& folder,
                                                       ByteSpan root_der);

// Whether the file says what the register says of the root's certificates.
bool SaysAsRegistered(const ca::ReadCrl& crl, const CertificateRegister& all,
                      const ca::StatusIssuer& root);

// A new one with all that `all` calls revoked of the root's certificates, numbered above the file's
// and not below the seconds of `now`; in the file, whole and synced, when it returns. Errors:
// ReadRootCrl's, ca::MakeCrl's, the folder's.
absl::StatusOr<ca::ReadCrl> IssueRootCrl(const CeremonyFolder& folder, ByteSpan root_der,
                                         const CertificateRegister& all, SigningKey& root_key,
                                         absl::Time now);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_ROOT_CRL_H_
