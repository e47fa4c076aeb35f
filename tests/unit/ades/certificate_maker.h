// Certificates for tests of signatures: made at run time, with whatever a test wants wrong in them.
#ifndef ENKRAT_TESTS_UNIT_ADES_CERTIFICATE_MAKER_H_
#define ENKRAT_TESTS_UNIT_ADES_CERTIFICATE_MAKER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"
#include "tests/support/software_signing_key.h"

namespace enkrat::ades::testing {

// 2027-01-15 08:00:00 UTC, which FakeClock starts at.
inline absl::Time TestNow() { return absl::FromUnixSeconds(1'800'000'000); }

// (extension name, value) in OpenSSL's configuration syntax, such as {"keyUsage", "critical,..."}.
using Extensions = std::vector<std::pair<std::string, std::string>>;

Extensions CaExtensions();
Extensions OneTimeExtensions();  // nonRepudiation, noRevAvail, valassured-ST-certs
Extensions TimestampUnitExtensions();

struct CertificateRequest {
  std::string common_name;
  uint64_t serial_number = 1;
  absl::Time not_before = TestNow() - absl::Hours(1);
  absl::Time not_after = TestNow() + absl::Hours(1);
  Extensions extensions = {};
};

// A certificate with its key.
struct Identity {
  std::unique_ptr<enkrat::testing::SoftwareSigningKey> key;
  Bytes certificate_der;

  X509Ptr Certificate() const;
};

// Signed by `issuer`; by itself if that is null.
Identity MakeIdentity(const CertificateRequest& request, const Identity* issuer,
                      KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256);

// A root and an issuing CA, valid ten years around TestNow(), and what they issued.
struct TestPki {
  Identity root;
  Identity issuing_ca;
  Identity signer;          // a one-time certificate: TestNow() -1 min .. +15 min
  Identity timestamp_unit;  // issued by the root

  static TestPki Make(KeyAlgorithm signer_algorithm = KeyAlgorithm::kEcdsaP256);
};

}  // namespace enkrat::ades::testing

#endif  // ENKRAT_TESTS_UNIT_ADES_CERTIFICATE_MAKER_H_
