// The updates that follow a signature: validation data and document timestamps, all or none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "common/digest.h"
#include "pades/pdf_levels.h"
#include "pades/signed_pdf.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/document_signer.h"
#include "tests/unit/pades/pdf_maker.h"

namespace enkrat::pades::testing {
namespace {

using enkrat::testing::FailsWith;
using enkrat::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Bytes kSomeDer = {0x30, 0x03, 0x02, 0x01, 0x2A};

class LevelsTest : public ::testing::Test {
 protected:
  LevelsTest() { WriteText(path_, LayPdf(TwoPages())); }

  FinishOptions Options(PadesLevel level) {
    return {.level = level,
            .validation_data = &data_,
            .timestamp = [this](DigestAlgorithm algorithm, ByteSpan digest) {
              return signer_.Timestamp(algorithm, digest);
            }};
  }
  absl::Status Finish(const FinishOptions& finish, SignatureOptions options = {}) {
    options.signing_time = SigningTime();
    const absl::StatusOr<SignatureUpdate> update = PrepareSignature(path_, options);
    if (!update.ok()) return update.status();
    return FinishPdf(path_, *update,
                     *signer_.SignDigest(update->digest_algorithm(), update->digest()), finish);
  }
  void ExpectInOrder(int signatures) {
    const Opinion opinion = AskOthers(path_);
    EXPECT_EQ(opinion.signatures, signatures) << opinion.words;
    EXPECT_EQ(opinion.valid, signatures) << opinion.words;
    EXPECT_TRUE(opinion.structure_in_order) << opinion.words;
    EXPECT_THAT(TextOf(path_), HasSubstr("Enkrat podpise"));
    ExpectReadBack(static_cast<size_t>(signatures));
  }
  // Our own reader agrees, and finds no change that an earlier signature forbids.
  void ExpectReadBack(size_t signatures) {
    ASSERT_OK_AND_ASSIGN(const auto read, SignedPdf::Open(path_, {}));
    ASSERT_EQ(read->signatures().size(), signatures);
    for (const PdfSignature& signature : read->signatures()) {
      EXPECT_THAT(signature.defects, IsEmpty());
      EXPECT_TRUE(signature.changes_are_permitted)
          << (signature.changes_after.empty() ? "" : signature.changes_after.front().detail);
    }
  }
  int Objects(const std::string& word) {
    int count = 0;
    const std::string text = ReadText(path_);
    for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
      ++count;
    }
    return count;
  }

  enkrat::testing::ScratchFolder folder_;
  std::string path_ = folder_.File("document.pdf");
  DocumentSigner signer_;
  ValidationData data_ = {
      .certificates_der = {signer_.authority().issuing_der(), signer_.authority().root_der()},
      .crls_der = {ToBytes("first list"), ToBytes("second list")},
      .ocsp_responses_der = {ToBytes("response")}};
};

TEST_F(LevelsTest, BaselineBHasTheSignatureOnly) {
  ASSERT_THAT(Finish(Options(PadesLevel::kBaselineB)), IsOk());
  ExpectInOrder(1);
  EXPECT_THAT(ReadText(path_), Not(HasSubstr("/DSS")));
}

TEST_F(LevelsTest, BaselineLtHasTheSecurityStore) {
  ASSERT_THAT(Finish(Options(PadesLevel::kBaselineLt)), IsOk());
  ExpectInOrder(1);
  EXPECT_THAT(ReadText(path_), HasSubstr("/Type /DSS /CRLs [ "));
  EXPECT_THAT(ReadText(path_), Not(HasSubstr("/DocTimeStamp")));
}

TEST_F(LevelsTest, BaselineLtaHasADocumentTimestampOverAll) {
  ASSERT_THAT(Finish(Options(PadesLevel::kBaselineLta)), IsOk());
  EXPECT_THAT(ReadText(path_), HasSubstr("/Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter "
                                         "/ETSI.RFC3161"));
  const Opinion opinion = AskOthers(path_);
  EXPECT_THAT(opinion.words, HasSubstr("Signature is Valid."));
  EXPECT_TRUE(opinion.structure_in_order) << opinion.words;
  ExpectReadBack(2);
}

// What is known to be as old as a timestamp is what stood in the store that it covers, and nothing
// that came into the store after it.
TEST_F(LevelsTest, DocumentTimestampTellsTheStoredDataThatItCovers) {
  ASSERT_THAT(Finish(Options(PadesLevel::kBaselineLta)), IsOk());
  data_.crls_der.push_back(ToBytes("third list"));
  ASSERT_OK_AND_ASSIGN(const Bytes later, PrepareValidationData(path_, data_));
  ASSERT_FALSE(later.empty());
  WriteText(path_, ReadText(path_) + ToString(later));
  ASSERT_OK_AND_ASSIGN(const auto read, SignedPdf::Open(path_, {}));
  ASSERT_EQ(read->signatures().size(), 2u);
  EXPECT_THAT(read->validation_data().crls_der, ::testing::SizeIs(3));
  EXPECT_THAT(read->signatures()[0].covered_data, IsEmpty());
  EXPECT_THAT(
      read->signatures()[1].covered_data,
      ::testing::UnorderedElementsAre(Sha256(ToBytes("first list")), Sha256(ToBytes("second list")),
                                      Sha256(ToBytes("response"))));
}

TEST_F(LevelsTest, DocumentCertifiedAgainstAllChangesCanStillBeRaised) {
  // ISO 32000-2 table 257: security store and document timestamps are no changes.
  ASSERT_THAT(Finish(Options(PadesLevel::kBaselineLta), {.certify = AllowedChanges::kNone}),
              IsOk());
  EXPECT_TRUE(AskOthers(path_).structure_in_order);
  ExpectReadBack(2);
}

TEST_F(LevelsTest, FilesWithObjectStreamsAreRaised) {
  Qpdf({"--object-streams=generate", "--linearize"}, path_, folder_.File("streams.pdf"));
  path_ = folder_.File("streams.pdf");
  ASSERT_THAT(Finish(Options(PadesLevel::kBaselineLta)), IsOk());
  EXPECT_TRUE(AskOthers(path_).structure_in_order) << AskOthers(path_).words;
  ExpectReadBack(2);
}

TEST_F(LevelsTest, RaisedDocumentIsSignedAgain) {
  ASSERT_THAT(Finish(Options(PadesLevel::kBaselineLt)), IsOk());
  ASSERT_THAT(Finish(Options(PadesLevel::kBaselineLt)), IsOk());
  ExpectInOrder(2);
}

TEST_F(LevelsTest, ValidationDataThatIsThereIsNotAddedAgain) {
  ASSERT_THAT(Finish(Options(PadesLevel::kBaselineLt)), IsOk());
  ASSERT_OK_AND_ASSIGN(const Bytes octets, PrepareValidationData(path_, data_));
  EXPECT_TRUE(octets.empty());
}

TEST_F(LevelsTest, OnlyMissingValidationDataIsAdded) {
  ASSERT_THAT(Finish(Options(PadesLevel::kBaselineLt)), IsOk());
  data_.crls_der.push_back(ToBytes("third list"));
  data_.crls_der.push_back(ToBytes("third list"));
  ASSERT_THAT(AugmentPdf(path_, Options(PadesLevel::kBaselineLt)), IsOk());
  ExpectInOrder(1);
  EXPECT_EQ(Objects("first list"), 1);
  EXPECT_EQ(Objects("third list"), 1);
}

TEST_F(LevelsTest, CompressedValidationDataIsKnownAgain) {
  ASSERT_THAT(Finish(Options(PadesLevel::kBaselineLt)), IsOk());
  Qpdf({"--object-streams=generate", "--compress-streams=y"}, path_, folder_.File("small.pdf"));
  path_ = folder_.File("small.pdf");
  ASSERT_OK_AND_ASSIGN(const Bytes octets, PrepareValidationData(path_, data_));
  EXPECT_TRUE(octets.empty());
}

TEST_F(LevelsTest, EntriesOfAStoreThatIsThereAreKept) {
  PdfPlan plan = TwoPages();
  plan.objects[1] =
      "<< /Type /Catalog /Pages 2 0 R /DSS << /VRI << /AB << >> >> /Certs 7 0 R >> >>";
  plan.objects[7] = "[ 8 0 R ]";
  plan.objects[8] = "<< /Length 3 >>\nstream\nabc\nendstream";
  WriteText(path_, LayPdf(plan));
  ASSERT_THAT(AugmentPdf(path_, Options(PadesLevel::kBaselineLt)), IsOk());
  EXPECT_THAT(ReadText(path_), HasSubstr("/VRI << /AB <<"));
  EXPECT_THAT(ReadText(path_), HasSubstr("/Certs [ 8 0 R 9 0 R 10 0 R ]"));
}

// --- What fails leaves the file as it was.

class FailingLevelsTest : public LevelsTest {
 protected:
  void TearDown() override { EXPECT_EQ(ReadText(path_), before_); }
  std::string before_ = ReadText(path_);
};

TEST_F(FailingLevelsTest, TimestampThatCannotBeHad) {
  FinishOptions options = Options(PadesLevel::kBaselineLta);
  options.timestamp = [](DigestAlgorithm, ByteSpan) -> absl::StatusOr<Bytes> {
    return MakeError(Reason::kTimestampUnavailable, "no answer");
  };
  EXPECT_THAT(Finish(options), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(FailingLevelsTest, TimestampThatDoesNotFit) {
  FinishOptions options = Options(PadesLevel::kBaselineLta);
  options.document_timestamp.contents_octets = 256;
  EXPECT_THAT(Finish(options), FailsWith(Reason::kLimitExceeded));
}

TEST_F(FailingLevelsTest, SignatureThatDoesNotFit) {
  EXPECT_THAT(Finish(Options(PadesLevel::kBaselineB), {.contents_octets = 256}),
              FailsWith(Reason::kLimitExceeded));
}

TEST_F(FailingLevelsTest, DocumentThatWasChangedAfterItWasPrepared) {
  ASSERT_OK_AND_ASSIGN(const SignatureUpdate update,
                       PrepareSignature(path_, {.signing_time = SigningTime()}));
  // The same length.
  const size_t word = before_.find("Enkrat podpise");
  before_.replace(word, 6, "Vedno ");
  WriteText(path_, before_);
  EXPECT_THAT(FinishPdf(path_, update, kSomeDer, Options(PadesLevel::kBaselineB)),
              FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST_F(FailingLevelsTest, DocumentThatGrewAfterItWasPrepared) {
  ASSERT_OK_AND_ASSIGN(const SignatureUpdate update,
                       PrepareSignature(path_, {.signing_time = SigningTime()}));
  before_ += "\n%%EOF\n";
  WriteText(path_, before_);
  EXPECT_FALSE(FinishPdf(path_, update, kSomeDer, Options(PadesLevel::kBaselineB)).ok());
}

TEST_F(FailingLevelsTest, EmptySignature) {
  ASSERT_OK_AND_ASSIGN(const SignatureUpdate update,
                       PrepareSignature(path_, {.signing_time = SigningTime()}));
  EXPECT_THAT(update.Complete({}), FailsWith(Reason::kRequestMalformed));
}

TEST_F(FailingLevelsTest, LevelThatLacksValidationData) {
  FinishOptions options = Options(PadesLevel::kBaselineLt);
  options.validation_data = nullptr;
  EXPECT_THAT(Finish(options), FailsWith(Reason::kRequestMalformed));
}

TEST_F(FailingLevelsTest, LevelThatLacksATimestampSource) {
  FinishOptions options = Options(PadesLevel::kBaselineLta);
  options.timestamp = nullptr;
  EXPECT_THAT(Finish(options), FailsWith(Reason::kRequestMalformed));
}

TEST_F(FailingLevelsTest, AugmentationToBaselineT) {
  EXPECT_THAT(AugmentPdf(path_, Options(PadesLevel::kBaselineT)),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(FailingLevelsTest, EmptyElementOfValidationData) {
  data_.crls_der.push_back({});
  EXPECT_THAT(Finish(Options(PadesLevel::kBaselineLt)), FailsWith(Reason::kRequestMalformed));
}

TEST_F(FailingLevelsTest, TooManyElementsOfValidationData) {
  data_.crls_der.assign(1025, ToBytes("x"));
  EXPECT_THAT(Finish(Options(PadesLevel::kBaselineLt)), FailsWith(Reason::kLimitExceeded));
}

}  // namespace
}  // namespace enkrat::pades::testing
