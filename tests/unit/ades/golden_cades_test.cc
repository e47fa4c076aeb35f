// Golden files of CAdES: fixed inputs (tests/golden/cades, whose README.md says how they came to
// be), and the octets that every level must have.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "ades/cades_augmentation.h"
#include "ades/cades_signature.h"
#include "ades/certificate_fields.h"
#include "common/file.h"
#include "common/signing_key.h"
#include "tests/support/openssl_timestamp_authority.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ades/openssl_command.h"
#include "tests/unit/ades/revocation_maker.h"
#include "tests/unit/ades/signature_maker.h"

namespace enkrat::ades {
namespace {

using ::enkrat::testing::IsOk;
using testing::kDocument;
using testing::TestNow;
using testing::TestPki;

std::string PathOf(const std::string& name) {
  return enkrat::testing::SourcePath("tests/golden/cades/" + name);
}
Bytes Golden(const std::string& name) { return ReadFile(PathOf(name), 1 << 20).value(); }

absl::StatusOr<Bytes> DocumentDigest(DigestAlgorithm algorithm) {
  return ComputeDigest(algorithm, AsSpan(kDocument));
}

// What the makers of the outside answered: their part is fixed, the rest is made anew.
struct Inputs {
  Bytes root, issuing_ca, signer, timestamp_unit;
  Bytes root_crl, issuing_ca_crl, issuing_ca_ocsp;
  Bytes signature_value, signature_token, archive_token;

  static Inputs Read() {
    return {.root = Golden("root.cer"),
            .issuing_ca = Golden("issuing_ca.cer"),
            .signer = Golden("signer.cer"),
            .timestamp_unit = Golden("timestamp_unit.cer"),
            .root_crl = Golden("root.crl"),
            .issuing_ca_crl = Golden("issuing_ca.crl"),
            .issuing_ca_ocsp = Golden("issuing_ca.ocsp"),
            .signature_value = Golden("signature.value"),
            .signature_token = Golden("signature.tst"),
            .archive_token = Golden("archive.tst")};
  }
  ValidationData validation_data() const {
    return {.certificates_der = {signer, issuing_ca, root, timestamp_unit},
            .crls_der = {root_crl, issuing_ca_crl},
            .ocsp_responses_der = {issuing_ca_ocsp}};
  }
};

class GoldenCades : public ::testing::Test {
 protected:
  static CadesSignature Prepared(const Inputs& inputs) {
    const CertificateFields fields = ReadCertificateFields(inputs.signer).value();
    const PublicKey key = PublicKey::FromSpki(fields.subject_public_key_info).value();
    return CadesSignature::Prepare({.document_digest = ToBytes(Sha256(AsSpan(kDocument))),
                                    .signer_certificate_der = inputs.signer,
                                    .signer_key = &key,
                                    .signing_time = TestNow()})
        .value();
  }
  static Bytes Basic(const Inputs& inputs) {
    return Prepared(inputs)
        .Assemble(inputs.signature_value, {inputs.issuing_ca, inputs.root}, std::nullopt)
        .value();
  }
};

TEST_F(GoldenCades, EveryLevelIsItsFileOctetByOctet) {
  const Inputs inputs = Inputs::Read();
  const Bytes b = Basic(inputs);
  EXPECT_EQ(b, Golden("b-b.p7s"));
  const Bytes t = AddSignatureTimestamp(b, inputs.signature_token).value();
  EXPECT_EQ(t, Golden("b-t.p7s"));
  const Bytes lt = AddValidationData(t, inputs.validation_data()).value();
  EXPECT_EQ(lt, Golden("b-lt.p7s"));
  const ArchiveTimestamp archive =
      ArchiveTimestamp::Prepare(lt, DigestAlgorithm::kSha256, DocumentDigest).value();
  const Bytes lta = archive.Complete(inputs.archive_token).value();
  EXPECT_EQ(lta, Golden("b-lta.p7s"));
  EXPECT_EQ(Envelop(lta, AsSpan(kDocument)).value(), Golden("b-lta-enveloping.p7m"));
}

TEST_F(GoldenCades, SignatureValueIsTheSignersOverTheAttributes) {
  const Inputs inputs = Inputs::Read();
  const PublicKey key =
      PublicKey::FromSpki(ReadCertificateFields(inputs.signer).value().subject_public_key_info)
          .value();
  EXPECT_THAT(key.VerifyDigest(DigestAlgorithm::kSha256, Prepared(inputs).digest_to_sign(),
                               inputs.signature_value),
              IsOk());
}

TEST_F(GoldenCades, OpenSslAcceptsEveryFile) {
  TestPki pki;
  pki.root.certificate_der = Golden("root.cer");
  for (const char* name : {"b-b.p7s", "b-t.p7s", "b-lt.p7s", "b-lta.p7s"}) {
    EXPECT_THAT(testing::OpenSslCmsVerify(pki, Golden(name), kDocument), IsOk()) << name;
  }
  std::string content;
  EXPECT_THAT(testing::OpenSslCmsVerifyEnveloping(pki, Golden("b-lta-enveloping.p7m"), &content),
              IsOk());
  EXPECT_EQ(content, kDocument);
}

// What the golden files were made by, with keys that are forgotten at the end: to be copied from
// this folder when the layout is to change.
TEST_F(GoldenCades, FilesMadeAnewWithOtherKeysAreAccepted) {
  const std::filesystem::path folder = enkrat::testing::BinaryPath("golden/cades");
  std::filesystem::create_directories(folder);
  const auto write = [&folder](const std::string& name, const Bytes& octets) {
    std::ofstream(folder / name, std::ios::binary) << ToString(octets);
  };
  const TestPki pki = TestPki::Make();
  Inputs inputs{.root = pki.root.certificate_der,
                .issuing_ca = pki.issuing_ca.certificate_der,
                .signer = pki.signer.certificate_der,
                .timestamp_unit = pki.timestamp_unit.certificate_der,
                .root_crl = testing::MakeCrl(pki.root, 7),
                .issuing_ca_crl = testing::MakeCrl(pki.issuing_ca, 8),
                .issuing_ca_ocsp = testing::MakeOcspResponse(pki.root, pki.issuing_ca),
                .signature_value = {},
                .signature_token = {},
                .archive_token = {}};
  inputs.signature_value =
      pki.signer.key->SignDigest(DigestAlgorithm::kSha256, Prepared(inputs).digest_to_sign())
          .value();
  inputs.signature_token =
      testing::MakeToken(pki, inputs.signature_value, TestNow() + absl::Seconds(1));
  const Bytes b = Basic(inputs);
  const Bytes t = AddSignatureTimestamp(b, inputs.signature_token).value();
  const Bytes lt = AddValidationData(t, inputs.validation_data()).value();
  const ArchiveTimestamp archive =
      ArchiveTimestamp::Prepare(lt, DigestAlgorithm::kSha256, DocumentDigest).value();
  const X509Ptr unit = pki.timestamp_unit.Certificate();
  inputs.archive_token =
      enkrat::testing::MakeTimestampToken({.certificate = unit.get(),
                                           .key = pki.timestamp_unit.key->evp_pkey(),
                                           .gen_time = TestNow() + absl::Hours(1),
                                           .imprint = archive.digest()})
          .value();
  const Bytes lta = archive.Complete(inputs.archive_token).value();
  write("root.cer", inputs.root);
  write("issuing_ca.cer", inputs.issuing_ca);
  write("signer.cer", inputs.signer);
  write("timestamp_unit.cer", inputs.timestamp_unit);
  write("root.crl", inputs.root_crl);
  write("issuing_ca.crl", inputs.issuing_ca_crl);
  write("issuing_ca.ocsp", inputs.issuing_ca_ocsp);
  write("signature.value", inputs.signature_value);
  write("signature.tst", inputs.signature_token);
  write("archive.tst", inputs.archive_token);
  write("b-b.p7s", b);
  write("b-t.p7s", t);
  write("b-lt.p7s", lt);
  write("b-lta.p7s", lta);
  write("b-lta-enveloping.p7m", Envelop(lta, AsSpan(kDocument)).value());
  for (const Bytes& cms : {b, t, lt, lta}) {
    EXPECT_THAT(testing::OpenSslCmsVerify(pki, cms, kDocument), IsOk());
  }
  EXPECT_NE(lta, Golden("b-lta.p7s"));
}

}  // namespace
}  // namespace enkrat::ades
