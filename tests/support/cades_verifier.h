// A second opinion, independent of validation/, on what the workflow makes: a detached CAdES
// signature's CMS, its timestamp, and the chain at the time of the timestamp. What the two share is
// how ades/ reads a CMS and its single checks.
#ifndef ENKRAT_TESTS_SUPPORT_CADES_VERIFIER_H_
#define ENKRAT_TESTS_SUPPORT_CADES_VERIFIER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/digest.h"

namespace enkrat::testing {

// One thing that was looked at.
struct CadesCheck {
  std::string name;  // stable; see CadesVerifier
  bool passed = false;
  std::string detail;  // one sentence
};

struct CadesVerdict {
  bool valid = false;              // every check passed
  std::vector<CadesCheck> checks;  // in order
  std::string level;               // "CAdES B-B" or "CAdES B-T"
  Bytes signer_certificate_der;
  std::string signer_subject;  // RFC 2253 text of the certificate's subject
  std::optional<absl::Time> claimed_signing_time;
  std::optional<absl::Time> timestamp_time;  // genTime of the best timestamp
  absl::Time validated_at;                   // the time at which the signer's chain was checked
};

class CadesTrustAnchors;

// Checks, in this order, all of them whenever what they look at is there:
//   single-signer          exactly one SignerInfo
//   content-type           id-data, detached; the content-type attribute says so (RFC 5652 11.1)
//   signed-attributes      those of the baseline, each once (EN 319 122-1 6.3)
//   message-digest         the document's, by SHA-256 or stronger (RFC 5652 11.2)
//   signature-algorithm    ECDSA or RSA of 128 bits strength over that digest (TS 119 312)
//   signature-value        the certificate's key made it over the signed attributes (RFC 5652 5.6)
//   signing-certificate    signing-certificate-v2 names the certificate (RFC 5035)
//   timestamp              for each signature-time-stamp: an RFC 3161 token, not in the future
//   timestamp-imprint      over this signature value
//   timestamp-signature    by the key of its certificate
//   timestamp-certificate  that the token names; for time-stamping alone (RFC 3161 2.3)
//   timestamp-chain        to a trusted root, at genTime
//   signer-chain           to a trusted root at t, notBefore <= t < notAfter; t is genTime of the
//                          earliest good timestamp, or now without one
//   signing-time           the claimed time lies in the certificate's validity
//   key-usage              nonRepudiation (EN 319 412-2 4.3.2)
//   revocation             the certificate needs none: noRevAvail or valassured-ST-certs
// The revocation status of CAs and timestamping units is not looked up, which the details say.
// A timestamp that is not good makes the verdict bad, even when there is a good one beside it.
//
// Immutable, thread-safe.
class CadesVerifier {
 public:
  struct Options {
    std::vector<Bytes> trusted_roots_der;  // 1..64
    const Clock* clock = nullptr;          // not owned; required
  };
  // kConfigurationInvalid for no roots, too many, or octets that are no certificate.
  static absl::StatusOr<std::unique_ptr<CadesVerifier>> Create(Options options);
  ~CadesVerifier();

  // `digest_of` answers the document's digest (it is asked once, for the algorithm that the
  // signature names). A signature that is not good is a CadesVerdict, not an error.
  // kRequestMalformed, kLimitExceeded (over 1 MiB) for octets that are no CMS; `digest_of`'s own
  // errors.
  absl::StatusOr<CadesVerdict> VerifyDetached(
      ByteSpan cms_der, absl::FunctionRef<absl::StatusOr<Bytes>(DigestAlgorithm)> digest_of) const;

 private:
  CadesVerifier(std::unique_ptr<CadesTrustAnchors> trust, const Clock* clock);

  std::unique_ptr<CadesTrustAnchors> trust_;
  const Clock* clock_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_CADES_VERIFIER_H_
