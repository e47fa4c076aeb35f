// What a kind of one-time certificate holds, validated once at start.
#ifndef ENKRAT_CA_PROFILE_H_
#define ENKRAT_CA_PROFILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

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
  bool on_qscd = false;  // QcSSCD as well
  std::string pds_url;   // https, English; required when qualified
};

// Immutable, copyable, thread-safe.
class Profile {
 public:
  // kConfigurationInvalid: validity + skew over 24 h (EN 319 412-1 5.2.2) or under 1 min, skew over
  // 60 s, no or malformed policy OIDs, URLs that are not http(s), qualified without PDS, ...
  static absl::StatusOr<Profile> Create(ProfileSpec spec);

  const ProfileSpec& spec() const { return spec_; }

 private:
  explicit Profile(ProfileSpec spec) : spec_(std::move(spec)) {}

  ProfileSpec spec_;
};

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_PROFILE_H_
