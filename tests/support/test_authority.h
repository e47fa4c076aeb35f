// A certification authority in memory, made at test run time: a root, an issuing CA, and whatever
// certificates a test asks for, right or wrong on purpose. Independent of ca/.
#ifndef ENKRAT_TESTS_SUPPORT_TEST_AUTHORITY_H_
#define ENKRAT_TESTS_SUPPORT_TEST_AUTHORITY_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/signing_key.h"
#include "tests/support/software_signing_key.h"

namespace enkrat::testing {

inline constexpr char kEkuTimeStamping[] = "1.3.6.1.5.5.7.3.8";
inline constexpr char kEkuOcspSigning[] = "1.3.6.1.5.5.7.3.9";
inline constexpr char kEkuEmailProtection[] = "1.3.6.1.5.5.7.3.4";

// What a certificate of the authority is to say. The defaults make a TSU certificate that is in
// order (EN 319 422 6.4): a test changes the one field that it is about.
struct CertificateOptions {
  std::string common_name = "Enkrat test unit";
  KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256;
  // Validity; without values, a day before and four years after the authority's `now`.
  std::optional<absl::Time> not_before = std::nullopt;
  std::optional<absl::Time> not_after = std::nullopt;
  // privateKeyUsagePeriod (RFC 3280 4.2.1.4); without values, the extension lacks that half; with
  // neither it is absent.
  std::optional<absl::Time> key_not_before = std::nullopt;
  std::optional<absl::Time> key_not_after = std::nullopt;
  // extendedKeyUsage, dotted decimal; empty: no extension.
  std::vector<std::string> extended_key_usage = {kEkuTimeStamping};
  bool extended_key_usage_critical = true;
  // In OpenSSL's words, such as "digitalSignature,nonRepudiation"; empty: no extension.
  std::string key_usage = "digitalSignature";
  // basicConstraints: none for an end entity; with a value, cA TRUE and that pathLenConstraint
  // (negative: no constraint).
  std::optional<int> ca_path_length = std::nullopt;
  // Certifies this key instead of a fresh one of `algorithm`; TestCertificate::key is then null.
  const PublicKey* subject_key = nullptr;
};

struct TestCertificate {
  Bytes der;
  std::unique_ptr<SoftwareSigningKey> key;
};

class TestAuthority {
 public:
  struct Options {
    std::string name = "Enkrat test";
    KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256;  // of root and issuing CA
    // The middle of things: FakeClock's start. Root and issuing CA are valid from a year before to
    // ten years after it.
    absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  };
  TestAuthority() : TestAuthority(Options{}) {}
  explicit TestAuthority(Options options);

  const Bytes& root_der() const { return root_.der; }
  const Bytes& issuing_der() const { return issuing_.der; }
  SoftwareSigningKey& root_key() { return *root_.key; }
  SoftwareSigningKey& issuing_key() { return *issuing_.key; }

  // Issued by the issuing CA; by the root.
  TestCertificate Issue(const CertificateOptions& options) const;
  TestCertificate IssueByRoot(const CertificateOptions& options) const;

  // The certificate, the issuing CA, the root.
  std::vector<Bytes> ChainOf(const TestCertificate& certificate) const;

 private:
  Options options_;
  TestCertificate root_;
  TestCertificate issuing_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_TEST_AUTHORITY_H_
