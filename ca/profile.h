// What a kind of one-time certificate holds, validated once at start.
#ifndef ENKRAT_CA_PROFILE_H_
#define ENKRAT_CA_PROFILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"

namespace enkrat::ca {

// As configured; see the clauses at Profile::Create.
struct ProfileSpec {
  std::string name;                      // for logs and evidence
  std::vector<std::string> policy_oids;  // certificatePolicies, dotted decimal; 1..8
  absl::Duration validity = absl::Minutes(15);
  absl::Duration not_before_skew = absl::Seconds(30);
  std::string ca_issuers_url;  // http(s), DER .cer of the issuing CA
  // QcCompliance and QcType esign (EN 319 412-5): a legal claim.
  bool qualified = false;
  bool on_qscd = false;   // QcSSCD as well
  std::string pds_url{};  // https, English; required when qualified
};

// Immutable, copyable, thread-safe.
class Profile {
 public:
  // kConfigurationInvalid: validity + skew not under 24 h (EN 319 412-1 5.2.2) or validity under
  // 1 min, skew over 60 s, no, repeated or malformed policy OIDs, policies of EN 319 411-2 that do
  // not go with the claims, URLs that are not http(s), qualified without an https PDS (EN 319 412-5
  // 4.3.4), claims of a QSCD without claims of being qualified.
  static absl::StatusOr<Profile> Create(ProfileSpec spec);

  const ProfileSpec& spec() const { return spec_; }
  // Content octets of the policy identifiers, in order.
  const std::vector<Bytes>& policies() const { return policies_; }
  // DER of the extensions that are the same in every certificate of the profile, one behind the
  // other: keyUsage, certificatePolicies, authorityInfoAccess, qcStatements, noRevAvail,
  // valassured-ST-certs.
  const Bytes& extensions_der() const { return extensions_der_; }

 private:
  Profile(ProfileSpec spec, std::vector<Bytes> policies);

  ProfileSpec spec_;
  std::vector<Bytes> policies_;
  Bytes extensions_der_;
};

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_PROFILE_H_
