// `enkrat augment`: signatures of ours and of others, raised to higher levels by the running
// service, and what is not raised.
#include <string>
#include <vector>

#include "tests/integration/running_service.h"
#include "tests/support/paths.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kFailed = 1;
constexpr int kUsage = 64;

class AugmentTest : public RunningService {
 protected:
  static void SetUpTestSuite() { StartService(); }

  // Signs a document of this name as CAdES B-B; the signature's path.
  static std::string SignedBaseline(const std::string& name) {
    const std::string document = MakeDocument(name);
    EXPECT_THAT(Sign({document, "--format", "cades-b-b"}), Succeeds());
    return document + ".p7s";
  }

  static ProgramOutcome Augment(const std::string& file, const std::string& level,
                                std::vector<std::string> more) {
    std::vector<std::string> words = {"augment", file,      "--level",
                                      level,     "--roots", service().ServiceFile("root.pem")};
    words.insert(words.end(), more.begin(), more.end());
    return service().Enkrat(words);
  }

  static ProgramOutcome Verify(const std::string& file, const std::string& content) {
    return service().Enkrat({"verify", file, "--content", content, "--roots",
                             service().ServiceFile("root.pem"), "--json"});
  }
};

TEST_F(AugmentTest, BaselineIsRaisedLevelByLevel) {
  std::string file = SignedBaseline("steps.txt");
  const std::string document = service().File("steps.txt");
  for (const std::string level : {"b-t", "b-lt", "b-lta", "b-lta"}) {
    const std::string raised = file + "." + level;
    ASSERT_THAT(Augment(file, level, {"--content", document, "-o", raised}), Succeeds());
    EXPECT_NE(ReadText(raised), ReadText(file));
    file = raised;
  }
  const ProgramOutcome verdict = Verify(file, document);
  EXPECT_THAT(verdict, Succeeds());
  EXPECT_THAT(verdict.out, HasSubstr("B-LTA"));
  EXPECT_THAT(Execute({"openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in",
                       file, "-content", document, "-CAfile", service().ServiceFile("root.pem"),
                       "-purpose", "any", "-out", "/dev/null"}),
              Succeeds());
}

TEST_F(AugmentTest, PdfIsRaisedInPlaceOfACopy) {
  const std::string pdf = service().File("raise.pdf");
  ASSERT_THAT(Execute({"python3", SourcePath("tools/demo/make_document.py"), pdf}), Succeeds());
  ASSERT_THAT(Sign({pdf, "--format", "pades-b-t"}), Succeeds());
  const std::string once = service().File("raise-signed.pdf");
  const std::string before = ReadText(once);
  const std::string raised = service().File("raised.pdf");
  ASSERT_THAT(Augment(once, "b-lta", {"-o", raised}), Succeeds());
  EXPECT_EQ(ReadText(once), before);
  EXPECT_EQ(ReadText(raised).substr(0, before.size()), before);
  EXPECT_THAT(Execute({"pdfsig", raised}).out, HasSubstr("Signature is Valid"));
  EXPECT_THAT(Execute({"qpdf", "--check", raised}), Succeeds());
}

TEST_F(AugmentTest, SignatureOfSomebodyElseIsRaised) {
  const std::string document = MakeDocument("foreign.txt");
  const std::string key = service().File("foreign.key");
  const std::string certificate = service().File("foreign.pem");
  ASSERT_THAT(
      Execute({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
               "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=Foreign", "-addext",
               "keyUsage=critical,nonRepudiation", "-days", "2"}),
      Succeeds());
  const std::string signature = service().File("foreign.p7s");
  ASSERT_THAT(Execute({"openssl", "cms", "-sign", "-binary", "-cades", "-in", document, "-signer",
                       certificate, "-inkey", key, "-outform", "DER", "-out", signature}),
              Succeeds());
  const std::string raised = service().File("foreign-raised.p7s");
  EXPECT_THAT(
      Augment(signature, "b-lta", {"--roots", certificate, "--content", document, "-o", raised}),
      Succeeds());
  EXPECT_THAT(service()
                  .Enkrat({"verify", raised, "--content", document, "--roots", certificate,
                           "--roots", service().ServiceFile("root.pem")})
                  .out,
              HasSubstr("CAdES B-LTA"));
}

TEST_F(AugmentTest, BadSignatureIsNotPreserved) {
  const std::string file = SignedBaseline("changed.txt");
  const std::string document = service().File("changed.txt");
  WriteText(document, "Something else.\n");
  const std::string raised = file + ".raised";
  const ProgramOutcome refused = Augment(file, "b-lta", {"--content", document, "-o", raised});
  EXPECT_THAT(refused, ExitsWith(kFailed));
  EXPECT_THAT(refused.err, HasSubstr("HASH_FAILURE"));
  EXPECT_THAT(ReadText(raised), IsEmpty());
}

TEST_F(AugmentTest, WrongWordsAreUsageErrors) {
  const std::string file = SignedBaseline("words.txt");
  const std::string document = service().File("words.txt");
  EXPECT_THAT(Augment(file, "b-x", {"--content", document, "-o", file + ".x"}), ExitsWith(kUsage));
  EXPECT_THAT(Augment(file, "b-t", {"--content", document, "-o", file}), ExitsWith(kUsage));
  EXPECT_THAT(Augment(file, "b-t", {"--content", document}), ExitsWith(kUsage));
  EXPECT_THAT(Augment(file, "b-t", {"--content", document, "--signature", "x", "-o", file + ".x"}),
              ExitsWith(kUsage));
}

TEST_F(AugmentTest, TimestampTokenIsNoSignature) {
  const std::string document = MakeDocument("stamped.txt");
  const std::string token = service().File("stamped.tst");
  ASSERT_THAT(service().Enkrat({"timestamp", document, "-o", token}), Succeeds());
  const ProgramOutcome refused =
      Augment(token, "b-t", {"--content", document, "-o", token + ".up"});
  EXPECT_THAT(refused, ExitsWith(kFailed));
  EXPECT_THAT(refused.err, HasSubstr("timestamp token"));
  EXPECT_THAT(ReadText(token + ".up"), IsEmpty());
}

TEST_F(AugmentTest, TextIsNoSignature) {
  const std::string document = MakeDocument("no-signature.txt");
  const ProgramOutcome refused = Augment(document, "b-t", {"-o", document + ".up"});
  EXPECT_THAT(refused, Not(Succeeds()));
  EXPECT_THAT(refused.err, HasSubstr("REQUEST_MALFORMED"));
}

}  // namespace
}  // namespace enkrat::testing
