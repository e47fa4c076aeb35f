// SignPdf as any gRPC client has it: parts in, a signed PDF out, and everything a client can get
// wrong on the way; judged by pdfsig and qpdf.
#include <string>
#include <vector>

#include "common/digest.h"
#include "tests/integration/running_service.h"
#include "tests/integration/sign_calls.h"
#include "tests/support/paths.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kSignPdf[] = "/enkrat.v1.SigningService/SignPdf";
constexpr int kInvalidArgument = 3;
constexpr int kUnauthenticated = 16;

class SignPdfTest : public RunningService {
 protected:
  static void SetUpTestSuite() {
    StartService({.settings = {{"pdf.max_document_mb", "1"}, {"server.max_spooled_mb", "8"}}});
    const std::string path = service().File("document.pdf");
    ASSERT_THAT(Execute({"python3", SourcePath("tools/demo/make_document.py"), path}), Succeeds());
    document_ = ReadText(path);
  }

  SignPdfTest() : caller_({.target = service().grpc_target()}) {}

  // The header of a call to sign the document, bound to its digest.
  v1::SignPdfRequest Header(const std::string& document,
                            v1::SignatureFormat format = v1::SIGNATURE_FORMAT_PADES_B_LTA) {
    v1::SignPdfRequest part;
    v1::SignRequest& request = *part.mutable_header()->mutable_request();
    request = UnboundRequest();
    request.mutable_intent()->mutable_documents(0)->set_digest(
        ToString(Sha256(AsSpan(absl::string_view(document)))));
    request.set_format(format);
    request.set_assertion(service().IdToken({{"nonce", NonceOf(caller_, request)}}));
    return part;
  }

  static std::vector<std::string> Parts(const v1::SignPdfRequest& header,
                                        const std::string& document) {
    std::vector<std::string> parts = {header.SerializeAsString()};
    constexpr size_t kChunk = 256 * 1024;
    for (size_t at = 0; at < document.size(); at += kChunk) {
      v1::SignPdfRequest part;
      part.set_chunk(document.substr(at, kChunk));
      parts.push_back(part.SerializeAsString());
    }
    return parts;
  }

  static std::string Chunk(const std::string& octets) {
    v1::SignPdfRequest part;
    part.set_chunk(octets);
    return part.SerializeAsString();
  }

  // What came: the result first, then the document.
  struct Signed {
    v1::SignResponse result;
    std::string document;
  };
  static Signed Read(const std::vector<std::string>& replies) {
    Signed read;
    for (size_t i = 0; i < replies.size(); ++i) {
      v1::SignPdfResponse reply;
      EXPECT_TRUE(reply.ParseFromString(replies[i]));
      EXPECT_EQ(reply.has_result(), i == 0);
      if (i == 0) read.result = reply.result();
      read.document += reply.chunk();
    }
    return read;
  }

  CallOutcome Ask(const std::vector<std::string>& parts) {
    replies_.clear();
    return caller_.Stream(kSignPdf, parts, &replies_);
  }

  static inline std::string document_;
  GrpcCaller caller_;
  std::vector<std::string> replies_;
};

TEST_F(SignPdfTest, DocumentComesBackWithAnUpdateThatOthersFindValid) {
  ASSERT_THAT(Ask(Parts(Header(document_), document_)), IsGranted());
  const Signed read = Read(replies_);
  EXPECT_EQ(read.document, document_ + read.result.signatures(0).pdf_update());
  EXPECT_FALSE(read.result.validation_data().crls().empty());
  const std::string path = service().File("signed.pdf");
  WriteText(path, read.document);
  const ProgramOutcome judged = Execute({"pdfsig", path});
  EXPECT_THAT(judged.out, HasSubstr("Signature Type: ETSI.CAdES.detached"));
  EXPECT_THAT(judged.out, HasSubstr("Signature is Valid"));
  // poppler 22.12 lists document timestamps, and does not judge them.
  EXPECT_THAT(read.document, HasSubstr("/ETSI.RFC3161"));
  EXPECT_THAT(Execute({"qpdf", "--check", path}), Succeeds());
}

TEST_F(SignPdfTest, RepeatedCallGetsTheSameOctets) {
  const std::vector<std::string> parts = Parts(Header(document_), document_);
  ASSERT_THAT(Ask(parts), IsGranted());
  const std::string first = Read(replies_).document;
  ASSERT_THAT(Ask(parts), IsGranted());
  const Signed again = Read(replies_);
  EXPECT_TRUE(again.result.replayed());
  EXPECT_EQ(again.document, first);
}

TEST_F(SignPdfTest, AppendedOnlyAnswersTheResultAlone) {
  v1::SignPdfRequest header = Header(document_);
  header.mutable_header()->set_appended_only(true);
  ASSERT_THAT(Ask(Parts(header, document_)), IsGranted());
  const Signed read = Read(replies_);
  EXPECT_THAT(read.document, IsEmpty());
  EXPECT_THAT(read.result.signatures(0).pdf_update(), Not(IsEmpty()));
}

TEST_F(SignPdfTest, VisibleSignatureShowsTheCertificatesName) {
  v1::SignPdfRequest header = Header(document_, v1::SIGNATURE_FORMAT_PADES_B_T);
  v1::PdfSignatureOptions& options = *header.mutable_header()->mutable_options();
  options.set_reason("Č Š Ž");
  v1::PdfAppearance& shown = *options.mutable_appearance();
  shown.set_left(50);
  shown.set_bottom(50);
  shown.set_width(240);
  shown.set_height(60);
  ASSERT_THAT(Ask(Parts(header, document_)), IsGranted());
  const std::string path = service().File("visible.pdf");
  WriteText(path, Read(replies_).document);
  const std::string text = Execute({"pdftotext", path, "-"}).out;
  EXPECT_THAT(text, HasSubstr("Signed by"));
  EXPECT_THAT(text, HasSubstr("Č Š Ž"));
}

TEST_F(SignPdfTest, AssertionBoundToAnotherDocumentIsRefused) {
  const v1::SignPdfRequest header = Header("another document");
  v1::SignPdfRequest swapped = header;
  swapped.mutable_header()->mutable_request()->mutable_intent()->mutable_documents(0)->set_digest(
      ToString(Sha256(AsSpan(absl::string_view(document_)))));
  EXPECT_THAT(Ask(Parts(swapped, document_)), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
}

TEST_F(SignPdfTest, DocumentThatIsNotTheOneAnnouncedIsRefused) {
  const CallOutcome outcome = Ask(Parts(Header(document_), document_ + " "));
  EXPECT_THAT(outcome, Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
  EXPECT_EQ(outcome.field, "request.intent.documents[0].digest");
}

TEST_F(SignPdfTest, WhatIsNoPdfIsRefusedAndTheAssertionStaysGood) {
  const std::string text = "Just a text.\n";
  const v1::SignPdfRequest header = Header(text);
  EXPECT_THAT(Ask(Parts(header, text)), Refuses(kInvalidArgument, "PDF_DAMAGED"));
  // Not spent: the same assertion signs the text's digest.
  v1::SignRequest request = header.header().request();
  request.set_format(v1::SIGNATURE_FORMAT_CADES_B_T);
  EXPECT_THAT(caller_.Call(kSign, request, nullptr), IsGranted());
}

TEST_F(SignPdfTest, EncryptedPdfIsRefusedByName) {
  const std::string path = service().File("encrypted.pdf");
  ASSERT_THAT(
      Execute({"qpdf", "--encrypt", "a", "b", "256", "--", service().File("document.pdf"), path}),
      Succeeds());
  const std::string encrypted = ReadText(path);
  EXPECT_THAT(Ask(Parts(Header(encrypted), encrypted)), Refuses(kInvalidArgument, "PDF_ENCRYPTED"));
}

TEST_F(SignPdfTest, FieldThatIsSignedAlreadyIsRefused) {
  ASSERT_THAT(Ask(Parts(Header(document_), document_)), IsGranted());
  const std::string once = Read(replies_).document;
  v1::SignPdfRequest header = Header(once);
  header.mutable_header()->mutable_options()->set_field_name("Signature1");
  EXPECT_THAT(Ask(Parts(header, once)), Refuses(kInvalidArgument, "PDF_FIELD_UNSUITABLE"));
}

TEST_F(SignPdfTest, SecondSignatureLeavesTheFirstValid) {
  ASSERT_THAT(Ask(Parts(Header(document_), document_)), IsGranted());
  const std::string once = Read(replies_).document;
  ASSERT_THAT(Ask(Parts(Header(once), once)), IsGranted());
  const std::string path = service().File("twice.pdf");
  WriteText(path, Read(replies_).document);
  const std::string judged = Execute({"pdfsig", path}).out;
  EXPECT_THAT(judged, HasSubstr("Signature #4"));
  EXPECT_THAT(judged, Not(HasSubstr("Invalid")));
}

TEST_F(SignPdfTest, DocumentAboveTheLimitIsRefusedWhileItArrives) {
  const std::string large(3 << 20, ' ');
  EXPECT_THAT(Ask(Parts(Header(large), large)), Refuses(kInvalidArgument, "LIMIT_EXCEEDED"));
}

TEST_F(SignPdfTest, ChunkBeforeTheHeaderIsRefused) {
  EXPECT_THAT(Ask({Chunk("%PDF")}), Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
}

TEST_F(SignPdfTest, SecondHeaderIsRefused) {
  const std::string header = Header(document_).SerializeAsString();
  EXPECT_THAT(Ask({header, header}), Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
}

TEST_F(SignPdfTest, NothingAtAllIsRefused) {
  EXPECT_THAT(Ask({}), Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
}

TEST_F(SignPdfTest, HeaderAloneIsRefused) {
  EXPECT_THAT(Ask({Header(document_).SerializeAsString()}),
              Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
}

TEST_F(SignPdfTest, EmptyAndOversizedChunksAreRefused) {
  const std::string header = Header(document_).SerializeAsString();
  EXPECT_THAT(Ask({header, Chunk("")}), Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
  EXPECT_THAT(Ask({header, Chunk(std::string((256 << 10) + 1, 'x'))}),
              Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
}

TEST_F(SignPdfTest, FormatThatIsNotPadesIsRefused) {
  EXPECT_THAT(Ask(Parts(Header(document_, v1::SIGNATURE_FORMAT_CADES_B_T), document_)),
              Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
}

TEST_F(SignPdfTest, TwoDocumentsAreRefused) {
  v1::SignPdfRequest header = Header(document_);
  v1::SigningIntent& intent = *header.mutable_header()->mutable_request()->mutable_intent();
  *intent.add_documents() = intent.documents(0);
  EXPECT_THAT(Ask(Parts(header, document_)), Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
}

TEST_F(SignPdfTest, ImageThatIsNoneIsRefused) {
  v1::SignPdfRequest header = Header(document_);
  v1::PdfAppearance& shown = *header.mutable_header()->mutable_options()->mutable_appearance();
  shown.set_width(100);
  shown.set_height(50);
  shown.set_image("not a picture");
  EXPECT_THAT(Ask(Parts(header, document_)), Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
}

TEST_F(SignPdfTest, ClientThatLeavesInTheMiddleFreesItsShareOfTheDisk) {
  // Half of 8 MiB is one party's; each of these takes 1 MiB of it as soon as its first chunk is
  // there.
  for (int i = 0; i < 9; ++i) {
    const CallOutcome left = caller_.Stream(
        kSignPdf, {Header(document_).SerializeAsString(), Chunk("%PDF-1.7")}, nullptr);
    EXPECT_THAT(left, Not(IsGranted()));
  }
  EXPECT_THAT(Ask(Parts(Header(document_), document_)), IsGranted());
}

}  // namespace
}  // namespace enkrat::testing
