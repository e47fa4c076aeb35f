// Keys of certificates that succeed others: a new one in the token for each.
#ifndef ENKRAT_SIGNER_CERTIFICATE_LIFE_KEYS_H_
#define ENKRAT_SIGNER_CERTIFICATE_LIFE_KEYS_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/signing_key.h"
#include "hsm/long_lived_key.h"
#include "hsm/session_pool.h"
#include "signer/certificate_register.h"

namespace enkrat::signer {

// The label for the next key of a certificate's role, or of its timestamping unit: "<first
// label>-2" and so on, one that no certificate of the register has a key under.
std::string NextKeyLabel(const CertificateRegister& all, const RegisteredCertificate& predecessor,
                         const std::string& first_label);

// kCertificateStateForbids if a certificate of the register is over the key: one certificate, one
// key.
absl::Status CheckUncertified(const PublicKey& key, const CertificateRegister& all);

// The key under the label, generated if it is not there. One that is there was left by a run that
// was cut off, and is taken. CheckUncertified's errors; kConfigurationInvalid if it is of another
// algorithm; the token's errors.
absl::StatusOr<hsm::LongLivedKey> EnsureSuccessorKey(hsm::SessionPool& pool,
                                                     const hsm::LongLivedKeySpec& spec,
                                                     const CertificateRegister& all);

// The key of a certificate. kConfigurationInvalid if the token has none under its label, or
// another.
absl::StatusOr<hsm::LongLivedKey> FindCertifiedKey(hsm::SessionPool& pool,
                                                   const RegisteredCertificate& certificate);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CERTIFICATE_LIFE_KEYS_H_
