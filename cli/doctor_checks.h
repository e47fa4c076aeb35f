// The checks of `enkrat doctor`, in groups. Each adds its findings and changes nothing, in the
// token as on the disk; a running service is not disturbed.
#ifndef ENKRAT_CLI_DOCTOR_CHECKS_H_
#define ENKRAT_CLI_DOCTOR_CHECKS_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "cli/doctor_findings.h"
#include "common/clock.h"
#include "common/signing_key.h"

namespace enkrat::config::v1 {
class Config;
class RelyingPartyConfig;
}  // namespace enkrat::config::v1

namespace enkrat::cli {

// Keys that the certificates are over, for the comparison with the token's, and where those are.
struct CertifiedKeys {
  std::optional<PublicKey> issuing_ca;
  std::optional<PublicKey> timestamping_unit;
  std::optional<PublicKey> ocsp_responder;  // if there is one
  std::string issuing_ca_label;
  std::string timestamping_unit_label;
  std::string ocsp_responder_label;
  std::set<std::string> all_labels;  // also of certificates that others have succeeded
};

// Chains are chains, end late enough, and the timestamping unit's key may still be used.
CertifiedKeys CheckCertificates(const config::v1::Config& config, absl::Time now,
                                Findings& findings);

// CRLs that are there and last, with what the register says in them; the OCSP responder.
void CheckRevocation(const config::v1::Config& config, absl::Time now, Findings& findings);

// The roots of an outside TSA, and what it is allowed.
void CheckOutsideTsa(const config::v1::Config& config, absl::Time now, Findings& findings);

// Module, PIN file, token, one whole life of a one-time key, the long-lived keys, and that no
// one-time key is left.
void CheckHsm(const config::v1::Config& config, const std::string& credentials_directory,
              const CertifiedKeys& certified, const Clock& clock, Findings& findings);

// What the kernel says about the clock.
void CheckClock(const config::v1::Config& config, Findings& findings);

// Folder, file, contents and disk of the ledger.
void CheckStore(const config::v1::Config& config, Findings& findings);

// The folder of relying parties, and who is disabled or has no limits. All relying parties: those
// of the file, and those of the folder if it is in order.
std::vector<config::v1::RelyingPartyConfig> CheckRelyingParties(const config::v1::Config& config,
                                                                Findings& findings);

// What is allowed, but should be known: examples left in place, weak policies, plaintext.
void CheckPolicies(const config::v1::Config& config,
                   const std::vector<config::v1::RelyingPartyConfig>& parties, Findings& findings);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_DOCTOR_CHECKS_H_
