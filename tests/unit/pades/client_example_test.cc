// The example of docs/formats.md does what it says.
#include <gtest/gtest.h>

#include "docs/examples/sign_pdf_locally.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/document_signer.h"
#include "tests/unit/pades/pdf_maker.h"

namespace enkrat::pades::testing {
namespace {

using enkrat::testing::FailsWith;
using enkrat::testing::IsOk;

class ClientExampleTest : public ::testing::Test {
 protected:
  ClientExampleTest() { WriteText(path_, LayPdf(TwoPages())); }

  enkrat::testing::ScratchFolder folder_;
  std::string path_ = folder_.File("document.pdf");
  DocumentSigner signer_;
};

TEST_F(ClientExampleTest, DocumentIsSignedAndOnlyItsDigestGoesOut) {
  size_t sent = 0;
  ASSERT_THAT(examples::SignPdfLocally(
                  path_,
                  [&](DigestAlgorithm algorithm,
                      ByteSpan digest) -> absl::StatusOr<examples::RemoteAnswer> {
                    sent += digest.size();
                    return examples::RemoteAnswer{
                        .cms_der = *signer_.SignDigest(algorithm, digest),
                        .validation_data = {.certificates_der = {signer_.authority().root_der()},
                                            .crls_der = {},
                                            .ocsp_responses_der = {}}};
                  }),
              IsOk());
  EXPECT_EQ(sent, 32u);
  const Opinion opinion = AskOthers(path_);
  EXPECT_EQ(opinion.valid, 1) << opinion.words;
  EXPECT_TRUE(opinion.structure_in_order) << opinion.words;
}

TEST_F(ClientExampleTest, RefusalLeavesTheDocumentAsItWas) {
  const std::string before = ReadText(path_);
  EXPECT_THAT(examples::SignPdfLocally(path_,
                                       [](DigestAlgorithm, ByteSpan) {
                                         return absl::StatusOr<examples::RemoteAnswer>(
                                             MakeError(Reason::kAssertionRejected, "no"));
                                       }),
              FailsWith(Reason::kAssertionRejected));
  EXPECT_EQ(ReadText(path_), before);
}

}  // namespace
}  // namespace enkrat::pades::testing
