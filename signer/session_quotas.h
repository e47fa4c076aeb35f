// The quotas that a session counts against: of its relying party, and of its person there
// (docs/policy.md).
#ifndef ENKRAT_SIGNER_SESSION_QUOTAS_H_
#define ENKRAT_SIGNER_SESSION_QUOTAS_H_

#include <vector>

#include "absl/time/time.h"
#include "common/secret.h"
#include "idp_client/verified_identity.h"
#include "signer/admission.h"
#include "store/records.h"

namespace enkrat::signer {

// The domain of the key of persons' quotas, which is the HMAC over it by the HSM's evidence key:
// made once at start, so that counting a person costs no call of the HSM.
inline constexpr char kQuotaKeyDomain[] = "enkrat/quota-key/v1";

// A day, from midnight UTC.
absl::Time QuotaWindowStart(absl::Time now);
absl::Time QuotaWindowEnd(absl::Time now);

// None where the policy sets no limits. A person is known by an HMAC under `key` (32 octets), which
// nobody can guess back from the ledger.
std::vector<store::Quota> SessionQuotas(const Admission& admission,
                                        const idp_client::VerifiedIdentity& identity,
                                        const Secret& key, absl::Time now);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SESSION_QUOTAS_H_
