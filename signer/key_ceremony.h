// The key ceremony: makes the service's long-lived keys in their tokens and the certificates over
// them, once (docs/operations.md, docs/conformity.md).
//
// Every step looks first whether its result is there, so a run that was cut off is completed by the
// next one, and a run over a finished ceremony changes nothing. Nothing is ever replaced.
#ifndef ENKRAT_SIGNER_KEY_CEREMONY_H_
#define ENKRAT_SIGNER_KEY_CEREMONY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/signing_key.h"
#include "common/signing_provider.h"
#include "hsm/module.h"
#include "hsm/session_pool.h"
#include "signer/ceremony_report.h"

namespace enkrat::signer {

// CKA_LABELs of the keys; the last lies in the root's token, all others in the working one.
inline constexpr char kIssuingCaKey[] = "issuing-ca";
inline constexpr char kTimestampingUnitKey[] = "timestamping-unit";
inline constexpr char kOcspResponderKey[] = "ocsp-responder";
inline constexpr char kAuditLogKey[] = "audit-log";
inline constexpr char kEvidenceMacKey[] = "evidence-mac";
inline constexpr char kPinMacKey[] = "pin-mac";
inline constexpr char kPersonalDataKey[] = "personal-data-key";
inline constexpr char kRootCaKey[] = "root-ca";

// Files in the ceremony's folder. Chains begin with the end entity or issuing CA and end with the
// root.
inline constexpr char kRootFile[] = "root.pem";
inline constexpr char kRootDerFile[] = "root.cer";
inline constexpr char kIssuingCaFile[] = "issuing-ca.pem";
inline constexpr char kIssuingCaDerFile[] = "issuing-ca.cer";
inline constexpr char kChainFile[] = "chain.pem";
inline constexpr char kTimestampingChainFile[] = "tsu-chain.pem";
inline constexpr char kOcspFile[] = "ocsp.pem";
inline constexpr char kRequestFile[] = "issuing-ca.csr";

// Who certifies the issuing CA.
enum class RootPlan {
  kOwnRoot,             // a root of our own, its key in a token of its own
  kRequestCertificate,  // somebody else: only keys and a PKCS#10 request (RFC 2986) are made
  kInstallCertificate,  // somebody else, who has answered: outside_chain_der
};

struct CeremonySettings {
  RootPlan plan = RootPlan::kOwnRoot;
  std::string folder;                        // exists
  std::string country;                       // ISO 3166-1 alpha-2
  std::string organization;                  // full registered name
  std::string organization_identifier = {};  // EN 319 412-1 5.1.4; may be empty
  std::string base_url;  // where enkratd serves /ca/issuing-ca.cer and /ca/root.cer
  // certificatePolicies of the timestamping unit and the OCSP responder; empty: none.
  std::vector<std::string> policy_oids = {};
  KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256;       // of end entities' and issuing CA's keys
  KeyAlgorithm root_algorithm = KeyAlgorithm::kEcdsaP384;  // of the root's
  absl::Duration root_lifetime = absl::Hours(24) * 7305;   // 20 years
  absl::Duration issuing_ca_lifetime = absl::Hours(24) * 3652;         // 10 years
  absl::Duration timestamping_unit_lifetime = absl::Hours(24) * 1461;  // 4 years
  absl::Duration timestamping_key_lifetime = absl::Hours(24) * 365;    // EN 319 421 TIS-7.6.7
  absl::Duration ocsp_responder_lifetime = absl::Hours(24) * 365;
  std::vector<Bytes> outside_chain_der = {};  // issuing CA first, root last; kInstallCertificate
};

// What the ceremony works with; nothing is owned.
struct CeremonyTools {
  const hsm::Module* module = nullptr;
  hsm::SessionPool* working_pool = nullptr;
  // Of the root's token; may be nullptr once the issuing CA is certified, so that the root's token
  // can stay in its safe.
  hsm::SessionPool* root_pool = nullptr;
  const SigningProvider* provider = nullptr;
  const Clock* clock = nullptr;
};

// Makes what is missing and answers all there is; writes a report of a run that changed something
// to ceremony-<time>.json and .txt. kConfigurationInvalid for settings that no certificate can
// hold, files that do not belong to the keys, a missing root token, an outside certificate that
// does not fit; the tokens' own errors.
absl::StatusOr<CeremonyReport> RunKeyCeremony(const CeremonySettings& settings,
                                              const CeremonyTools& tools);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_KEY_CEREMONY_H_
