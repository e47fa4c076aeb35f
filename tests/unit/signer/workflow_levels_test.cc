// Signatures that carry more than themselves: validation data, archive timestamps, the document;
// and PDFs that are signed in place.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "ades/cades_augmentation.h"
#include "common/reason.h"
#include "signer/local_timestamper.h"
#include "signer/pdf_job.h"
#include "signer/signing_workflow.h"
#include "tests/support/scratch_folder.h"
#include "tests/unit/signer/workflow_fixture.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// Answers the chains it was given, or a failure; remembers how fresh it was asked to be.
class FakeValidationData final : public ValidationDataSource {
 public:
  absl::StatusOr<std::shared_ptr<const ValidationData>> Current(absl::Time not_before,
                                                                absl::Time) override {
    asked_for.push_back(not_before);
    if (!failure.ok()) return failure;
    return std::make_shared<const ValidationData>(data);
  }

  ValidationData data;
  absl::Status failure;
  std::vector<absl::Time> asked_for;
};

constexpr char kSmallPdf[] =
    "%PDF-1.7\n"
    "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    "2 0 obj\n<< /Type /Pages /Kids [ 3 0 R ] /Count 1 >>\nendobj\n"
    "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 300 200 ] >>\nendobj\n"
    "xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \n"
    "0000000117 00000 n \ntrailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n190\n%%EOF\n";

class WorkflowLevelsTest : public WorkflowTest {
 protected:
  WorkflowLevelsTest() : timestamper_(*units_, *pool_, clock_) {
    source_.data.certificates_der = issuer_->chain_der();
    UseParts([&](SigningWorkflow::Parts& parts) {
      parts.validation_data = &source_;
      parts.archive_timestamper = &timestamper_;
    });
  }

  SigningRequest RequestFor(SignatureFormat format) {
    SigningRequest request = Request();
    request.format = format;
    return request;
  }

  // A document that was sent, and the request to sign it.
  SigningRequest PdfRequest(SignatureFormat format) {
    path_ = folder_.File(absl::StrCat("document", ++pdfs_, ".pdf"));
    std::ofstream(path_, std::ios::binary) << kSmallPdf;
    SigningRequest request = RequestFor(format);
    const Bytes digest =
        ComputeDigest(DigestAlgorithm::kSha256, AsSpan(absl::string_view(kSmallPdf)));
    request.intent.documents[0].digest = digest;
    request.pdf =
        std::make_shared<PdfJob>(PdfJob::Options{.path = path_,
                                                 .digest_algorithm = DigestAlgorithm::kSha256,
                                                 .document_digest = digest,
                                                 .signature = {}});
    return request;
  }

  std::string Document() const {
    std::ifstream file(path_, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  testing::ScratchFolder folder_;
  FakeValidationData source_;
  LocalTimestamper timestamper_;
  std::string path_;
  int pdfs_ = 0;
};

TEST_F(WorkflowLevelsTest, BaselineLtHasTheValidationDataInsideAndBeside) {
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(RequestFor(SignatureFormat::kCadesBLT)));
  ASSERT_TRUE(result.validation_data.has_value());
  EXPECT_EQ(result.validation_data->certificates_der, issuer_->chain_der());
  const Bytes& cms = result.signatures[0].signature;
  // Nothing is missing: adding the same data changes nothing.
  EXPECT_EQ(ades::AddValidationData(cms, source_.data).value(), cms);
  EXPECT_THAT(Steps(result.session_id), Contains("validation-data-added"));
  EXPECT_THAT(Steps(result.session_id), Not(Contains("archive-timestamped")));
}

TEST_F(WorkflowLevelsTest, RevocationDataIsAskedForFromAfterTheTimestamp) {
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(RequestFor(SignatureFormat::kCadesBLT)));
  EXPECT_EQ(source_.asked_for.back(), result.signatures[0].timestamp->gen_time);
}

TEST_F(WorkflowLevelsTest, BaselineLtaHasAnArchiveTimestampOverTheDocumentsDigest) {
  const SigningRequest request = RequestFor(SignatureFormat::kCadesBLTA);
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(request));
  EXPECT_THAT(EvidenceText(), HasSubstr("archive-timestamped"));
  // Raised once more from what came back: the first archive timestamp is then under the second.
  ASSERT_OK_AND_ASSIGN(
      const ades::ArchiveTimestamp again,
      ades::ArchiveTimestamp::Prepare(result.signatures[0].signature, DigestAlgorithm::kSha256,
                                      [&](DigestAlgorithm) -> absl::StatusOr<Bytes> {
                                        return request.intent.documents[0].digest;
                                      }));
  EXPECT_EQ(again.digest().size(), 32u);
  ExpectNoOneTimeKey();
}

TEST_F(WorkflowLevelsTest, EnvelopingSignatureHoldsTheDocument) {
  SigningRequest request = RequestFor(SignatureFormat::kCadesBLTA);
  request.packaging = SignaturePackaging::kEnveloping;
  request.contents = {ToBytes("document 0")};
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(std::move(request)));
  EXPECT_THAT(ToString(result.signatures[0].signature), HasSubstr("document 0"));
}

TEST_F(WorkflowLevelsTest, ContentThatIsNotTheDocumentIsRefused) {
  SigningRequest request = RequestFor(SignatureFormat::kCadesBT);
  request.packaging = SignaturePackaging::kEnveloping;
  request.contents = {ToBytes("document 1")};
  EXPECT_THAT(Sign(std::move(request)), FailsWith(Reason::kRequestMalformed));
  EXPECT_EQ(identities_.calls(), 0);
}

TEST_F(WorkflowLevelsTest, ContentsWithoutEnvelopingAreRefused) {
  SigningRequest request = RequestFor(SignatureFormat::kCadesBT);
  request.contents = {ToBytes("document 0")};
  EXPECT_THAT(Sign(std::move(request)), FailsWith(Reason::kRequestMalformed));
}

TEST_F(WorkflowLevelsTest, EnvelopingRawIsRefused) {
  SigningRequest request = RequestFor(SignatureFormat::kRaw);
  request.packaging = SignaturePackaging::kEnveloping;
  request.contents = {ToBytes("document 0")};
  EXPECT_THAT(Sign(std::move(request)), FailsWith(Reason::kRequestMalformed));
}

TEST_F(WorkflowLevelsTest, MissingRevocationDataCostsNoAssertion) {
  source_.failure = MakeError(Reason::kValidationDataUnavailable, "revoked");
  EXPECT_THAT(Sign(RequestFor(SignatureFormat::kCadesBLT)),
              FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_EQ(identities_.calls(), 0);
  EXPECT_EQ(token_.CallCount("C_GenerateKeyPair"), 0);
}

TEST_F(WorkflowLevelsTest, LevelsThatNobodyProvidesForAreRefusedAtTheDoor) {
  UseParts([](SigningWorkflow::Parts& parts) { parts.validation_data = nullptr; });
  EXPECT_THAT(Sign(RequestFor(SignatureFormat::kCadesBLTA)),
              FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_THAT(Sign(RequestFor(SignatureFormat::kCadesBT)), IsOk());
}

TEST_F(WorkflowLevelsTest, ValidationDataComesWithLowerLevelsWhenAskedFor) {
  SigningRequest request = RequestFor(SignatureFormat::kCadesBT);
  request.include_validation_data = true;
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(std::move(request)));
  EXPECT_TRUE(result.validation_data.has_value());
}

TEST_F(WorkflowLevelsTest, CmsForAPdfHasNoSigningTime) {
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(RequestFor(SignatureFormat::kPadesBT)));
  // id-signingTime, 1.2.840.113549.1.9.5, in the one-time signer's attributes; the timestamp has
  // attributes of its own.
  const std::string oid = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05";
  const std::string cms = ToString(result.signatures[0].signature);
  const std::string token = ToString(result.signatures[0].timestamp->token_der);
  const auto count = [&oid](const std::string& text) {
    int found = 0;
    for (size_t at = text.find(oid); at != std::string::npos; at = text.find(oid, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count(cms), count(token));
}

TEST_F(WorkflowLevelsTest, PdfIsSignedByAppendingOnly) {
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(PdfRequest(SignatureFormat::kPadesBLTA)));
  const std::string signed_document = Document();
  EXPECT_EQ(signed_document, absl::StrCat(kSmallPdf, ToString(result.signatures[0].pdf_update)));
  EXPECT_THAT(signed_document, HasSubstr("/ETSI.CAdES.detached"));
  EXPECT_THAT(signed_document, HasSubstr("/DSS"));
  EXPECT_THAT(signed_document, HasSubstr("/ETSI.RFC3161"));
  EXPECT_THAT(signed_document, HasSubstr("Ana Novak"));
  EXPECT_THAT(Steps(result.session_id), Contains("pdf-prepared"));
  ExpectNoOneTimeKey();
}

TEST_F(WorkflowLevelsTest, PdfIsMadeReadyAgainSoThatItsTimeLiesInTheCertificatesLife) {
  ca::ProfileSpec spec;
  spec.name = "natural-person";
  spec.policy_oids = {"0.4.0.2042.1.2"};
  spec.ca_issuers_url = "http://ca.example/issuing-ca.cer";
  spec.not_before_skew = absl::Seconds(2);
  UseParts([&](SigningWorkflow::Parts& parts) {
    parts.profiles.insert_or_assign(spec.name, ca::Profile::Create(spec).value());
  });
  const SigningRequest request = PdfRequest(SignatureFormat::kPadesBT);
  // The first reading of the document is followed by a wait; the MAC is what comes just before it.
  int macs = 0;
  token_.OnCall([&](const std::string& call) {
    if (call == "C_SignInit" && ++macs == 1) clock_.Advance(absl::Seconds(5));
  });
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(request));
  EXPECT_GE(request.pdf->prepared_at(), result.certificate.not_before);
}

TEST_F(WorkflowLevelsTest, RepeatedCallForAPdfGetsTheSameUpdate) {
  SigningRequest request = PdfRequest(SignatureFormat::kPadesBLT);
  SigningRequest again = request;
  ASSERT_OK_AND_ASSIGN(const SigningResult first, Sign(std::move(request)));
  clock_.Advance(absl::Seconds(5));
  again.pdf = PdfRequest(SignatureFormat::kPadesBLT).pdf;
  ASSERT_OK_AND_ASSIGN(const SigningResult second, Sign(std::move(again)));
  EXPECT_TRUE(second.replayed);
  EXPECT_EQ(second.signatures[0].pdf_update, first.signatures[0].pdf_update);
  EXPECT_EQ(Document(), kSmallPdf);
}

TEST_F(WorkflowLevelsTest, RepeatedCallWithOtherOptionsIsAnotherRequest) {
  SigningRequest request = PdfRequest(SignatureFormat::kPadesBT);
  SigningRequest again = request;
  ASSERT_THAT(Sign(std::move(request)), IsOk());
  pades::SignatureOptions options;
  options.reason = "another";
  again.pdf =
      std::make_shared<PdfJob>(PdfJob::Options{.path = path_,
                                               .digest_algorithm = DigestAlgorithm::kSha256,
                                               .document_digest = again.intent.documents[0].digest,
                                               .signature = options});
  EXPECT_THAT(Sign(std::move(again)), FailsWith(Reason::kRequestIdReused));
}

TEST_F(WorkflowLevelsTest, PdfThatIsNotTheAuthorisedOneIsRefused) {
  SigningRequest request = PdfRequest(SignatureFormat::kPadesBT);
  request.intent.documents[0].digest[0] ^= 1;
  EXPECT_THAT(Sign(std::move(request)), FailsWith(Reason::kRequestMalformed));
  EXPECT_EQ(identities_.calls(), 0);
}

TEST_F(WorkflowLevelsTest, DamagedPdfSpendsNoAssertionAndMakesNoKey) {
  SigningRequest request = PdfRequest(SignatureFormat::kPadesBT);
  std::ofstream(path_, std::ios::binary) << "not a PDF at all";
  EXPECT_THAT(Sign(request), FailsWith(Reason::kPdfDamaged));
  EXPECT_TRUE(ledger_.Sessions().empty());
  EXPECT_EQ(token_.CallCount("C_GenerateKeyPair"), 0);
}

TEST_F(WorkflowLevelsTest, FailureAfterTheKeyLeavesThePdfAsItWas) {
  SigningRequest request = PdfRequest(SignatureFormat::kPadesBLTA);
  token_.OnCall([&](const std::string& call) {
    if (call == "C_DestroyObject") {
      source_.failure = MakeError(Reason::kValidationDataUnavailable, "gone in between");
    }
  });
  EXPECT_THAT(Sign(std::move(request)), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_EQ(Document(), kSmallPdf);
  ExpectNoOneTimeKey();
}

TEST_F(WorkflowLevelsTest, PdfFormatOfManyDocumentsAnswersOneCmsEach) {
  SigningRequest request = Request(3);
  request.format = SignatureFormat::kPadesBLTA;
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(std::move(request)));
  EXPECT_EQ(result.signatures.size(), 3u);
  EXPECT_TRUE(result.signatures[2].pdf_update.empty());
  EXPECT_TRUE(result.validation_data.has_value());
}

TEST_F(WorkflowLevelsTest, StoredResultComesBackWhole) {
  const SigningRequest request = RequestFor(SignatureFormat::kCadesBLTA);
  ASSERT_OK_AND_ASSIGN(const SigningResult first, Sign(request));
  ASSERT_OK_AND_ASSIGN(const SigningResult second, Sign(request));
  EXPECT_TRUE(second.replayed);
  EXPECT_EQ(second.signatures[0].signature, first.signatures[0].signature);
  EXPECT_EQ(second.validation_data->certificates_der, first.validation_data->certificates_der);
}

}  // namespace
}  // namespace enkrat::signer
