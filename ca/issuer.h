// The issuing CA: prepares a one-time certificate, has it linted, and only then signs exactly those
// octets.
#ifndef ENKRAT_CA_ISSUER_H_
#define ENKRAT_CA_ISSUER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ca/authentication_context.h"
#include "ca/profile.h"
#include "ca/subject.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/signing_key.h"

namespace enkrat::ca {

class Issuer;

// A TBSCertificate that has passed every lint: the right to sign it, once. Only Issuer::Prepare
// makes one; Issuer::Issue consumes it. A token that was moved from or used signs nothing.
class IssuanceToken {
 public:
  IssuanceToken(IssuanceToken&&) noexcept = default;
  IssuanceToken& operator=(IssuanceToken&&) noexcept = default;

  ByteSpan tbs_der() const { return tbs_der_; }

 private:
  friend class Issuer;
  IssuanceToken() = default;

  const Issuer* issuer_ = nullptr;
  Bytes tbs_der_;
  std::string serial_number_;
  absl::Time not_before_;
  absl::Time not_after_;
};

struct IssuanceRequest {
  const Profile* profile = nullptr;        // required; not kept
  Subject subject;                         // of the profile's subject_kind()
  const PublicKey* subject_key = nullptr;  // required; not kept
  // Goes into the certificate if the profile asks for it, which then needs it.
  std::optional<AuthenticationContext> authentication_context{};
};

struct IssuedCertificate {
  Bytes der;
  std::string serial_number;  // lower-case hex, whole octets
  Bytes fingerprint_sha256;   // 32 octets
  absl::Time not_before;
  absl::Time not_after;
};

// Immutable, thread-safe.
class Issuer {
 public:
  struct Options {
    std::vector<Bytes> chain_der;  // issuing CA first, root last; 1..8
    const Clock* clock = nullptr;  // not owned; required
    // 16 random octets a call; empty: from common/random.h. The top bit is cleared, the next set.
    // For golden tests; must be thread-safe.
    std::function<Bytes()> serial_source{};
  };

  // kConfigurationInvalid unless the chain is one: CA certificates, each signed by the next, the
  // last self-signed, valid now, keys of the algorithms of common/signing_key.h, the issuing CA
  // with a subjectKeyIdentifier.
  static absl::StatusOr<std::unique_ptr<Issuer>> Create(Options options);
  ~Issuer();

  // kProfileRejected if a certificate of the CA's chain ends sooner than one of that profile that
  // is issued now would.
  absl::Status CheckPeriod(const Profile& profile) const;

  // Builds the TBSCertificate (docs/conformity.md: serial of 126 random bits, noRevAvail,
  // valassured-ST-certs, nonRepudiation only, AIA caIssuers, ...) and lints it. kLintFailed with
  // the names of the broken lints; kProfileRejected if the subject or its authentication context is
  // not what the profile is for; the errors of CheckPeriod, CheckSubject and
  // CheckAuthenticationContext.
  absl::StatusOr<IssuanceToken> Prepare(const IssuanceRequest& request) const;

  // Signs the token's octets with the CA's key, checks the signature, parses the certificate back
  // and compares its TBS byte for byte with what was linted. Errors: the key's own; kInternal for a
  // token that is used up, another issuer's or older than its certificate;
  // kSignatureSelfCheckFailed; kConfigurationInvalid if `ca_key` is not the chain's.
  absl::StatusOr<IssuedCertificate> Issue(IssuanceToken&& token, SigningKey& ca_key) const;

  const std::vector<Bytes>& chain_der() const { return options_.chain_der; }
  const PublicKey& public_key() const;

 private:
  struct Authority;  // what never changes from one certificate to the next
  Issuer(Options options, std::unique_ptr<const Authority> authority);

  absl::Status CheckEnd(absl::Time not_after) const;
  absl::Status CheckToken(const IssuanceToken& token, const SigningKey& ca_key) const;
  absl::StatusOr<Bytes> Sign(ByteSpan tbs_der, SigningKey& ca_key) const;

  Options options_;
  std::unique_ptr<const Authority> authority_;
};

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_ISSUER_H_
