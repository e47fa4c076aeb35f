// Signature algorithms and signer identifiers that others use, good and bad.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/rsa.h>

#include "tests/support/cades_verifier.h"
#include "tests/support/fake_clock.h"
#include "tests/unit/ades/openssl_signature_maker.h"
#include "tests/unit/ades/verdicts.h"

namespace enkrat::ades {
namespace {

using ::enkrat::testing::CadesVerdict;
using ::enkrat::testing::FakeClock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace testing;  // the makers of this folder

class SignerChecksTest : public ::testing::Test {
 protected:
  Bytes RsaSignature(std::function<void(EVP_PKEY_CTX*)> change) const {
    return MakeOpenSslSignature(
        {.signers = {&RsaPki().signer},
         .more_certificates = {&RsaPki().issuing_ca},
         .more_flags = CMS_KEY_PARAM,
         .change = [&](CMS_SignerInfo* signer) { change(CMS_SignerInfo_get0_pkey_ctx(signer)); }});
  }
  std::vector<std::string> FailedRsa(std::function<void(EVP_PKEY_CTX*)> change) const {
    return FailedChecks(Verify(RsaPki(), RsaSignature(std::move(change)), clock_));
  }

  // Made once, and only for the tests that ask: RSA keys take their time.
  static const TestPki& RsaPki() {
    static const TestPki& pki = *new TestPki(TestPki::Make(KeyAlgorithm::kRsaPss3072));
    return pki;
  }
  const FakeClock clock_{TestNow()};
};

TEST_F(SignerChecksTest, RsaPkcs1OfOpenSslIsAccepted) {
  EXPECT_THAT(FailedRsa([](EVP_PKEY_CTX*) {}), IsEmpty());
}

TEST_F(SignerChecksTest, RsaPssOfOpenSslIsAccepted) {
  EXPECT_THAT(FailedRsa([](EVP_PKEY_CTX* key) {
                EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_PSS_PADDING);
              }),
              IsEmpty());
}

TEST_F(SignerChecksTest, RsaPssWithSha1MaskIsRejected) {
  EXPECT_THAT(FailedRsa([](EVP_PKEY_CTX* key) {
                EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_PSS_PADDING);
                EVP_PKEY_CTX_set_rsa_mgf1_md(key, EVP_sha1());
              }),
              ElementsAre("signature-algorithm"));
}

TEST_F(SignerChecksTest, RsaPssWithAnotherMaskDigestIsRejected) {
  EXPECT_THAT(FailedRsa([](EVP_PKEY_CTX* key) {
                EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_PSS_PADDING);
                EVP_PKEY_CTX_set_rsa_mgf1_md(key, EVP_sha512());
              }),
              ElementsAre("signature-algorithm"));
}

TEST_F(SignerChecksTest, SignerNamedByItsKeyIdentifierIsAccepted) {
  TestPki pki = TestPki::Make();
  Extensions extensions = OneTimeExtensions();
  extensions.emplace_back("subjectKeyIdentifier", "hash");
  pki.signer =
      MakeIdentity({.common_name = "Test Signer", .extensions = extensions}, &pki.issuing_ca);
  const Bytes signature = MakeOpenSslSignature({.signers = {&pki.signer},
                                                .more_certificates = {&pki.issuing_ca},
                                                .more_flags = CMS_USE_KEYID});
  EXPECT_THAT(FailedChecks(Verify(pki, signature, clock_)), IsEmpty());
}

TEST_F(SignerChecksTest, StrongerDigestsOfOpenSslAreAccepted) {
  const TestPki pki = TestPki::Make(KeyAlgorithm::kEcdsaP384);
  for (const char* digest : {"SHA384", "SHA512"}) {
    const Bytes signature = MakeOpenSslSignature(
        {.signers = {&pki.signer}, .more_certificates = {&pki.issuing_ca}, .digest = digest});
    EXPECT_THAT(FailedChecks(Verify(pki, signature, clock_)), IsEmpty()) << digest;
  }
}

TEST_F(SignerChecksTest, DetailNamesTheSuite) {
  const TestPki pki = TestPki::Make();
  const CadesVerdict verdict = Verify(pki, MakeSignature(pki), clock_);
  EXPECT_THAT(DetailOf(verdict, "signature-algorithm"), HasSubstr("256 bits over SHA-256"));
}

}  // namespace
}  // namespace enkrat::ades
