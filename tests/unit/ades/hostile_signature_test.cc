// CadesVerifier on signatures that somebody made wrong on purpose.
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "ades/signed_message.h"
#include "common/der.h"
#include "common/der_reader.h"
#include "common/der_writer.h"
#include "tests/support/cades_verifier.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ades/openssl_signature_maker.h"
#include "tests/unit/ades/signature_maker.h"
#include "tests/unit/ades/verdicts.h"

namespace enkrat::ades {
namespace {

using ::enkrat::testing::CadesVerdict;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeClock;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using namespace testing;  // the makers of this folder

class HostileSignatureTest : public ::testing::Test {
 protected:
  OpenSslSignatureRequest Request() const {
    return {.signers = {&pki_.signer}, .more_certificates = {&pki_.issuing_ca}};
  }
  std::vector<std::string> Failed(const Bytes& signature) const {
    return FailedChecks(Verify(pki_, signature, clock_));
  }
  // The good signature with one octet of `part` changed, wherever that occurs last.
  static Bytes ChangedIn(const Bytes& signature, ByteSpan part) {
    const auto at = std::find_end(signature.begin(), signature.end(), part.begin(), part.end());
    EXPECT_NE(at, signature.end());
    Bytes changed = signature;
    changed[static_cast<size_t>(at - signature.begin()) + part.size() - 1] ^= 0x01;
    return changed;
  }
  // Of the same issuer and with the same serial number as the signer, and another key.
  Identity Twin() const {
    return MakeIdentity({.common_name = "Test Signer",
                         .serial_number = 0x1234,
                         .not_before = TestNow() - absl::Minutes(1),
                         .not_after = TestNow() + absl::Minutes(15),
                         .extensions = OneTimeExtensions()},
                        &pki_.issuing_ca);
  }

  const TestPki pki_ = TestPki::Make();
  const FakeClock clock_{TestNow() + absl::Seconds(10)};
};

TEST_F(HostileSignatureTest, WhatOpenSslSignsWithCadesIsValid) {
  EXPECT_THAT(Failed(MakeOpenSslSignature(Request())), IsEmpty());
}

TEST_F(HostileSignatureTest, SignatureThatNamesNoCertificateIsInvalid) {
  OpenSslSignatureRequest request = Request();
  request.with_ess = false;
  EXPECT_THAT(Failed(MakeOpenSslSignature(request)), ElementsAre("signing-certificate"));
}

TEST_F(HostileSignatureTest, SignatureThatNamesItsCertificateWithSha1OnlyIsInvalid) {
  OpenSslSignatureRequest request = Request();
  request.with_ess = false;
  request.change = [](CMS_SignerInfo* signer) {
    const Bytes value = {0x30, 0x04, 0x30, 0x02, 0x30, 0x00};
    CMS_signed_add1_attr_by_NID(signer, NID_id_smime_aa_signingCertificate, V_ASN1_SEQUENCE,
                                value.data(), static_cast<int>(value.size()));
  };
  const CadesVerdict verdict = Verify(pki_, MakeOpenSslSignature(request), clock_);
  EXPECT_THAT(FailedChecks(verdict), ElementsAre("signing-certificate"));
  EXPECT_THAT(DetailOf(verdict, "signing-certificate"), HasSubstr("SHA-1"));
}

TEST_F(HostileSignatureTest, MalformedSigningCertificateIsInvalid) {
  for (const char* hex :
       {"3000", "30023000", "300430023000", "3006300430020400", "300b3009300730050603550403"}) {
    OpenSslSignatureRequest request = Request();
    request.with_ess = false;
    request.change = [hex](CMS_SignerInfo* signer) {
      const Bytes value = *FromHex(hex);
      CMS_signed_add1_attr_by_NID(signer, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE,
                                  value.data(), static_cast<int>(value.size()));
    };
    EXPECT_THAT(Failed(MakeOpenSslSignature(request)), ElementsAre("signing-certificate")) << hex;
  }
}

TEST_F(HostileSignatureTest, WeakDigestsAreInvalid) {
  // With an RSA key, since there is no name for ECDSA with MD5.
  const TestPki pki = TestPki::Make(KeyAlgorithm::kRsaPss3072);
  for (const char* digest : {"SHA1", "MD5", "SHA224"}) {
    const Bytes signature = MakeOpenSslSignature(
        {.signers = {&pki.signer}, .more_certificates = {&pki.issuing_ca}, .digest = digest});
    const CadesVerdict verdict = Verify(pki, signature, clock_);
    EXPECT_FALSE(verdict.valid) << digest;
    EXPECT_THAT(FailedChecks(verdict), IsSupersetOf({"message-digest", "signature-algorithm"}))
        << digest;
  }
}

TEST_F(HostileSignatureTest, WeakRsaKeyIsInvalid) {
  Identity weak = Twin();
  const EvpPkeyPtr rsa(EVP_RSA_gen(2048));
  X509Ptr certificate = weak.Certificate();
  X509_set_pubkey(certificate.get(), rsa.get());
  X509_sign(certificate.get(), pki_.issuing_ca.key->evp_pkey(), EVP_sha256());
  CmsPtr cms(CMS_sign(certificate.get(), rsa.get(), nullptr, nullptr,
                      CMS_BINARY | CMS_PARTIAL | CMS_DETACHED | CMS_CADES | CMS_NOSMIMECAP));
  BioPtr content(BIO_new_mem_buf(kDocument, -1));
  ASSERT_EQ(CMS_final(cms.get(), content.get(), nullptr, CMS_BINARY | CMS_DETACHED), 1);
  EXPECT_THAT(Failed(EncodeDer<i2d_CMS_ContentInfo>(cms.get()).value()),
              Contains("signature-algorithm"));
}

TEST_F(HostileSignatureTest, SignatureWithoutSignedAttributesIsInvalid) {
  OpenSslSignatureRequest request = Request();
  request.more_flags = CMS_NOATTR;
  request.with_ess = false;
  EXPECT_THAT(Failed(MakeOpenSslSignature(request)),
              ElementsAre("content-type", "signed-attributes", "message-digest", "signature-value",
                          "signing-certificate", "signing-time"));
}

TEST_F(HostileSignatureTest, TwoSignersAreInvalidThoughBothAreGood) {
  OpenSslSignatureRequest request = Request();
  const Identity other =
      MakeIdentity({.common_name = "Other", .serial_number = 9, .extensions = OneTimeExtensions()},
                   &pki_.issuing_ca);
  request.signers = {&pki_.signer, &other};
  EXPECT_THAT(Failed(MakeOpenSslSignature(request)), ElementsAre("single-signer"));
}

TEST_F(HostileSignatureTest, NoSignersAreNoSignature) {
  // A bag of certificates, as in a .p7c file.
  CmsPtr cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, CMS_PARTIAL | CMS_DETACHED));
  const X509Ptr certificate = pki_.signer.Certificate();
  CMS_add1_cert(cms.get(), certificate.get());
  EXPECT_THAT(TryVerify(pki_, EncodeDer<i2d_CMS_ContentInfo>(cms.get()).value(), clock_),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(HostileSignatureTest, CmsThatIsNoSignatureIsAnError) {
  BioPtr content(BIO_new_mem_buf(kDocument, -1));
  CmsPtr cms(CMS_data_create(content.get(), CMS_BINARY));
  EXPECT_THAT(TryVerify(pki_, EncodeDer<i2d_CMS_ContentInfo>(cms.get()).value(), clock_),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(HostileSignatureTest, EnclosedContentIsInvalid) {
  OpenSslSignatureRequest request = Request();
  request.detached = false;
  EXPECT_THAT(Failed(MakeOpenSslSignature(request)), ElementsAre("content-type"));
}

TEST_F(HostileSignatureTest, OtherContentTypeIsInvalid) {
  OpenSslSignatureRequest request = Request();
  request.content_type_nid = NID_id_smime_ct_TSTInfo;
  EXPECT_THAT(Failed(MakeOpenSslSignature(request)), ElementsAre("content-type"));
}

TEST_F(HostileSignatureTest, HandLaidAttributesOfTheBaselineAreValid) {
  EXPECT_THAT(Failed(MakeSignatureOver(pki_, GoodAttributes(pki_))), IsEmpty());
}

TEST_F(HostileSignatureTest, EveryMissingAttributeIsInvalid) {
  const std::vector<Bytes> good = GoodAttributes(pki_);
  for (size_t missing = 0; missing < good.size(); ++missing) {
    std::vector<Bytes> attributes = good;
    attributes.erase(attributes.begin() + static_cast<long>(missing));
    EXPECT_FALSE(Verify(pki_, MakeSignatureOver(pki_, attributes), clock_).valid) << missing;
  }
}

TEST_F(HostileSignatureTest, EveryDoubledAttributeIsInvalid) {
  for (const Bytes& attribute : GoodAttributes(pki_)) {
    std::vector<Bytes> attributes = GoodAttributes(pki_);
    attributes.push_back(attribute);
    EXPECT_THAT(Failed(MakeSignatureOver(pki_, attributes)), Contains("signed-attributes"));
  }
}

TEST_F(HostileSignatureTest, EveryAttributeWithTwoValuesIsInvalid) {
  const std::vector<Bytes> good = GoodAttributes(pki_);
  for (size_t doubled = 0; doubled < good.size(); ++doubled) {
    DerReader parts(DerReader(good[doubled]).TakeAny()->content);
    const std::string oid = ToHex(parts.TakeAny()->whole);
    const Bytes value = ToBytes(parts.TakeAny()->content);
    std::vector<Bytes> attributes = good;
    attributes[doubled] = AttributeOf(oid.c_str(), {value, value});
    EXPECT_FALSE(Verify(pki_, MakeSignatureOver(pki_, attributes), clock_).valid) << doubled;
  }
}

TEST_F(HostileSignatureTest, CertificateThatIsNotEmbeddedIsInvalid) {
  OpenSslSignatureRequest request = Request();
  request.more_flags = CMS_NOCERTS;
  const CadesVerdict verdict = Verify(pki_, MakeOpenSslSignature(request), clock_);
  EXPECT_THAT(FailedChecks(verdict),
              ElementsAre("signature-algorithm", "signature-value", "signing-certificate"));
  EXPECT_TRUE(verdict.signer_certificate_der.empty());
}

TEST_F(HostileSignatureTest, TwinOfTheSignersCertificateCannotTakeItsPlace) {
  // The twin signs, and the attribute names the signer.
  const Identity twin = Twin();
  CmsPtr good = DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(MakeSignature(pki_)).value();
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(good.get()), 0);
  const int at = CMS_signed_get_attr_by_NID(signer, NID_id_smime_aa_signingCertificateV2, -1);
  OpenSslSignatureRequest request = Request();
  request.signers = {&twin};
  request.with_ess = false;
  request.change = [&](CMS_SignerInfo* made) {
    CMS_signed_add1_attr(made, CMS_signed_get_attr(signer, at));
  };
  EXPECT_THAT(Failed(MakeOpenSslSignature(request)), ElementsAre("signing-certificate"));
}

TEST_F(HostileSignatureTest, TwinBesideTheSignersCertificateChangesNothing) {
  const Identity twin = Twin();
  OpenSslSignatureRequest request = Request();
  request.more_certificates.push_back(&twin);
  const CadesVerdict verdict = Verify(pki_, MakeOpenSslSignature(request), clock_);
  EXPECT_THAT(FailedChecks(verdict), IsEmpty());
  EXPECT_EQ(verdict.signer_certificate_der, pki_.signer.certificate_der);
}

TEST_F(HostileSignatureTest, ChangeOfAnySignedAttributeIsNoticed) {
  const Bytes signature = MakeSignature(pki_, {.timestamp_time = std::nullopt});
  EXPECT_THAT(
      Failed(ChangedIn(signature, ComputeDigest(DigestAlgorithm::kSha256, AsSpan(kDocument)))),
      ElementsAre("message-digest", "signature-value"));
  EXPECT_THAT(Failed(ChangedIn(signature, Sha256(pki_.signer.certificate_der))),
              ElementsAre("signature-value", "signing-certificate"));
  EXPECT_THAT(Failed(ChangedIn(signature, AsSpan("2701150800"))), ElementsAre("signature-value"));
  const Bytes content_type = *FromHex("06092a864886f70d010903310b06092a864886f70d010701");
  EXPECT_THAT(Failed(ChangedIn(signature, content_type)),
              ElementsAre("content-type", "signature-value"));
}

TEST_F(HostileSignatureTest, SignatureAlgorithmThatDoesNotFitIsInvalid) {
  // ecdsa-with-SHA256 becomes ecdsa-with-SHA384; OpenSSL alone would not notice.
  const Bytes signature = MakeSignature(pki_, {.timestamp_time = std::nullopt});
  EXPECT_THAT(Failed(ChangedIn(signature, *FromHex("06082a8648ce3d040302"))),
              ElementsAre("signature-algorithm"));
}

TEST_F(HostileSignatureTest, TooManyCertificatesAreAnError) {
  OpenSslSignatureRequest request = Request();
  std::vector<Identity> many;
  for (uint64_t i = 0; i < 64; ++i) {
    many.push_back(MakeIdentity({.common_name = "Filler", .serial_number = 100 + i}, nullptr));
  }
  for (const Identity& identity : many) request.more_certificates.push_back(&identity);
  EXPECT_THAT(TryVerify(pki_, MakeOpenSslSignature(request), clock_),
              FailsWith(Reason::kLimitExceeded));
}

// What a signature says: everything that a verdict rests on.
std::tuple<Bytes, Bytes, Bytes> Said(const Bytes& signature) {
  const SignedMessage message = SignedMessage::Parse(signature).value();
  Bytes attributes;
  for (int i = 0; i < CMS_signed_get_attr_count(message.signer()); ++i) {
    Append(attributes,
           EncodeDer<i2d_X509_ATTRIBUTE>(CMS_signed_get_attr(message.signer(), i)).value());
  }
  return {attributes, ToBytes(message.signature_value()),
          EncodeDer<i2d_X509>(message.signer_certificate()).value()};
}

TEST_F(HostileSignatureTest, ChangedOctetNeverValidatesAnythingElse) {
  // Some octets say nothing (versions, the digestAlgorithms set, upper and lower case in names),
  // and anybody may take an unsigned attribute away: with those changed the verdict may stand,
  // about exactly what the signer said, and never about another time.
  const Bytes signature = MakeSignature(pki_);
  const CadesVerdict good = Verify(pki_, signature, clock_);
  for (size_t at = 0; at < signature.size(); at += 3) {
    Bytes changed = signature;
    changed[at] ^= static_cast<uint8_t>(1u << (at % 8));
    const absl::StatusOr<CadesVerdict> verdict = TryVerify(pki_, changed, clock_);
    if (!verdict.ok() || !verdict->valid) continue;
    EXPECT_EQ(Said(changed), Said(signature)) << at;
    EXPECT_EQ(verdict->timestamp_time.value_or(*good.timestamp_time), *good.timestamp_time) << at;
    EXPECT_EQ(verdict->claimed_signing_time, good.claimed_signing_time) << at;
  }
}

}  // namespace
}  // namespace enkrat::ades
