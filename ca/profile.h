// What a kind of one-time certificate holds, validated once at start.
#ifndef ENKRAT_CA_PROFILE_H_
#define ENKRAT_CA_PROFILE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ca/subject.h"
#include "common/bytes.h"

namespace enkrat::ca {

// For whom: electronic signatures of natural persons (EN 319 412-2) or electronic seals of legal
// persons (EN 319 412-3).
enum class ProfileKind { kSignature, kSeal };

// Which names a subject gets.
enum class SubjectNames {
  kAsGiven,    // in the script of the identity provider
  kLatin,      // transliterated into Latin script where they are in another
  kPseudonym,  // of a signature: a pseudonym in place of the person's names
};

// Where one language version of the PKI disclosure statement is (EN 319 412-5 4.3.4).
struct PdsLocation {
  std::string url;       // https
  std::string language;  // ISO 639-1: two lower-case letters
};

// As configured; see the clauses at Profile::Create.
struct ProfileSpec {
  std::string name;  // for logs and evidence
  ProfileKind kind = ProfileKind::kSignature;
  SubjectNames names = SubjectNames::kAsGiven;
  std::vector<std::string> policy_oids;  // certificatePolicies, dotted decimal; 1..8
  absl::Duration validity = absl::Minutes(15);
  absl::Duration not_before_skew = absl::Seconds(30);
  std::string ca_issuers_url;  // http(s), DER .cer of the issuing CA
  // QcCompliance and QcType esign or eseal (EN 319 412-5): a legal claim.
  bool qualified = false;
  bool on_qscd = false;  // QcSSCD as well
  // QcPDS; required when qualified, then with one in English ("en"); at most 8, one a language.
  std::vector<PdsLocation> pds{};
  // QcRetentionPeriod: for how many years after expiry the records are kept; 0: not said.
  int retention_years = 0;
  // The certificate tells how the person was authenticated (RFC 7773).
  bool authentication_context = false;
};

// Immutable, copyable, thread-safe.
class Profile {
 public:
  // kConfigurationInvalid: validity + skew not under 24 h (EN 319 412-1 5.2.2) or validity under
  // 1 min, skew over 60 s, no, repeated or malformed policy OIDs, policies of EN 319 411-2 that do
  // not go with kind and claims, URLs that are not http(s), qualified without a PDS, PDS that are
  // not https or lack English (EN 319 412-5 4.3.4), claims of a QSCD, PDS or retention without
  // claims of being qualified, a pseudonym for a legal person.
  static absl::StatusOr<Profile> Create(ProfileSpec spec);

  const ProfileSpec& spec() const { return spec_; }
  // The kind of subject that its certificates name.
  SubjectKind subject_kind() const;
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

// The policy of EN 319 411-2 5.3 that goes with kind and claims of a qualified profile, dotted
// decimal: QCP-n, QCP-l, QCP-n-qscd or QCP-l-qscd.
absl::string_view QualifiedPolicy(ProfileKind kind, bool on_qscd);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_PROFILE_H_
