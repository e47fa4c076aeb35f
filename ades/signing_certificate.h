// The signed attribute that names the signer's certificate by its digest (RFC 5035).
#ifndef ENKRAT_ADES_SIGNING_CERTIFICATE_H_
#define ENKRAT_ADES_SIGNING_CERTIFICATE_H_

#include <openssl/cms.h>

#include "ades/finding.h"

namespace enkrat::ades {

// Passes if the signer's signing-certificate-v2 attribute, with SHA-256 or stronger, names this
// certificate first; where it gives issuer and serial number, those too. The older attribute over
// SHA-1 (RFC 2634 5.4) does not do.
Finding CheckSigningCertificate(CMS_SignerInfo* signer, X509* certificate);

// What the attributes say, for signatures that need not be of the baseline.
enum class CertificateNaming {
  kByStrongDigest,  // CheckSigningCertificate passes
  kBySha1,          // only by the older attribute over SHA-1, as timestamps before RFC 5816 do
  kNotAtAll,        // neither attribute is there: a plain CMS
  kAnother,         // an attribute is there, and it does not name this certificate
};
CertificateNaming NamingOf(CMS_SignerInfo* signer, X509* certificate);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_SIGNING_CERTIFICATE_H_
