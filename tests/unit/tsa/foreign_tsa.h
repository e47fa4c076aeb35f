// A TSA that is not ours: OpenSSL's own builder of responses with a certificate of a test
// authority.
#ifndef ENKRAT_TESTS_UNIT_TSA_FOREIGN_TSA_H_
#define ENKRAT_TESTS_UNIT_TSA_FOREIGN_TSA_H_

#include <openssl/evp.h>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "tests/support/fake_clock.h"
#include "tests/support/test_authority.h"

namespace enkrat::tsa {

class ForeignTsa {
 public:
  struct Habits {
    const EVP_MD* signer_digest = EVP_sha256();
    const EVP_MD* ess_digest = EVP_sha256();
    absl::Time time = testing::FakeClock().Now();
    bool with_issuer = true;  // the CA's certificate in the token, beside the signer's
  };
  ForeignTsa(const testing::TestAuthority& authority, const testing::CertificateOptions& options)
      : ForeignTsa(authority, options, Habits{}) {}
  ForeignTsa(const testing::TestAuthority& authority, const testing::CertificateOptions& options,
             Habits habits);

  // DER TimeStampResp; its token alone (empty if there is none).
  Bytes Respond(const Bytes& request_der) const;
  Bytes Token(const Bytes& request_der) const;

  const Bytes& certificate_der() const { return certificate_.der; }

 private:
  testing::TestCertificate certificate_;
  Bytes issuing_der_;
  Habits habits_;
};

}  // namespace enkrat::tsa

#endif  // ENKRAT_TESTS_UNIT_TSA_FOREIGN_TSA_H_
