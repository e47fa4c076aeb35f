// Algorithms over time: a path is as good as its weakest key or digest, at the time of the proof.
#include "validation/algorithm_policy.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "absl/time/civil_time.h"
#include "tests/unit/validation/path_test_case.h"

namespace enkrat::validation {
namespace {

absl::Time Day(int year, int month, int day) {
  return absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone());
}

// A modulus of that size and nothing else: quicker than a key pair, and all that is looked at.
KeyPtr RsaPublicKey(int bits) {
  const BnPtr modulus(BN_new());
  BN_set_bit(modulus.get(), bits - 1);
  BN_add_word(modulus.get(), 1);
  Bytes n(static_cast<size_t>(BN_num_bytes(modulus.get())));
  BN_bn2nativepad(modulus.get(), n.data(), static_cast<int>(n.size()));
  unsigned int e = RSA_F4;
  OSSL_PARAM numbers[] = {
      OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, n.data(), n.size()),
      OSSL_PARAM_construct_uint(OSSL_PKEY_PARAM_RSA_E, &e),
      OSSL_PARAM_construct_end(),
  };
  const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  EXPECT_EQ(EVP_PKEY_fromdata_init(context.get()), 1);
  EXPECT_EQ(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, numbers), 1);
  return KeyPtr(key, EVP_PKEY_free);
}

TEST(AlgorithmPolicyTest, DigestsHaveTheirEnd) {
  EXPECT_EQ(DigestAcceptableUntil(NID_md5), absl::InfinitePast());
  EXPECT_EQ(DigestAcceptableUntil(NID_ripemd160), absl::InfinitePast());
  EXPECT_EQ(DigestAcceptableUntil(NID_undef), absl::InfinitePast());
  EXPECT_EQ(DigestAcceptableUntil(NID_sha1), Day(2012, 8, 1));
  EXPECT_EQ(DigestAcceptableUntil(NID_sha224), Day(2029, 1, 1));
  EXPECT_EQ(DigestAcceptableUntil(NID_sha256), absl::InfiniteFuture());
  EXPECT_EQ(DigestAcceptableUntil(NID_sha3_512), absl::InfiniteFuture());
}

TEST(AlgorithmPolicyTest, KeysHaveTheirEnd) {
  EXPECT_EQ(KeyAcceptableUntil(nullptr), absl::InfinitePast());
  EXPECT_EQ(KeyAcceptableUntil(RsaPublicKey(1024).get()), absl::InfinitePast());
  EXPECT_EQ(KeyAcceptableUntil(RsaPublicKey(1896).get()), absl::InfinitePast());
  EXPECT_EQ(KeyAcceptableUntil(RsaPublicKey(1900).get()), Day(2029, 1, 1));
  EXPECT_EQ(KeyAcceptableUntil(RsaPublicKey(2999).get()), Day(2029, 1, 1));
  EXPECT_EQ(KeyAcceptableUntil(RsaPublicKey(3000).get()), absl::InfiniteFuture());
  EXPECT_EQ(KeyAcceptableUntil(RsaPublicKey(3072).get()), absl::InfiniteFuture());
  EXPECT_EQ(KeyAcceptableUntil(NewEcKey("P-192").get()), absl::InfinitePast());
  EXPECT_EQ(KeyAcceptableUntil(NewEcKey("P-224").get()), Day(2021, 10, 1));
  EXPECT_EQ(KeyAcceptableUntil(NewEcKey("P-256").get()), absl::InfiniteFuture());
  EXPECT_EQ(KeyAcceptableUntil(NewEcKey("brainpoolP256r1").get()), absl::InfiniteFuture());
  EXPECT_EQ(KeyAcceptableUntil(NewEcKey("secp256k1").get()), absl::InfinitePast());
  EXPECT_EQ(KeyAcceptableUntil(NewEcKey("sect283r1").get()), absl::InfinitePast());
  const KeyPtr ed25519(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free);
  EXPECT_EQ(KeyAcceptableUntil(ed25519.get()), absl::InfiniteFuture());
  const KeyPtr x25519(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"), EVP_PKEY_free);
  EXPECT_EQ(KeyAcceptableUntil(x25519.get()), absl::InfinitePast());
}

TEST(AlgorithmPolicyTest, CurveThatIsSpeltOutIsNotReliable) {
  const KeyPtr named = NewEcKey();
  EVP_PKEY_set_utf8_string_param(named.get(), OSSL_PKEY_PARAM_EC_ENCODING, "explicit");
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(named.get(), &der);
  ASSERT_GT(size, 200);  // the name alone makes it 91
  const unsigned char* cursor = der;
  const KeyPtr spelt_out(d2i_PUBKEY(nullptr, &cursor, size), EVP_PKEY_free);
  OPENSSL_free(der);
  ASSERT_NE(spelt_out, nullptr);
  EXPECT_EQ(KeyAcceptableUntil(spelt_out.get()), absl::InfinitePast());
}

// A signature's AlgorithmIdentifier as OpenSSL writes it for a PSS key.
X509AlgorPtr PssAlgorithm(const EVP_MD* digest, const EVP_MD* mask_digest) {
  static const KeyPtr key = NewRsaKey(1024);
  const X509Ptr certificate(X509_new());
  const EvpMdCtxPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  EXPECT_EQ(EVP_DigestSignInit(context.get(), &options, digest, nullptr, key.get()), 1);
  EXPECT_EQ(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING), 1);
  EXPECT_EQ(EVP_PKEY_CTX_set_rsa_mgf1_md(options, mask_digest), 1);
  X509_set_pubkey(certificate.get(), key.get());
  EXPECT_GT(X509_sign_ctx(certificate.get(), context.get()), 0);
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(nullptr, &algorithm, certificate.get());
  return X509AlgorPtr(X509_ALGOR_dup(algorithm));
}

TEST(AlgorithmPolicyTest, PssIsAsGoodAsItsParameters) {
  EXPECT_EQ(SignatureAlgorithmAcceptableUntil(PssAlgorithm(EVP_sha256(), EVP_sha256()).get()),
            absl::InfiniteFuture());
  EXPECT_EQ(SignatureAlgorithmAcceptableUntil(PssAlgorithm(EVP_sha1(), EVP_sha1()).get()),
            Day(2012, 8, 1));
  EXPECT_EQ(SignatureAlgorithmAcceptableUntil(PssAlgorithm(EVP_sha256(), EVP_sha1()).get()),
            absl::InfinitePast());
}

TEST(AlgorithmPolicyTest, PssWithoutParametersIsNotReliable) {
  const X509AlgorPtr algorithm(X509_ALGOR_new());
  X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_rsassaPss), V_ASN1_UNDEF, nullptr);
  EXPECT_EQ(SignatureAlgorithmAcceptableUntil(algorithm.get()), absl::InfinitePast());
  EXPECT_EQ(SignatureAlgorithmAcceptableUntil(nullptr), absl::InfinitePast());
}

class PathAlgorithmsTest : public PathTestCase {
 protected:
  static constexpr auto kWeak = SubIndication::kCryptoConstraintsFailureNoPoe;
};

TEST_F(PathAlgorithmsTest, WeakKeyOfTheSignerFails) {
  for (const KeyPtr& key : {NewRsaKey(1024), NewEcKey("P-192"), NewEcKey("P-224")}) {
    Judged judged = SignerWith({root_crl_, ca_crl_});
    judged.certificate = Issue(ca_, {.extensions = SignerExtensions(), .key = key});
    EXPECT_THAT(Judge(judged), IsIndeterminate(kWeak));
  }
}

TEST_F(PathAlgorithmsTest, WeakDigestInTheSignersCertificateFails) {
  for (const EVP_MD* digest : {EVP_sha1(), EVP_md5()}) {
    const Entity ca =
        Issue(root_, {.name = "RSA", .extensions = CaExtensions(), .key = NewRsaKey(2048)});
    Judged judged = SignerWith({root_crl_, MakeCrl(ca)});
    judged.given.certificates_der = {ca.der()};
    judged.certificate = Issue(ca, {.extensions = SignerExtensions(), .digest = digest});
    EXPECT_THAT(Judge(judged), IsIndeterminate(kWeak));
  }
}

TEST_F(PathAlgorithmsTest, WeakDigestInTheIssuersCertificateFails) {
  const Entity ca =
      Issue(root_, {.name = "Old", .extensions = CaExtensions(), .digest = EVP_sha1()});
  Judged judged = SignerWith({root_crl_, MakeCrl(ca)});
  judged.given.certificates_der = {ca.der()};
  judged.certificate = Issue(ca, {.extensions = SignerExtensions()});
  EXPECT_THAT(Judge(judged), IsIndeterminate(kWeak));
}

TEST_F(PathAlgorithmsTest, AnchorsOwnSignatureDoesNotMatterButItsKeyDoes) {
  for (const auto& [key, good] : {std::pair(NewEcKey(), true), std::pair(NewRsaKey(1024), false)}) {
    const Entity root = MakeSelfSigned(
        {.name = "SHA-1 root", .extensions = CaExtensions(), .key = key, .digest = EVP_sha1()});
    Judged judged{.certificate = Issue(root, {.extensions = SignerExtensions()}),
                  .given = {.crls_der = {MakeCrl(root)}}};
    judged.anchors = {root.der()};
    if (good) {
      EXPECT_THAT(Judge(judged), Passes());
    } else {
      EXPECT_THAT(Judge(judged), IsIndeterminate(kWeak));
    }
  }
}

TEST_F(PathAlgorithmsTest, Rsa2048HoldsUntilItsEndIfTheSignatureIsProvenBefore) {
  const absl::Time later = Day(2030, 1, 1);
  const absl::Time end = Day(2036, 1, 1);
  const Entity signer =
      Issue(ca_, {.not_after = end, .extensions = SignerExtensions(), .key = NewRsaKey(2048)});
  const CrlSpec long_crl{.this_update = later - absl::Hours(1),
                         .next_update = later + absl::Hours(1)};
  Judged judged{.certificate = signer,
                .given = {.certificates_der = {ca_.der()},
                          .crls_der = {MakeCrl(root_, long_crl), MakeCrl(ca_, long_crl)}},
                .now = later};
  EXPECT_THAT(Judge(judged), IsIndeterminate(kWeak));
  judged.proven = Day(2028, 12, 31);
  EXPECT_THAT(Judge(judged), Passes());
}

}  // namespace
}  // namespace enkrat::validation
