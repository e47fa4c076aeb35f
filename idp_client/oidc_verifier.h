// OpenID Connect ID tokens: strict verification against a list of known providers (OpenID Connect
// Core 1.0 section 3.1.3.7, RFC 8725).
//
// A token is bound to what it authorises in one of two ways. Its authorization_details say the act
// (RFC 9396; authorized_act_claim.h): then its nonce is the client's own affair. Or, without such
// details, its nonce is the SAD. Details that say another act are rejected whatever the nonce says.
#ifndef ENKRAT_IDP_CLIENT_OIDC_VERIFIER_H_
#define ENKRAT_IDP_CLIENT_OIDC_VERIFIER_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/http_fetcher.h"
#include "common/log.h"
#include "idp_client/identity_verifier.h"

namespace enkrat::idp_client {

// How claims become the person's attributes.
struct ClaimMapping {
  std::string given_name = "given_name";
  std::string surname = "family_name";
  std::string country;                  // claim; empty: fixed_country
  std::string fixed_country;            // ISO 3166-1 alpha-2
  std::string identifier;               // claim for serialNumber; empty: none
  std::string identifier_type = "EID";  // EN 319 412-1 5.1.3: PNO, TIN, EID, IDC, PAS
  std::string pseudonym = {};           // claim; empty: none. With it the names may be missing
  std::string date_of_birth = {};  // claim, YYYY-MM-DD (OpenID Connect: birthdate); empty: none
  std::string mandates = {};       // claim (mandate_claims.h); empty: none
};

// A provider whose tokens are accepted.
struct OidcIssuer {
  std::string issuer;                  // `iss`, compared octet by octet
  std::vector<std::string> audiences;  // our client ids; one must be in `aud`
  // JWA names; asymmetric only.
  std::vector<std::string> algorithms = {"ES256", "ES384", "PS256"};
  std::string jwks_file;    // instead of discovery
  std::string tls_ca_file;  // PEM roots; empty: the system's
  bool allow_loopback_http = false;
  // Claim with the level of assurance: a text, or a whole number, which counts as its decimals.
  std::string level_claim = "acr";
  std::map<std::string, LevelOfAssurance> acr_levels;  // at least one; other values are rejected
  absl::Duration skew = absl::Seconds(10);             // at most 60 s
  // The provider sends `auth_time` if the client asks for max_age (OpenID Connect Core 1.0 section
  // 2). False: without it `iat` counts, which is new in every token of an old session.
  bool auth_time_required = true;
  ClaimMapping claims;
};

// Thread-safe.
class OidcVerifier final : public IdentityVerifier {
 public:
  struct Options {
    std::vector<OidcIssuer> issuers;  // 1..64
    // A JWKS is asked for again at an unknown kid, but not more often than this: until then a token
    // of a key that the provider has only just begun to use is kIdpKeysUnavailable.
    absl::Duration min_refresh_interval = absl::Seconds(10);
    // And after this time anyway; the old keys stay in use while the provider is down, for at most
    // max_key_age.
    absl::Duration refresh_after = absl::Hours(1);
    absl::Duration max_key_age = absl::Hours(24);
    HttpFetcher* fetcher = nullptr;  // not owned; required unless all issuers have a jwks_file
    const Clock* clock = nullptr;    // not owned; required
    Logger* logger = nullptr;        // not owned; optional
  };

  // kConfigurationInvalid for settings that cannot be right (unknown or symmetric algorithm, no
  // audience, two issuers of one name, ...). Does no network I/O; reads the jwks_files.
  static absl::StatusOr<std::unique_ptr<OidcVerifier>> Create(Options options);
  ~OidcVerifier() override;

  absl::StatusOr<VerifiedIdentity> Verify(const AssertionCheck& check) override;

  // Fetches the keys of every provider whose keys are missing or old, if it is time to. Blocks on
  // the network: for a thread of its own, every second or so. Without it, the first callers after a
  // start fetch the keys themselves.
  void KeepKeysFresh();

 private:
  class Issuers;
  explicit OidcVerifier(std::unique_ptr<Issuers> issuers);

  std::unique_ptr<Issuers> issuers_;
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_OIDC_VERIFIER_H_
