#include "server/certified_key.h"

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::server {

absl::StatusOr<hsm::LongLivedKey> FindCertifiedKey(hsm::SessionPool& pool,
                                                   signer::CertificateRegisterReader& registered,
                                                   const CertifiedKeyQuery& query) {
  ENKRAT_ASSIGN_OR_RETURN(const auto all, registered.Current());
  const signer::RegisteredCertificate* found = all->FindByDer(query.certificate_der);
  const std::string& label = found == nullptr ? query.configured_label : found->key_label;
  absl::StatusOr<hsm::LongLivedKey> key = pool.FindKey(label);
  if (!key.ok()) return WithContext(key.status(), absl::StrCat("key '", label, "' in the token"));
  if (key->public_key().spki_der() != query.public_key.spki_der()) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat("key '", label, "' in the token is not the certificate's"));
  }
  return key;
}

}  // namespace enkrat::server
