// CadesSignature, judged by OpenSSL's library and command line.
#include "ades/cades_signature.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "common/der_reader.h"
#include "common/der_writer.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ades/certificate_maker.h"
#include "tests/unit/ades/openssl_command.h"
#include "tests/unit/ades/signature_maker.h"

namespace enkrat::ades {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using testing::kDocument;
using testing::MakeSignature;
using testing::TestNow;
using testing::TestPki;

CadesSignature::Options OptionsFor(const TestPki& pki) {
  return {.document_digest = ComputeDigest(DigestAlgorithm::kSha256, AsSpan(kDocument)),
          .signer_certificate_der = pki.signer.certificate_der,
          .signer_key = &pki.signer.key->public_key(),
          .signing_time = TestNow()};
}

bool OpenSslVerifies(const TestPki& pki, const Bytes& signature_der, const std::string& document) {
  CmsPtr cms = DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(signature_der).value();
  X509StorePtr store(X509_STORE_new());
  const X509Ptr root = pki.root.Certificate();
  X509_STORE_add_cert(store.get(), root.get());
  X509_VERIFY_PARAM* param = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_time(param, absl::ToTimeT(TestNow()));
  X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_ANY);
  BioPtr content(BIO_new_mem_buf(document.data(), static_cast<int>(document.size())));
  const bool good = CMS_verify(cms.get(), nullptr, store.get(), content.get(), nullptr,
                               CMS_BINARY | CMS_DETACHED | CMS_CADES) == 1;
  DrainOpenSslErrors();
  return good;
}

class CadesSignatureSuites
    : public ::testing::TestWithParam<std::tuple<KeyAlgorithm, DigestAlgorithm>> {};

TEST_P(CadesSignatureSuites, OpenSslAcceptsEverySuite) {
  const auto [key, digest] = GetParam();
  const TestPki pki = TestPki::Make(key);
  const Bytes signature = MakeSignature(pki, {.digest = digest});
  EXPECT_TRUE(OpenSslVerifies(pki, signature, kDocument));
  EXPECT_FALSE(OpenSslVerifies(pki, signature, "another document"));
  EXPECT_THAT(testing::OpenSslCmsVerify(pki, signature, kDocument), IsOk());
}

TEST_P(CadesSignatureSuites, OpenSslWritesTheSameOctetsAfterReadingThem) {
  const auto [key, digest] = GetParam();
  const Bytes signature = MakeSignature(TestPki::Make(key), {.digest = digest});
  CmsPtr cms = DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(signature).value();
  EXPECT_EQ(EncodeDer<i2d_CMS_ContentInfo>(cms.get()).value(), signature);
}

INSTANTIATE_TEST_SUITE_P(
    AllSuites, CadesSignatureSuites,
    ::testing::Combine(::testing::Values(KeyAlgorithm::kEcdsaP256, KeyAlgorithm::kEcdsaP384,
                                         KeyAlgorithm::kRsaPss3072),
                       ::testing::Values(DigestAlgorithm::kSha256, DigestAlgorithm::kSha384,
                                         DigestAlgorithm::kSha512)),
    [](const auto& suite) {
      std::string name(KeyAlgorithmName(std::get<0>(suite.param)));
      absl::StrAppend(&name, DigestName(std::get<1>(suite.param)));
      name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
      return name;
    });

TEST(CadesSignatureTest, OpenSslCommandRejectsAnotherDocument) {
  const TestPki pki = TestPki::Make();
  EXPECT_FALSE(testing::OpenSslCmsVerify(pki, MakeSignature(pki), "another document").ok());
}

TEST(CadesSignatureTest, SignatureWithoutTimestampHasNoUnsignedAttributes) {
  const TestPki pki = TestPki::Make();
  const Bytes signature = MakeSignature(pki, {.timestamp_time = std::nullopt});
  CmsPtr cms = DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(signature).value();
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms.get()), 0);
  EXPECT_EQ(CMS_unsigned_get_attr_count(signer), -1);
  EXPECT_TRUE(OpenSslVerifies(pki, signature, kDocument));
}

TEST(CadesSignatureTest, ExactlyTheFourBaselineAttributesAreSigned) {
  const TestPki pki = TestPki::Make();
  CmsPtr cms = DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(MakeSignature(pki)).value();
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms.get()), 0);
  EXPECT_EQ(CMS_signed_get_attr_count(signer), 4);
  for (int nid : {NID_pkcs9_contentType, NID_pkcs9_messageDigest, NID_pkcs9_signingTime,
                  NID_id_smime_aa_signingCertificateV2}) {
    EXPECT_GE(CMS_signed_get_attr_by_NID(signer, nid, -1), 0) << OBJ_nid2ln(nid);
  }
}

TEST(CadesSignatureTest, RootIsLeftOutAndIssuingCaIsKept) {
  const TestPki pki = TestPki::Make();
  CmsPtr cms = DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(MakeSignature(pki)).value();
  STACK_OF(X509)* certificates = CMS_get1_certs(cms.get());
  std::vector<Bytes> embedded;
  for (int i = 0; i < sk_X509_num(certificates); ++i) {
    embedded.push_back(EncodeDer<i2d_X509>(sk_X509_value(certificates, i)).value());
  }
  sk_X509_pop_free(certificates, X509_free);
  EXPECT_THAT(embedded, ::testing::UnorderedElementsAre(pki.signer.certificate_der,
                                                        pki.issuing_ca.certificate_der));
}

TEST(CadesSignatureTest, DigestToSignIsThatOfTheSignedAttributes) {
  const TestPki pki = TestPki::Make();
  CadesSignature signature = CadesSignature::Prepare(OptionsFor(pki)).value();
  const Bytes value =
      pki.signer.key->SignDigest(DigestAlgorithm::kSha256, signature.digest_to_sign()).value();
  CmsPtr cms =
      DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(signature.Assemble(value, {}, std::nullopt).value())
          .value();
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms.get()), 0);
  Bytes attributes;
  for (int i = 0; i < CMS_signed_get_attr_count(signer); ++i) {
    Append(attributes, EncodeDer<i2d_X509_ATTRIBUTE>(CMS_signed_get_attr(signer, i)).value());
  }
  EXPECT_EQ(signature.digest_to_sign(), ByteSpan(Sha256(DerOf(der_tag::kSet, {attributes}))));
}

TEST(CadesSignatureTest, DigestOfWrongLengthIsRejected) {
  const TestPki pki = TestPki::Make();
  for (size_t size : {0, 20, 31, 33, 48, 64}) {
    CadesSignature::Options options = OptionsFor(pki);
    options.document_digest = Bytes(size);
    EXPECT_THAT(CadesSignature::Prepare(options), FailsWith(Reason::kDigestUnsupported)) << size;
  }
}

TEST(CadesSignatureTest, CertificateOfAnotherKeyIsRejected) {
  const TestPki pki = TestPki::Make();
  CadesSignature::Options options = OptionsFor(pki);
  options.signer_key = &pki.root.key->public_key();
  EXPECT_THAT(CadesSignature::Prepare(options), FailsWith(Reason::kRequestMalformed));
  options.signer_key = nullptr;
  EXPECT_THAT(CadesSignature::Prepare(options), FailsWith(Reason::kRequestMalformed));
}

TEST(CadesSignatureTest, OctetsThatAreNoCertificateAreRejected) {
  const TestPki pki = TestPki::Make();
  CadesSignature::Options options = OptionsFor(pki);
  const Bytes junk = {0x30, 0x03, 0x02, 0x01, 0x05};
  options.signer_certificate_der = junk;
  EXPECT_THAT(CadesSignature::Prepare(options), FailsWith(Reason::kRequestMalformed));
}

TEST(CadesSignatureTest, BrokenPartsAreNotAssembled) {
  const TestPki pki = TestPki::Make();
  const CadesSignature signature = CadesSignature::Prepare(OptionsFor(pki)).value();
  const Bytes value = {1, 2, 3};
  EXPECT_THAT(signature.Assemble(value, {}, Bytes{}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(signature.Assemble(value, {}, Bytes{0x30, 0x00, 0x00}),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(signature.Assemble(value, {Bytes{0x30, 0x00}}, std::nullopt),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(signature.Assemble(value, std::vector<Bytes>(16, pki.issuing_ca.certificate_der),
                                 std::nullopt),
              FailsWith(Reason::kLimitExceeded));
}

TEST(CadesSignatureTest, CertificateWithoutItsSignatureIsNotEmbedded) {
  const TestPki pki = TestPki::Make();
  const CadesSignature signature = CadesSignature::Prepare(OptionsFor(pki)).value();
  const DerElement certificate = *DerReader(pki.issuing_ca.certificate_der).TakeAny();
  const DerElement tbs = *DerReader(certificate.content).TakeAny();
  EXPECT_THAT(signature.Assemble(Bytes{1}, {DerOf(der_tag::kSequence, {tbs.whole})}, std::nullopt),
              FailsWith(Reason::kRequestMalformed));
}

}  // namespace
}  // namespace enkrat::ades
