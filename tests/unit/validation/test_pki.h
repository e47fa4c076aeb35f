// A PKI that says exactly what a test wants: certificates, CRLs and OCSP responses made with
// OpenSSL at run time, right or wrong on purpose. Independent of ca/.
#ifndef ENKRAT_TESTS_UNIT_VALIDATION_TEST_PKI_H_
#define ENKRAT_TESTS_UNIT_VALIDATION_TEST_PKI_H_

#include <openssl/ocsp.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"

namespace enkrat::validation {

// When the tests happen.
inline const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);  // 2026-05-28T20:26:40Z

using Extensions = std::vector<std::pair<std::string, std::string>>;  // in OpenSSL's words
using KeyPtr = std::shared_ptr<EVP_PKEY>;

KeyPtr NewEcKey(const char* curve = "P-256");
KeyPtr NewRsaKey(unsigned int bits);

struct Entity {
  KeyPtr key;
  std::shared_ptr<X509> certificate;
  X509* x509() const { return certificate.get(); }
  Bytes der() const;
};

struct CertificateSpec {
  std::string name = "Signer";
  absl::Time not_before = kNow - absl::Hours(24 * 300);
  absl::Time not_after = kNow + absl::Hours(24 * 300);
  Extensions extensions = {};
  KeyPtr key = nullptr;  // null: a fresh P-256 key
  const EVP_MD* digest = EVP_sha256();
  std::optional<long> serial = std::nullopt;  // counted otherwise
};

// Extensions as they should be.
Extensions CaExtensions(const std::string& constraints = "critical,CA:TRUE");
Extensions SignerExtensions();
Extensions TsuExtensions();
Extensions ResponderExtensions();  // with ocsp-nocheck

// `more` behind `extensions`; one of the same name is replaced, with an empty value left out.
Extensions With(Extensions extensions, const Extensions& more);

Entity MakeRoot(const std::string& name = "Root");
Entity MakeSelfSigned(const CertificateSpec& spec);
Entity Issue(const Entity& issuer, const CertificateSpec& spec);
Entity IssueCa(const Entity& issuer, const std::string& name = "CA");

struct RevokedEntry {
  const Entity* entity = nullptr;
  absl::Time at = kNow - absl::Hours(1);
  std::optional<int> reason = std::nullopt;  // CRL_REASON_...
  std::optional<absl::Time> invalid_since = std::nullopt;
  Extensions extensions = {};
};
struct CrlSpec {
  absl::Time this_update = kNow - absl::Minutes(10);
  std::optional<absl::Time> next_update = kNow + absl::Hours(24);
  std::vector<RevokedEntry> revoked = {};
  Extensions extensions = {};
  const EVP_MD* digest = EVP_sha256();
  int filler_entries = 0;  // of nobody's serial numbers
};
Bytes MakeCrl(const Entity& issuer, const CrlSpec& spec = {});

struct OcspSpec {
  int status = V_OCSP_CERTSTATUS_GOOD;
  absl::Time this_update = kNow - absl::Minutes(1);
  std::optional<absl::Time> next_update = kNow + absl::Hours(1);
  absl::Time produced_at = kNow - absl::Minutes(1);
  absl::Time revoked_at = kNow - absl::Hours(1);
  int reason = -1;
  std::optional<absl::Time> archive_cutoff = std::nullopt;
  const EVP_MD* cert_id_digest = EVP_sha1();
  const EVP_MD* digest = EVP_sha256();
  const Entity* responder = nullptr;  // null: the issuer itself
  bool embed_responder = true;
  bool by_key = false;
  Bytes nonce = {};
};
Bytes MakeOcsp(const Entity& subject, const Entity& issuer, const OcspSpec& spec = {});

}  // namespace enkrat::validation

#endif  // ENKRAT_TESTS_UNIT_VALIDATION_TEST_PKI_H_
