// A root and an issuing CA in software, made anew in each test process, with the requests that the
// tests of ca/ start from.
#ifndef ENKRAT_TESTS_UNIT_CA_SOFTWARE_AUTHORITY_H_
#define ENKRAT_TESTS_UNIT_CA_SOFTWARE_AUTHORITY_H_

#include <memory>
#include <string>
#include <vector>

#include "ca/authority_certificate.h"
#include "ca/issuer.h"
#include "ca/profile.h"
#include "ca/subject.h"
#include "common/signing_provider.h"
#include "tests/support/fake_clock.h"
#include "tests/support/software_signing_key.h"

namespace enkrat::testing {

// A P-256 key whose private scalar is `scalar`: the same in every run, worthless outside a test.
std::unique_ptr<SoftwareSigningKey> KeyOfScalar(unsigned int scalar);

// Root -> issuing CA. Valid from a day before the clock's start for 20 and 10 years.
class SoftwareAuthority {
 public:
  explicit SoftwareAuthority(KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256);
  // With keys that are the same in every run.
  static SoftwareAuthority Fixed();

  std::vector<Bytes> chain_der() const { return {issuing_der, root_der}; }
  ca::AuthorityRequest Request(ca::AuthorityRole role, const PublicKey& subject_key) const;
  Bytes Make(const ca::AuthorityRequest& request, SigningKey& issuer_key) const;

  FakeClock clock;
  std::unique_ptr<SigningProvider> provider;
  std::unique_ptr<SoftwareSigningKey> root_key;
  std::unique_ptr<SoftwareSigningKey> issuing_key;
  Bytes root_der;
  Bytes issuing_der;

 private:
  SoftwareAuthority(std::unique_ptr<SoftwareSigningKey> root,
                    std::unique_ptr<SoftwareSigningKey> issuing);
};

ca::Subject AnaNovak();
ca::Subject Skrivalka();     // a pseudonym
ca::Subject PekarnaNovak();  // a legal person
ca::AuthenticationContext SubstantialLogin();
ca::ProfileSpec AdvancedSpec();
ca::ProfileSpec QualifiedSpec();
ca::Profile MakeProfile(ca::ProfileSpec spec);

// "openssl x509 -text" of a certificate.
std::string PrintCertificate(ByteSpan certificate_der);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_UNIT_CA_SOFTWARE_AUTHORITY_H_
