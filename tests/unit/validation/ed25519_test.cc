// Signatures by Ed25519 (RFC 8419), which OpenSSL 3.0's CMS neither makes nor verifies: laid octet
// by octet.
#include "ades/certificate_fields.h"
#include "common/der.h"
#include "common/der_writer.h"
#include "tests/unit/validation/signature_fixture.h"

namespace enkrat::validation::testing {
namespace {

constexpr char kSha512[] = "300b0609608648016503040203";
constexpr char kSha256[] = "300b0609608648016503040201";
constexpr char kEd25519[] = "300506032b6570";

class Ed25519Test : public SignatureValidation {
 protected:
  Ed25519Test() : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")) {
    const X509Ptr certificate = Pki().signer.Certificate();
    X509_set_pubkey(certificate.get(), key_.get());
    X509_sign(certificate.get(), Pki().issuing_ca.key->evp_pkey(), EVP_sha256());
    certificate_der_ = EncodeDer<i2d_X509>(certificate.get()).value();
  }

  Bytes Sign(ByteSpan octets) const {
    const EvpMdCtxPtr context(EVP_MD_CTX_new());
    EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get());
    Bytes value(64);
    size_t size = value.size();
    EXPECT_EQ(EVP_DigestSign(context.get(), value.data(), &size, octets.data(), octets.size()), 1);
    return value;
  }

  Bytes Cms(const char* digest_hex, DigestAlgorithm algorithm) const {
    using ades::testing::AttributeOf;
    const Bytes digest = ComputeDigest(algorithm, AsSpan(kDocument));
    Bytes set =
        DerSetOf(der_tag::kSet,
                 {AttributeOf("06092a864886f70d010903", {*FromHex("06092a864886f70d010701")}),
                  AttributeOf("06092a864886f70d010904", {DerOf(der_tag::kOctetString, {digest})})});
    const Bytes value = Sign(set);
    set[0] = der_tag::Constructed(0);
    const ades::CertificateFields fields = ades::ReadCertificateFields(certificate_der_).value();
    const Bytes version = DerInteger(1);
    const Bytes digest_der = *FromHex(digest_hex);
    const Bytes signer =
        DerOf(der_tag::kSequence,
              {version, DerOf(der_tag::kSequence, {fields.issuer, fields.serial_number}),
               digest_der, set, *FromHex(kEd25519), DerOf(der_tag::kOctetString, {value})});
    const Bytes signed_data =
        DerOf(der_tag::kSequence,
              {version, DerOf(der_tag::kSet, {digest_der}), *FromHex("300b06092a864886f70d010701"),
               DerOf(der_tag::Constructed(0), {certificate_der_, Pki().issuing_ca.certificate_der}),
               DerOf(der_tag::kSet, {signer})});
    return DerOf(der_tag::kSequence, {*FromHex("06092a864886f70d010702"),
                                      DerOf(der_tag::Constructed(0), {signed_data})});
  }

  EvpPkeyPtr key_;
  Bytes certificate_der_;
};

TEST_F(Ed25519Test, SignaturePasses) {
  const SignatureReport report = ValidateOne(Cms(kSha512, DigestAlgorithm::kSha512));
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED");
}

TEST_F(Ed25519Test, ChangedSignatureFails) {
  Bytes cms = Cms(kSha512, DigestAlgorithm::kSha512);
  cms.back() ^= 0x01;
  EXPECT_EQ(Said(ValidateOne(cms).conclusion), "TOTAL_FAILED/SIG_CRYPTO_FAILURE");
}

TEST_F(Ed25519Test, AnotherDigestThanSha512IsRefused) {
  EXPECT_EQ(Said(ValidateOne(Cms(kSha256, DigestAlgorithm::kSha256)).conclusion),
            "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE");
}

}  // namespace
}  // namespace enkrat::validation::testing
