// The certificates that the configuration names, as far as they can be judged without the token.
#ifndef ENKRAT_SERVER_CERTIFICATE_FILES_H_
#define ENKRAT_SERVER_CERTIFICATE_FILES_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/settings.h"

namespace enkrat::server {

// What keeps a service from starting, said by --check-config and by the start in the same words:
// an issuing CA whose chain is none, has ended or was revoked, because nothing could be signed
// under it; a timestamping unit's file that cannot be read, or a policy without a chain that is a
// unit's; a configured OCSP responder of somebody else's. A unit or a responder that has ended or
// was revoked keeps nobody from signing: it is reported where it is missed. kConfigurationInvalid;
// kCertificateStateForbids for what was revoked; the register's errors.
absl::Status CheckCertificateFiles(const Config& config, absl::Time now);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_CERTIFICATE_FILES_H_
