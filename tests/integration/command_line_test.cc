// `enkrat` against the real service: each command once as its help shows it, and the exit codes.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/integration/running_service.h"
#include "tests/integration/sign_calls.h"
#include "tests/support/paths.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CommandLineTest : public RunningService {
 protected:
  static void SetUpTestSuite() { StartService(); }

  // The answer of a command that must succeed, run with --json.
  static nlohmann::json Json(std::vector<std::string> words) {
    words.insert(words.begin(), "--json");
    const ProgramOutcome outcome = service().Enkrat(std::move(words));
    EXPECT_THAT(outcome, Succeeds());
    return nlohmann::json::parse(outcome.out, nullptr, /*allow_exceptions=*/false);
  }

  // Signs a document of this name; the session's facts.
  static nlohmann::json SignedSession(const std::string& name) {
    std::vector<std::string> words = {"sign", MakeDocument(name)};
    for (std::string& word : service().LoginOptions()) words.push_back(std::move(word));
    return Json(std::move(words));
  }

  static std::string Root() { return service().ServiceFile("root.pem"); }
};

TEST_F(CommandLineTest, BindingIsTheSameHereAndThere) {
  const std::string document = MakeDocument("bound.txt");
  const std::string id = NewRequestId();
  const nlohmann::json here =
      Json({"binding", document, "--request-id", id, "--relying-party", "demo"});
  const nlohmann::json there = Json({"binding", document, "--request-id", id, "--remote"});
  EXPECT_EQ(here, there);
  EXPECT_EQ(here["nonce"].get<std::string>().size(), 43u);
}

TEST_F(CommandLineTest, BindingForAnotherPartyIsNoticed) {
  EXPECT_THAT(service().Enkrat(
                  {"binding", MakeDocument("other.txt"), "--relying-party", "bank", "--remote"}),
              ExitsWith(1));
}

TEST_F(CommandLineTest, LoginThenSignWithTheToken) {
  const std::string document = MakeDocument("login.txt");
  const nlohmann::json binding = Json({"binding", document, "--relying-party", "demo"});
  const std::string id = binding["request_id"];
  ASSERT_THAT(service().Enkrat({"login", "--idp", service().idp_url(), "--nonce",
                                binding["nonce"].get<std::string>(), "--given-name", "Ana",
                                "--family-name", "Novak", "--country", "SI", "-o", "token.jwt"}),
              Succeeds());
  EXPECT_EQ(std::filesystem::status(service().File("token.jwt")).permissions(),
            std::filesystem::perms(0600));
  const std::vector<std::string> sign = {"sign",      document,       "--token",
                                         "token.jwt", "--request-id", id};
  EXPECT_THAT(service().Enkrat(sign), Succeeds());
  EXPECT_THAT(service().Enkrat({"verify", document, "--roots", Root()}), Succeeds());
  EXPECT_THAT(service().Enkrat(sign), ExitsWith(64)) << "its output exists";
  std::vector<std::string> again = sign;
  again.push_back("--force");
  const ProgramOutcome replayed = service().Enkrat(again);
  EXPECT_THAT(replayed, Succeeds());
  EXPECT_THAT(replayed.out, HasSubstr("the stored result of an earlier call"));
}

TEST_F(CommandLineTest, TokenBoundToAContainerSignsIt) {
  const std::string first = MakeDocument("first.txt");
  const std::string second = MakeDocument("second.txt");
  const nlohmann::json binding =
      Json({"binding", first, second, "--container", "asic-e", "--relying-party", "demo"});
  ASSERT_THAT(service().Enkrat({"login", "--idp", service().idp_url(), "--nonce",
                                binding["nonce"].get<std::string>(), "--given-name", "Ana",
                                "--family-name", "Novak", "--country", "SI", "-o", "both.jwt"}),
              Succeeds());
  EXPECT_THAT(
      service().Enkrat({"sign", first, second, "--container", "asic-e", "--token", "both.jwt",
                        "--request-id", binding["request_id"].get<std::string>()}),
      Succeeds());
  EXPECT_TRUE(std::filesystem::exists(first + ".asice"));
}

TEST_F(CommandLineTest, SignedPdfIsFetchedAgainForTheDocumentThatWasSent) {
  const std::string document = service().File("sent.pdf");
  ASSERT_THAT(Execute({"python3", SourcePath("tools/demo/make_document.py"), document}),
              Succeeds());
  std::vector<std::string> sign = {"sign", document, "--format", "pades-b-t", "--upload"};
  for (std::string& word : service().LoginOptions()) sign.push_back(std::move(word));
  const std::string id = Json(sign)["request_id"];
  const std::string is_signed = service().File("sent-signed.pdf");
  const std::string first = ReadText(is_signed);
  const std::vector<std::string> get = {"session", "get", id};
  EXPECT_THAT(service().Enkrat(get), ExitsWith(64)) << "which document?";
  std::vector<std::string> with_document = get;
  with_document.insert(with_document.end(), {"--document", document, "--force"});
  ASSERT_THAT(service().Enkrat(with_document), Succeeds());
  EXPECT_EQ(ReadText(is_signed), first);
  std::string other = ReadText(document);
  other[other.find("milliseconds")] = 'M';
  WriteText(document, other);
  EXPECT_THAT(service().Enkrat(with_document), ExitsWith(1));
  EXPECT_EQ(ReadText(is_signed), first);
}

TEST_F(CommandLineTest, TokenForOtherDocumentsIsRefused) {
  const nlohmann::json binding =
      Json({"binding", MakeDocument("one.txt"), "--relying-party", "demo"});
  ASSERT_THAT(service().Enkrat({"login", "--idp", service().idp_url(), "--nonce",
                                binding["nonce"].get<std::string>(), "--given-name", "Ana",
                                "--family-name", "Novak", "--country", "SI", "-o", "one.jwt"}),
              Succeeds());
  const std::string other = MakeDocument("two.txt");
  const ProgramOutcome outcome =
      service().Enkrat({"sign", other, "--token", "one.jwt", "--request-id",
                        binding["request_id"].get<std::string>()});
  EXPECT_THAT(outcome, ExitsWith(1));
  EXPECT_FALSE(std::filesystem::exists(other + ".p7s"));
}

TEST_F(CommandLineTest, TimestampOverGrpcAndHttpAreVerifiedByOpenssl) {
  const std::string document = MakeDocument("stamp.txt");
  ASSERT_THAT(service().Enkrat({"timestamp", document, "-o", "grpc.tst"}), Succeeds());
  ASSERT_THAT(service().Enkrat({"timestamp", document, "-o", "http.tst", "--digest", "sha512",
                                "--http", service().http_url() + "/tsa"}),
              Succeeds());
  for (const char* token : {"grpc.tst", "http.tst"}) {
    EXPECT_THAT(Execute({"openssl", "ts", "-verify", "-token_in", "-in", service().File(token),
                         "-data", document, "-CAfile", Root()}),
                Succeeds())
        << token;
  }
}

TEST_F(CommandLineTest, CertificatesAreListedShownAndExported) {
  const nlohmann::json session = SignedSession("certificate.txt");
  const std::string serial = session["certificate"]["serial_number"];
  EXPECT_THAT(service().Enkrat({"certificates", "list"}).out, HasSubstr(serial));
  EXPECT_THAT(service().Enkrat({"certificates", "get", "--serial", serial}).out, HasSubstr(serial));
  EXPECT_THAT(service()
                  .Enkrat({"certificates", "get", "--fingerprint",
                           session["certificate"]["fingerprint_sha256"].get<std::string>()})
                  .out,
              HasSubstr(serial));
  ASSERT_THAT(service().Enkrat({"certificates", "export", "--session",
                                session["request_id"].get<std::string>(), "-o", "exported.pem"}),
              Succeeds());
  EXPECT_THAT(Execute({"openssl", "verify", "-CAfile", Root(), "-untrusted",
                       service().File("exported.pem"), service().File("exported.pem")}),
              Succeeds());
  EXPECT_THAT(service().Enkrat({"certificates", "get", "--serial", "00ff"}), ExitsWith(1));
}

TEST_F(CommandLineTest, EvidenceIsShownFromTheServiceAndFromTheLedger) {
  const nlohmann::json session = SignedSession("evidence.txt");
  const std::string id = session["request_id"];
  EXPECT_EQ(Json({"evidence", "show", id})["state"], "COMPLETED");
  const nlohmann::json stored = Json({"evidence", "show", session["session_id"].get<std::string>(),
                                      "--store", service().File("ledger.db")});
  EXPECT_EQ(stored["request_id"], id);
  EXPECT_GE(stored["evidence"].size(), 6u);
  EXPECT_THAT(stored.dump(), Not(HasSubstr("Novak")));
  EXPECT_THAT(service().Enkrat({"evidence", "show", NewRequestId()}), ExitsWith(1));
}

TEST_F(CommandLineTest, DoctorFindsNothingWrong) {
  const ProgramOutcome outcome =
      service().Enkrat({"doctor", "--config", service().File("enkratd.yaml")});
  EXPECT_THAT(outcome, Succeeds());
  EXPECT_THAT(outcome.out, Not(HasSubstr("FAIL")));
}

TEST_F(CommandLineTest, DoctorNamesWhatIsWrong) {
  const std::string yaml =
      ToYaml(Merge(service().settings(), {{"hsm.issuing_ca_key", "another-ca"}}));
  WriteText(service().File("ill.yaml"), yaml);
  const ProgramOutcome outcome =
      service().Enkrat({"doctor", "--config", service().File("ill.yaml")});
  EXPECT_THAT(outcome, ExitsWith(1));
  EXPECT_THAT(outcome.out, HasSubstr("another-ca"));
}

TEST_F(CommandLineTest, SecondCeremonyChangesNothing) {
  const std::string root = ReadText(Root());
  const ProgramOutcome outcome = service().Init({});
  EXPECT_THAT(outcome, Succeeds());
  EXPECT_EQ(ReadText(Root()), root);
}

TEST_F(CommandLineTest, BenchMeasuresForASecond) {
  std::vector<std::string> words = {"bench", "--mode",        "closed", "--seconds",
                                    "1",     "--warm-up",     "0",      "--sessions",
                                    "300",   "--concurrency", "2"};
  for (std::string& word : service().LoginOptions()) words.push_back(std::move(word));
  const nlohmann::json report = Json(words);
  EXPECT_TRUE(report.is_object()) << report;
  const nlohmann::json stamps =
      Json({"bench", "--mode", "tsa", "--seconds", "1", "--warm-up", "0", "--concurrency", "2",
            "--http", service().http_url() + "/tsa"});
  EXPECT_TRUE(stamps.is_object()) << stamps;
}

TEST_F(CommandLineTest, HelpIsThereForEveryCommand) {
  for (const char* command : {"init", "doctor", "binding", "login", "sign", "verify", "timestamp",
                              "certificates", "evidence", "bench"}) {
    const ProgramOutcome outcome = service().Enkrat({command, "--help"});
    EXPECT_THAT(outcome, Succeeds());
    EXPECT_THAT(outcome.out, HasSubstr("Example")) << command;
  }
}

TEST_F(CommandLineTest, ServiceThatIsAwayIsExitCodeTwo) {
  EXPECT_THAT(RunProgram({.argv = {BinaryPath("bin/enkrat"), "--server", "127.0.0.1:1",
                                   "--plaintext", "--timeout", "5", "certificates", "list"}}),
              ExitsWith(2));
}

TEST_F(CommandLineTest, FileThatIsAwayIsExitCodeTwo) {
  EXPECT_THAT(service().Enkrat({"verify", "no-such-file", "--roots", Root()}), ExitsWith(2));
  EXPECT_THAT(service().Enkrat({"timestamp", "no-such-file"}), ExitsWith(2));
}

TEST_F(CommandLineTest, WrongWordsAreExitCodeSixtyFour) {
  EXPECT_THAT(service().Enkrat({}), ExitsWith(64));
  EXPECT_THAT(service().Enkrat({"steal"}), ExitsWith(64));
  EXPECT_THAT(service().Enkrat({"sign"}), ExitsWith(64));
  EXPECT_THAT(service().Enkrat({"sign", MakeDocument("usage.txt")}), ExitsWith(64));
  EXPECT_THAT(service().Enkrat({"binding", MakeDocument("usage.txt"), "--level", "divine"}),
              ExitsWith(64));
}

TEST_F(CommandLineTest, PlaintextToAnotherMachineIsRefused) {
  EXPECT_THAT(RunProgram({.argv = {BinaryPath("bin/enkrat"), "--server", "192.0.2.1:7443",
                                   "--plaintext", "certificates", "list"}}),
              ExitsWith(64));
}

}  // namespace
}  // namespace enkrat::testing
