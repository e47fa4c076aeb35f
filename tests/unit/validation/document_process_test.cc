// Signatures inside PDFs and containers, judged with what their documents say of them.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ades/cades_signature.h"
#include "asic/container.h"
#include "pades/pdf_levels.h"
#include "tests/support/openssl_timestamp_authority.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/pdf_maker.h"
#include "tests/unit/validation/signature_fixture.h"
#include "validation/container_process.h"
#include "validation/pdf_process.h"

namespace enkrat::validation::testing {
namespace {

using ades::testing::Identity;

class DocumentProcessTest : public SignatureValidation {
 protected:
  static Bytes TokenOver(DigestAlgorithm algorithm, ByteSpan digest, absl::Time gen_time) {
    const X509Ptr unit = Pki().timestamp_unit.Certificate();
    return enkrat::testing::MakeTimestampToken({.certificate = unit.get(),
                                                .key = Pki().timestamp_unit.key->evp_pkey(),
                                                .gen_time = gen_time,
                                                .imprint_algorithm = algorithm,
                                                .imprint = digest})
        .value();
  }
  static Bytes CmsOver(DigestAlgorithm algorithm, ByteSpan digest, bool pades, bool timestamp) {
    const ades::CadesSignature signature =
        ades::CadesSignature::Prepare({.document_digest_algorithm = algorithm,
                                       .document_digest = ToBytes(digest),
                                       .signer_certificate_der = Pki().signer.certificate_der,
                                       .signer_key = &Pki().signer.key->public_key(),
                                       .signing_time = TestNow(),
                                       .pades = pades})
            .value();
    const Bytes value =
        Pki()
            .signer.key->SignDigest(signature.digest_algorithm(), signature.digest_to_sign())
            .value();
    std::optional<Bytes> token;
    if (timestamp) {
      token = TokenOver(DigestAlgorithm::kSha256, ComputeDigest(DigestAlgorithm::kSha256, value),
                        TestNow() + absl::Seconds(1));
    }
    return signature.Assemble(value, {Pki().issuing_ca.certificate_der}, token).value();
  }

  // The octets of a signed PDF.
  Bytes SignedPdf(pades::PadesLevel level) {
    const std::string path = folder_.File("document.pdf");
    pades::testing::WriteText(path, pades::testing::LayPdf(pades::testing::TwoPages()));
    const auto update = pades::PrepareSignature(path, {.signing_time = TestNow()}).value();
    const bool timestamp = level != pades::PadesLevel::kBaselineB;
    const ValidationData data = Crls();
    pades::FinishOptions options{.level = level, .validation_data = &data};
    options.timestamp = [](DigestAlgorithm algorithm, ByteSpan digest) -> absl::StatusOr<Bytes> {
      return TokenOver(algorithm, digest, TestNow() + absl::Seconds(30));
    };
    EXPECT_TRUE(pades::FinishPdf(path, update,
                                 CmsOver(update.digest_algorithm(), update.digest(),
                                         /*pades=*/true, timestamp),
                                 options)
                    .ok());
    return ToBytes(absl::string_view(pades::testing::ReadText(path)));
  }

  Bytes SignedContainer(asic::ContainerType type, const std::vector<std::string>& names) {
    std::vector<asic::DataFile> files;
    for (const std::string& name : names) {
      files.push_back({.name = name, .path = WriteFile(name, AsSpan("content of " + name))});
    }
    const auto draft =
        asic::ContainerDraft::Create(type, std::move(files), DigestAlgorithm::kSha256).value();
    const std::string path = folder_.File("container");
    EXPECT_TRUE(draft
                    .Write(path, CmsOver(draft.digest_algorithm(), draft.digest_to_sign(),
                                         /*pades=*/false, /*timestamp=*/true))
                    .ok());
    return ToBytes(absl::string_view(pades::testing::ReadText(path)));
  }
};

TEST_F(DocumentProcessTest, PdfOfEachLevelPassesAndTellsIt) {
  using Level = pades::PadesLevel;
  for (const auto& [level, name] :
       std::vector<std::pair<Level, std::string>>{{Level::kBaselineB, "B-B"},
                                                  {Level::kBaselineT, "B-T"},
                                                  {Level::kBaselineLt, "B-LT"},
                                                  {Level::kBaselineLta, "B-LTA"}}) {
    const Report report = Validate(SignedPdf(level), {.contents = {}});
    EXPECT_EQ(report.document_format, "PDF");
    ASSERT_EQ(report.signatures.size(), 1u) << name;
    EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED") << ToText(report, true);
    EXPECT_EQ(report.signatures[0].format, "PAdES");
    EXPECT_EQ(report.signatures[0].level, name) << ToText(report, true);
  }
}

TEST_F(DocumentProcessTest, ExpiredSignatureOfAPdfIsJudgedByTheDocumentsTimestamp) {
  const Bytes pdf = SignedPdf(pades::PadesLevel::kBaselineLta);
  clock_.Advance(absl::Hours(24));
  const SignatureReport report = ValidateOne(pdf, {.contents = {}});
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED");
  EXPECT_EQ(report.timestamps.back().kind, TimestampReport::Kind::kDocument);
}

TEST_F(DocumentProcessTest, PdfThatWasTimestampedOnlyIsToldFromASignedOne) {
  const std::string path = folder_.File("document.pdf");
  pades::testing::WriteText(path, pades::testing::LayPdf(pades::testing::TwoPages()));
  const auto update = pades::PrepareDocumentTimestamp(path, {}).value();
  const Bytes octets =
      update.Complete(TokenOver(update.digest_algorithm(), update.digest(), TestNow())).value();
  const Report report =
      Validate(ToBytes(absl::string_view(pades::testing::ReadText(path) + ToString(octets))),
               {.contents = {}});
  ASSERT_EQ(report.signatures.size(), 1u);
  EXPECT_EQ(report.signatures[0].format, "RFC 3161");
  EXPECT_EQ(report.warnings,
            std::vector<std::string>{"Nobody signed this: it was timestamped, as anybody can do."});
  EXPECT_TRUE(
      Validate(SignedPdf(pades::PadesLevel::kBaselineLta), {.contents = {}}).warnings.empty());
}

TEST_F(DocumentProcessTest, PdfThatWasChangedAfterItWasTimestampedFails) {
  const std::string path = folder_.File("document.pdf");
  pades::testing::WriteText(path, pades::testing::LayPdf(pades::testing::TwoPages()));
  const auto update = pades::PrepareDocumentTimestamp(path, {}).value();
  const Bytes octets =
      update.Complete(TokenOver(update.digest_algorithm(), update.digest(), TestNow())).value();
  const std::string timestamped = pades::testing::ReadText(path) + ToString(octets);
  const auto updated = [&](const std::string& object) {
    const uint64_t section = timestamped.size() + object.size();
    return ToBytes(absl::string_view(absl::StrCat(
        timestamped, object, "xref\n6 1\n", absl::StrFormat("%010d", timestamped.size()),
        " 00000 n \ntrailer\n<< /Size 7 /Root 1 0 R /Prev ",
        timestamped.substr(timestamped.rfind("startxref") + 10,
                           timestamped.rfind("%%EOF") - timestamped.rfind("startxref") - 11),
        " >>\nstartxref\n", section, "\n%%EOF\n")));
  };
  const std::string font = pades::testing::TwoPages().objects.at(6);
  EXPECT_EQ(Said(Validate(updated("6 0 obj\n" + font + "\nendobj\n"), {.contents = {}}).conclusion),
            "TOTAL_PASSED");
  EXPECT_EQ(Said(Validate(updated("6 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>\n"
                                  "endobj\n"),
                          {.contents = {}})
                     .conclusion),
            "TOTAL_FAILED/FORMAT_FAILURE");
}

// Six years later, when the CAs of the signature are gone: its CRLs are known by the timestamp over
// the document, whose TSA is still there.
TEST_F(DocumentProcessTest, StoredCrlsOfCasThatExpiredSinceAreBelievedIfTheTimestampCoversThem) {
  const auto lasting = [](const char* name, uint64_t serial_number,
                          const ades::testing::Extensions& extensions, const Identity* issuer) {
    return ades::testing::MakeIdentity({.common_name = name,
                                        .serial_number = serial_number,
                                        .not_before = TestNow() - absl::Hours(1),
                                        .not_after = TestNow() + absl::Hours(24 * 365 * 20),
                                        .extensions = extensions},
                                       issuer);
  };
  const Identity root = lasting("Archive", 81, ades::testing::CaExtensions(), nullptr);
  const Identity unit = lasting("Archive TSU", 82, ades::testing::TimestampUnitExtensions(), &root);
  const auto stamp = [&](DigestAlgorithm algorithm, ByteSpan digest) -> absl::StatusOr<Bytes> {
    const X509Ptr certificate = unit.Certificate();
    return enkrat::testing::MakeTimestampToken({.certificate = certificate.get(),
                                                .key = unit.key->evp_pkey(),
                                                .gen_time = TestNow() + absl::Minutes(10),
                                                .imprint_algorithm = algorithm,
                                                .imprint = digest});
  };
  const ValidationData nothing;
  const auto verdict = [&](const ValidationData& before, const ValidationData& after) {
    const std::string path = folder_.File("document.pdf");
    pades::testing::WriteText(path, pades::testing::LayPdf(pades::testing::TwoPages()));
    const auto update = pades::PrepareSignature(path, {.signing_time = TestNow()}).value();
    const Bytes cms = CmsOver(update.digest_algorithm(), update.digest(), true, true);
    EXPECT_TRUE(pades::FinishPdf(path, update, cms,
                                 {.level = pades::PadesLevel::kBaselineLta,
                                  .validation_data = &before,
                                  .timestamp = stamp})
                    .ok());
    const Bytes later = pades::PrepareValidationData(path, after).value();
    const std::string pdf = pades::testing::ReadText(path) + ToString(later);
    Call call = {.contents = {}, .rule = RevocationRule::kWholePath};
    call.anchors = {Pki().root.certificate_der, root.certificate_der};
    call.more.crls_der = {MakeCrl(root, clock_.Now())};
    return Said(ValidateOne(ToBytes(absl::string_view(pdf)), call).conclusion);
  };
  clock_.Advance(absl::Hours(24 * 365 * 6));
  const auto stored_then = [&] {
    ValidationData data;
    data.certificates_der = {Pki().root.certificate_der};
    data.crls_der = {MakeCrl(Pki().root, TestNow() + absl::Minutes(1)),
                     MakeCrl(Pki().issuing_ca, TestNow() + absl::Minutes(1))};
    return data;
  }();
  EXPECT_EQ(verdict(stored_then, nothing), "TOTAL_PASSED");
  EXPECT_EQ(verdict(ValidationData{.certificates_der = {Pki().root.certificate_der}}, stored_then),
            "INDETERMINATE/REVOCATION_OUT_OF_BOUNDS_NO_POE");
}

TEST_F(DocumentProcessTest, ChangedOctetOfAPdfFails) {
  Bytes pdf = SignedPdf(pades::PadesLevel::kBaselineT);
  const std::string words = "Enkrat podpise";
  const auto at = std::search(pdf.begin(), pdf.end(), words.begin(), words.end());
  ASSERT_NE(at, pdf.end());
  *at = 'X';
  EXPECT_EQ(Said(ValidateOne(pdf, {.contents = {}}).conclusion), "TOTAL_FAILED/HASH_FAILURE");
}

TEST_F(DocumentProcessTest, OctetsAfterTheSignatureAreNotPassedOver) {
  Bytes pdf = SignedPdf(pades::PadesLevel::kBaselineT);
  const std::string more = "\n99 0 obj\n<< /Added true >>\nendobj\n";
  pdf.insert(pdf.end(), more.begin(), more.end());
  const absl::StatusOr<Report> report = Try(pdf, {.contents = {}});
  EXPECT_FALSE(report.ok() && report->conclusion.passed());
}

TEST_F(DocumentProcessTest, PdfWithoutSignatureIsIndeterminate) {
  const Report report =
      Validate(ToBytes(absl::string_view(pades::testing::LayPdf(pades::testing::TwoPages()))),
               {.contents = {}});
  EXPECT_EQ(Said(report.conclusion), "INDETERMINATE/SIGNED_DATA_NOT_FOUND");
}

TEST_F(DocumentProcessTest, DamagedPdfIsRefused) {
  EXPECT_FALSE(Try(ToBytes(absl::string_view("%PDF-1.7\nnothing\n")), {.contents = {}}).ok());
}

TEST_F(DocumentProcessTest, ContainersOfBothKindsPass) {
  const Report simple =
      Validate(SignedContainer(asic::ContainerType::kSimple, {"a.txt"}), {.contents = {}});
  EXPECT_EQ(simple.document_format, "ASiC-S");
  EXPECT_EQ(Said(simple.conclusion), "TOTAL_PASSED") << ToText(simple, true);
  const Report extended = Validate(
      SignedContainer(asic::ContainerType::kExtended, {"a.txt", "b.txt"}), {.contents = {}});
  EXPECT_EQ(extended.document_format, "ASiC-E");
  EXPECT_EQ(Said(extended.conclusion), "TOTAL_PASSED") << ToText(extended, true);
  EXPECT_EQ(extended.signatures.at(0).covered_files, (std::vector<std::string>{"a.txt", "b.txt"}));
  EXPECT_EQ(extended.signatures.at(0).level, "B-T");
}

// A timestamp over anything can be had by anybody; here it is where a signature has to be.
TEST_F(DocumentProcessTest, TimestampInPlaceOfASignatureInAContainerFails) {
  std::vector<asic::DataFile> files = {
      {.name = "contract", .path = WriteFile("contract", AsSpan("Anything."))}};
  for (const auto type : {asic::ContainerType::kSimple, asic::ContainerType::kExtended}) {
    const auto draft = asic::ContainerDraft::Create(type, files, DigestAlgorithm::kSha256).value();
    const std::string path = folder_.File("container");
    ASSERT_TRUE(
        draft.Write(path, TokenOver(draft.digest_algorithm(), draft.digest_to_sign(), TestNow()))
            .ok());
    const Report report =
        Validate(ToBytes(absl::string_view(pades::testing::ReadText(path))), {.contents = {}});
    EXPECT_EQ(Said(report.conclusion), "TOTAL_FAILED/FORMAT_FAILURE") << ToText(report, true);
  }
}

// A reader of PDFs looks for cross-references in the comment of the ZIP, and shows what nobody
// signed.
TEST_F(DocumentProcessTest, ContainerThatIsAPdfAsWellIsRefused) {
  const std::string name = "%PDF-1.7";
  std::string octets = ToString(SignedContainer(asic::ContainerType::kExtended, {name}));
  EXPECT_EQ(Said(Validate(ToBytes(absl::string_view(octets)), {.contents = {}}).conclusion),
            "TOTAL_PASSED");
  const std::string comment = "\nstartxref\n0\n%%EOF\n";
  octets[octets.size() - 2] = static_cast<char>(comment.size());
  EXPECT_THAT(Try(ToBytes(absl::string_view(octets + comment)), {.contents = {}}),
              ::enkrat::testing::FailsWith(Reason::kRequestMalformed));
  const std::string remark(comment.size(), '.');
  EXPECT_EQ(
      Said(Validate(ToBytes(absl::string_view(octets + remark)), {.contents = {}}).conclusion),
      "TOTAL_PASSED");
}

TEST_F(DocumentProcessTest, ContainerCutOffIsRefused) {
  Bytes container = SignedContainer(asic::ContainerType::kExtended, {"a.txt"});
  container.resize(container.size() / 2);
  EXPECT_THAT(Try(container, {.contents = {}}).status(),
              enkrat::testing::FailsWith(Reason::kRequestMalformed));
}

// Names, digests and signatures are protected; the dates and hints of a ZIP are nobody's matter.
TEST_F(DocumentProcessTest, ContainerWithAChangedOctetCoversTheSameFilesOrFails) {
  const Bytes good = SignedContainer(asic::ContainerType::kExtended, {"a.txt"});
  for (size_t i = 0; i < good.size(); i += 3) {
    Bytes container = good;
    container[i] ^= 0x01;
    const absl::StatusOr<Report> report = Try(container, {.contents = {}});
    if (!report.ok() || !report->conclusion.passed()) continue;
    EXPECT_EQ(report->signatures.at(0).covered_files, std::vector<std::string>{"a.txt"}) << i;
    EXPECT_EQ(report->signatures.at(0).signer_name, "Test Signer") << i;
  }
}

}  // namespace
}  // namespace enkrat::validation::testing
