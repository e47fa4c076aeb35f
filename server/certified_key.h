// The key in the token that a certificate of ours is over.
#ifndef ENKRAT_SERVER_CERTIFIED_KEY_H_
#define ENKRAT_SERVER_CERTIFIED_KEY_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/signing_key.h"
#include "hsm/session_pool.h"
#include "signer/certificate_register_reader.h"

namespace enkrat::server {

struct CertifiedKeyQuery {
  const Bytes& certificate_der;
  const PublicKey& public_key;          // the certificate's
  const std::string& configured_label;  // for certificates that are not in the register
};

// Under the label of the certificate register, because renewals make new keys, or else under the
// configured one. kNotFound; kConfigurationInvalid if it is another key; the register's errors.
absl::StatusOr<hsm::LongLivedKey> FindCertifiedKey(hsm::SessionPool& pool,
                                                   signer::CertificateRegisterReader& registered,
                                                   const CertifiedKeyQuery& query);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_CERTIFIED_KEY_H_
