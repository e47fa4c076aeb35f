// Golden files of PAdES: fixed inputs (tests/golden/pades, whose README.md says how they came to
// be), and the octets that every level must have.
#include <gtest/gtest.h>

#include <filesystem>

#include "common/file.h"
#include "pades/pdf_levels.h"
#include "tests/support/paths.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/document_signer.h"
#include "tests/unit/pades/pdf_maker.h"

namespace enkrat::pades::testing {
namespace {

using enkrat::testing::IsOk;

std::string PathOf(const std::string& name) {
  return enkrat::testing::SourcePath("tests/golden/pades/" + name);
}

SignatureOptions Options() {
  return {.signing_time = SigningTime(),
          .signer_name = "Ana Novak",
          .reason = "Strinjam se",
          .location = "Škofja Loka",
          .contents_octets = 2048};
}

// One document, and what the outside makes of its digests: read from the files, or made anew.
struct GoldenCase {
  const char* stem;
  std::string (*document)();
  PadesLevel level;
  bool certify;
};

class GoldenPades : public ::testing::TestWithParam<GoldenCase> {
 protected:
  using Answers =
      std::function<absl::StatusOr<Bytes>(const std::string& name, DigestAlgorithm, ByteSpan)>;

  // The signed document.
  std::string Make(const Answers& answers) {
    const enkrat::testing::ScratchFolder folder;
    const std::string path = folder.File("document.pdf");
    WriteText(path, GetParam().document());
    SignatureOptions options = Options();
    if (GetParam().certify) options.certify = AllowedChanges::kFormFilling;
    const absl::StatusOr<SignatureUpdate> update = PrepareSignature(path, options);
    EXPECT_THAT(update, IsOk());
    const std::string stem = GetParam().stem;
    const absl::StatusOr<Bytes> cms =
        answers(stem + ".p7s", update->digest_algorithm(), update->digest());
    const absl::StatusOr<Bytes> root = answers("root.cer", {}, {});
    const ValidationData data = {
        .certificates_der = {*root}, .crls_der = {}, .ocsp_responses_der = {}};
    EXPECT_THAT(FinishPdf(path, *update, *cms,
                          {.level = GetParam().level,
                           .validation_data = &data,
                           .timestamp =
                               [&](DigestAlgorithm algorithm, ByteSpan digest) {
                                 return answers(stem + ".tst", algorithm, digest);
                               },
                           .document_timestamp = {.contents_octets = 2048}}),
                IsOk());
    return ReadText(path);
  }
};

TEST_P(GoldenPades, IsMadeOctetByOctet) {
  const std::string made = Make([](const std::string& name, DigestAlgorithm, ByteSpan) {
    return ReadFile(PathOf(name), 1 << 20);
  });
  EXPECT_TRUE(made == ReadText(PathOf(std::string(GetParam().stem) + ".pdf")));
}

TEST_P(GoldenPades, IsValidForOthers) {
  const Opinion opinion = AskOthers(PathOf(std::string(GetParam().stem) + ".pdf"));
  EXPECT_GE(opinion.valid, 1) << opinion.words;
  EXPECT_TRUE(opinion.structure_in_order) << opinion.words;
}

// What the golden files were made by, with keys that are forgotten at the end: to be copied from
// this folder when the layout is to change.
TEST_P(GoldenPades, FilesMadeAnewWithOtherKeysAreValidForOthers) {
  const std::filesystem::path folder = enkrat::testing::BinaryPath("golden/pades");
  std::filesystem::create_directories(folder);
  static DocumentSigner& signer = *new DocumentSigner();
  const std::string made =
      Make([&](const std::string& name, DigestAlgorithm algorithm, ByteSpan digest) {
        absl::StatusOr<Bytes> answer = name.ends_with(".p7s") ? signer.SignDigest(algorithm, digest)
                                       : name.ends_with(".tst")
                                           ? signer.Timestamp(algorithm, digest)
                                           : signer.authority().root_der();
        WriteText((folder / name).string(), ToString(*answer));
        return answer;
      });
  const std::string path = (folder / (std::string(GetParam().stem) + ".pdf")).string();
  WriteText(path, made);
  const Opinion opinion = AskOthers(path);
  EXPECT_GE(opinion.valid, 1) << opinion.words;
  EXPECT_TRUE(opinion.structure_in_order) << opinion.words;
}

INSTANTIATE_TEST_SUITE_P(
    Levels, GoldenPades,
    ::testing::Values(
        GoldenCase{"b-b", [] { return LayPdf(TwoPages()); }, PadesLevel::kBaselineB, false},
        GoldenCase{"b-b-stream", [] { return LayStreamPdf(); }, PadesLevel::kBaselineB, false},
        GoldenCase{"b-b-certified", [] { return LayPdf(TwoPages()); }, PadesLevel::kBaselineB,
                   true},
        GoldenCase{"b-lta", [] { return LayPdf(TwoPages()); }, PadesLevel::kBaselineLta, false}),
    [](const auto& test) {
      std::string name = test.param.stem;
      for (char& octet : name) octet = octet == '-' ? '_' : octet;
      return name;
    });

}  // namespace
}  // namespace enkrat::pades::testing
