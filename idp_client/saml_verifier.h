// SAML 2.0 responses: strict verification against a list of known providers (SAML 2.0 profiles 4.1,
// web browser SSO, with the HTTP POST binding).
#ifndef ENKRAT_IDP_CLIENT_SAML_VERIFIER_H_
#define ENKRAT_IDP_CLIENT_SAML_VERIFIER_H_

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

// How attributes become the person's. All are values of Attribute/@Name, compared octet by octet;
// FriendlyName is nobody's concern. Empty: not mapped.
struct SamlAttributeMapping {
  std::string subject;  // empty: the NameID, which then must be persistent
  std::string given_name = "urn:oid:2.5.4.42";
  std::string surname = "urn:oid:2.5.4.4";
  std::string country;                  // empty: fixed_country
  std::string fixed_country;            // ISO 3166-1 alpha-2
  std::string identifier;               // for serialNumber
  std::string identifier_type = "EID";  // EN 319 412-1 5.1.3: PNO, TIN, EID, IDC, PAS
  std::string pseudonym;                // where it is mapped and there, names may be missing
  std::string date_of_birth;            // YYYY-MM-DD
  std::string organization_identifier;  // mandates: EN 319 412-1 5.1.4, "VATSI-12345678"
  std::string organization;             // their names, one for each identifier
};

// A provider whose assertions are accepted.
struct SamlIdentityProvider {
  std::string entity_id;                // of the provider, compared octet by octet
  std::vector<std::string> audiences;   // our entity ids; one must be in each AudienceRestriction
  std::vector<std::string> recipients;  // our assertion consumer services: Recipient must be one
  // Exactly one of the two. A file is read again when it is old or a key is unknown, like a URL.
  std::string metadata_file;
  std::string metadata_url;
  // PEM certificate with the key that signs the metadata: required for a URL. Without it a file is
  // believed as it is.
  std::string metadata_signer_file;
  std::string tls_ca_file;  // PEM roots for the URL; empty: the system's
  bool allow_loopback_http = false;
  // AuthnContextClassRef -> level; at least one; other values are rejected.
  std::map<std::string, LevelOfAssurance> context_levels;
  absl::Duration skew = absl::Seconds(10);  // at most 60 s
  SamlAttributeMapping attributes;
};

// Thread-safe.
class SamlVerifier final : public IdentityVerifier {
 public:
  struct Options {
    std::vector<SamlIdentityProvider> providers;  // 1..64
    // Metadata is asked for again when no key of it fits, but not more often than this.
    absl::Duration min_refresh_interval = absl::Seconds(10);
    // And after this time, or cacheDuration if that is less, anyway; the old copy stays in use
    // while the provider is down, for at most max_key_age and never past its validUntil.
    absl::Duration refresh_after = absl::Hours(1);
    absl::Duration max_key_age = absl::Hours(24);
    HttpFetcher* fetcher = nullptr;  // not owned; required unless all providers have a file
    const Clock* clock = nullptr;    // not owned; required
    Logger* logger = nullptr;        // not owned; optional
  };

  // kConfigurationInvalid for settings that cannot be right (no audience, no level, metadata from a
  // URL without a signer, two providers of one name, ...). Does no network I/O; reads the files.
  static absl::StatusOr<std::unique_ptr<SamlVerifier>> Create(Options options);
  ~SamlVerifier() override;

  // An assertion of other type than kSamlResponse is refused.
  absl::StatusOr<VerifiedIdentity> Verify(const AssertionCheck& check) override;

  // Fetches the metadata of every provider whose copy is missing or old, if it is time to. Blocks
  // on the network: for a thread of its own, every second or so. Without it, the first callers
  // after a start fetch it themselves.
  void KeepMetadataFresh();

 private:
  class Providers;
  explicit SamlVerifier(std::unique_ptr<Providers> providers);

  std::unique_ptr<Providers> providers_;
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_SAML_VERIFIER_H_
