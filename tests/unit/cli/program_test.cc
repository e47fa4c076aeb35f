#include "cli/program.h"

#include <gmock/gmock.h>
#include <openssl/pem.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/error_text.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "common/thread_pool.h"
#include "server/http_server.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scratch_folder.h"
#include "tests/unit/cli/fake_signing_service.h"
#include "tools/demo_idp/provider.h"

namespace enkrat::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The program as a person or a script meets it: arguments in; text, files and an exit code out.
class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() {
    std::ofstream(Path("a.pdf")) << "alpha";
    provider_->SetIssuer("http://127.0.0.1:1");
    http_ = server::HttpServer::Start(
                {.max_body_size = 8 * 1024 * 1024}, pool_,
                [this](const server::HttpRequest& request) { return provider_->Answer(request); })
                .value();
  }

  std::string Path(const std::string& name) const { return folder_.File(name); }
  std::string Idp() const { return absl::StrCat("http://127.0.0.1:", http_->port()); }

  int Run(std::vector<std::string> arguments) {
    out_.str("");
    err_.str("");
    arguments.insert(arguments.begin(),
                     {"enkrat", "--plaintext", "--server", service_.connection().server});
    std::vector<const char*> argv;
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    return RunProgram(static_cast<int>(argv.size()), argv.data(), out_, err_, /*terminal=*/false);
  }
  std::string Out() const { return out_.str(); }
  std::string Err() const { return err_.str(); }
  nlohmann::json Json() const { return nlohmann::json::parse(Out()); }

  std::vector<std::string> SignInOneGo() const {
    return {"sign",        Path("a.pdf"),    "--idp", Idp(),           "--relying-party",
            "demo",        "--format",       "raw",   "--session-out", Path("session.json"),
            "--chain-out", Path("chain.pem")};
  }

  const enkrat::testing::ScratchFolder folder_;
  std::ostringstream out_;
  std::ostringstream err_;
  testing::FakeClock clock_;
  ThreadPool pool_{{.threads = 1}};
  std::unique_ptr<demo_idp::Provider> provider_ =
      demo_idp::Provider::Create("ES256", clock_).value();
  std::unique_ptr<server::HttpServer> http_;
  FakeSigningService service_;
};

TEST_F(ProgramTest, BindingLoginAndSignWorkTogether) {
  ASSERT_EQ(Run({"--json", "binding", Path("a.pdf"), "--relying-party", "demo"}), 0) << Err();
  const std::string nonce = Json()["nonce"];
  const std::string request_id = Json()["request_id"];
  ASSERT_EQ(Run({"login", "--idp", Idp(), "--nonce", nonce, "-o", Path("token.jwt")}), 0) << Err();
  ASSERT_EQ(Run({"sign", Path("a.pdf"), "--token", Path("token.jwt"), "--request-id", request_id,
                 "--format", "raw"}),
            0)
      << Err();
  EXPECT_TRUE(FileExists(Path("a.pdf.sig")));
  EXPECT_TRUE(FileExists(Path("a.pdf.tst")));
  EXPECT_TRUE(FileExists(Path("a.pdf.cert.pem")));
  EXPECT_THAT(Out(), HasSubstr("destroyed: CKR_OBJECT_HANDLE_INVALID"));
  EXPECT_THAT(Out(), HasSubstr("certificate 1267"));
}

TEST_F(ProgramTest, TokenFileIsReadableByItsOwnerOnly) {
  ASSERT_EQ(Run({"login", "--idp", Idp(), "--nonce", "n", "-o", Path("token.jwt")}), 0);
  EXPECT_EQ(fs::status(Path("token.jwt")).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(ProgramTest, SignInOneGoWritesSessionAndChain) {
  ASSERT_EQ(Run(SignInOneGo()), 0) << Err();
  const auto session = nlohmann::json::parse(std::ifstream(Path("session.json")));
  EXPECT_EQ(session["session_id"], "00112233445566778899aabbccddeeff");
  EXPECT_TRUE(FileExists(Path("chain.pem")));
}

TEST_F(ProgramTest, SecondSignIsWrongUseAndSpendsNothing) {
  ASSERT_EQ(Run(SignInOneGo()), 0) << Err();
  EXPECT_EQ(Run(SignInOneGo()), 64);
  EXPECT_THAT(Err(), HasSubstr("--force"));
  EXPECT_EQ(service_.calls(), 1);
}

TEST_F(ProgramTest, SignIntoAFolderThatIsNotThereIsTwoAndSpendsNothing) {
  std::vector<std::string> sign = SignInOneGo();
  sign.insert(sign.end(), {"-o", Path("missing")});
  EXPECT_EQ(Run(sign), 2);
  EXPECT_THAT(Err(), HasSubstr(Path("missing")));
  EXPECT_EQ(service_.calls(), 0);
}

TEST_F(ProgramTest, SignWhoseSessionFileCannotBeMadeIsTwoAndSpendsNothing) {
  EXPECT_EQ(Run({"sign", Path("a.pdf"), "--idp", Idp(), "--relying-party", "demo", "--format",
                 "raw", "--session-out", Path("missing/session.json")}),
            2);
  EXPECT_EQ(service_.calls(), 0);
}

TEST_F(ProgramTest, FailedSignNamesTheRequestIdThatItChose) {
  service_.AnswerWith(grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "No."));
  EXPECT_EQ(Run(SignInOneGo()), 1);
  EXPECT_THAT(Err(), HasSubstr(absl::StrCat("[request_id ", service_.last_request_id(), "]")));
}

TEST_F(ProgramTest, SignatureThatCannotBeWrittenNamesTheWayToFetchIt) {
  service_.BeforeAnswering([this] { std::ofstream(Path("a.pdf.sig")) << "another's"; });
  EXPECT_EQ(Run(SignInOneGo()), 64);
  EXPECT_THAT(Err(), HasSubstr("the documents are signed"));
  EXPECT_THAT(Err(), HasSubstr("enkrat session get " + service_.last_request_id()));
}

TEST_F(ProgramTest, RefusalIsOneAndNamesItself) {
  service_.AnswerWith(grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "No."));
  EXPECT_EQ(Run(SignInOneGo()), 1);
  EXPECT_THAT(Err(), StartsWith("error: No."));
  EXPECT_FALSE(FileExists(Path("a.pdf.sig")));
}

TEST_F(ProgramTest, WrongSignatureIsOneAndNothingIsWritten) {
  service_.SignWrongly();
  EXPECT_EQ(Run(SignInOneGo()), 1);
  EXPECT_THAT(Err(), HasSubstr("SIGNATURE_SELF_CHECK_FAILED"));
  EXPECT_FALSE(FileExists(Path("a.pdf.sig")));
  EXPECT_FALSE(FileExists(Path("session.json")));
}

TEST_F(ProgramTest, ServiceThatIsAwayIsTwo) {
  service_.Stop();
  EXPECT_EQ(Run(SignInOneGo()), 2);
  EXPECT_THAT(Err(), HasSubstr("cannot reach the service"));
}

TEST_F(ProgramTest, ErrorsAreJsonTooWhenAskedFor) {
  EXPECT_EQ(Run({"--json", "sign", Path("missing.pdf"), "--idp", Idp(), "--relying-party", "demo"}),
            2);
  EXPECT_EQ(Json()["error"]["exit_code"], 2);
  EXPECT_THAT(Err(), StartsWith("error: cannot read "));
}

TEST_F(ProgramTest, LabelTakesOneValueAndNotTheNextFile) {
  EXPECT_EQ(Run({"binding", "--label", "Lease", Path("a.pdf"), "--relying-party", "demo"}), 0)
      << Err();
}

TEST_F(ProgramTest, HelpIsZeroAndShowsAnExampleForEveryCommand) {
  for (const char* command : {"binding", "login", "sign", "verify", "timestamp", "certificates",
                              "evidence", "bench", "session"}) {
    EXPECT_EQ(Run({command, "--help"}), 0);
    EXPECT_THAT(Out(), HasSubstr("Example")) << command;
    EXPECT_THAT(Out(), HasSubstr(absl::StrCat("enkrat ", command))) << command;
  }
}

TEST_F(ProgramTest, WrongUseIsSixtyFour) {
  const std::string file = Path("a.pdf");
  const std::vector<std::vector<std::string>> calls = {
      {},
      {"frobnicate"},
      {"sign"},
      {"sign", file},
      {"sign", file, "--token", "t"},
      {"sign", file, "--idp", Idp()},
      {"sign", file, "--idp", Idp(), "--token", "t", "--request-id", "x"},
      {"sign", file, "--idp", Idp(), "--relying-party", "demo", "--key", "rsa1024"},
      {"sign", file, "--idp", Idp(), "--relying-party", "demo", "--format", "pades"},
      {"sign", file, "--idp", "http://idp.example", "--relying-party", "demo"},
      {"binding", file},
      {"binding", file, file, "--relying-party", "demo", "--container", "asic-e"},
      {"binding", file, Path("b.pdf"), "--relying-party", "demo", "--container", "asic-s"},
      {"sign", file, Path("b.pdf"), "--token", "t", "--container", "asic-s"},
      {"session"},
      {"session", "get"},
      {"session", "get", "no-uuid"},
      {"certificates"},
      {"certificates", "get"},
      {"certificates", "get", "--serial", "1", "--fingerprint", "2"},
      {"certificates", "get", "--fingerprint", "xyz"},
      {"certificates", "export", "-o", "x"},
      {"certificates", "list", "--page-size", "1001"},
      {"evidence", "show", "00112233445566778899aabbccddeeff"},
      {"bench", "--mode", "closed"},
      {"bench", "--mode", "tsa"},
      {"bench", "--mode", "sideways"},
      {"--timeout", "0", "certificates", "list"},
      {"--timeout", "inf", "certificates", "list"},
      {"--tls-ca", "x", "certificates", "list"},
  };
  for (const auto& call : calls) {
    EXPECT_EQ(Run(call), 64) << ::testing::PrintToString(call) << Err();
    EXPECT_THAT(Err(), StartsWith("error: "));
  }
}

TEST_F(ProgramTest, VerifyOfSomethingThatIsNoSignatureIsOne) {
  const auto key = testing::SoftwareSigningKey::Generate();
  const BioPtr roots(BIO_new_file(Path("root.pem").c_str(), "w"));
  PEM_write_bio_X509(roots.get(), SelfSigned(*key, "Root").get());
  BIO_flush(roots.get());
  EXPECT_EQ(
      Run({"verify", Path("a.pdf"), "--signature", Path("a.pdf"), "--roots", Path("root.pem")}), 1);
  EXPECT_THAT(Err(), HasSubstr(Path("a.pdf") + ": "));
}

TEST_F(ProgramTest, VerifyWithRootsThatAreNoPemNamesTheirFile) {
  EXPECT_EQ(Run({"verify", Path("a.pdf"), "--signature", Path("a.pdf"), "--roots", Path("a.pdf")}),
            1);
  EXPECT_THAT(Err(), HasSubstr(Path("a.pdf") + ": reading PEM certificates"));
}

TEST_F(ProgramTest, RequestIdThatIsNoUuidIsNamedOnce) {
  EXPECT_EQ(Run({"sign", Path("a.pdf"), "--token", Path("a.pdf"), "--request-id", "x"}), 64);
  EXPECT_EQ(Err(), "error: intent.request_id: is not a lower-case UUID\n");
}

TEST_F(ProgramTest, RootsTakeOneFileAndTheNextIsWhatIsVerified) {
  EXPECT_EQ(Run({"verify", "--roots", Path("nowhere.pem"), Path("a.pdf"), "--verbose"}), 2);
  EXPECT_THAT(Err(), HasSubstr("nowhere.pem"));
}

TEST_F(ProgramTest, VerifyWithoutRootsFileIsTwo) {
  EXPECT_EQ(Run({"verify", Path("a.pdf"), "--roots", Path("nowhere.pem")}), 2);
}

TEST_F(ProgramTest, EvidenceOfALedgerThatIsNotThereIsTwoAndMakesNone) {
  EXPECT_EQ(
      Run({"evidence", "show", "00112233445566778899aabbccddeeff", "--store", Path("ledger.db")}),
      2);
  EXPECT_FALSE(FileExists(Path("ledger.db")));
}

TEST(RunWithoutExceptionsTest, ExceptionOfALibraryIsTwoAndOneLine) {
  const absl::Status status = RunWithoutExceptions(
      []() -> absl::Status { throw std::runtime_error("no thread can be made"); });
  EXPECT_EQ(ExitCodeFor(status), kExitUnavailable);
  EXPECT_EQ(ErrorLine(status), "error: no thread can be made");
}

TEST_F(ProgramTest, BenchWithoutANameLogsInAsACompletePerson) {
  ASSERT_EQ(Run({"bench", "--idp", Idp(), "--relying-party", "demo", "--format", "raw", "--warm-up",
                 "0", "--seconds", "300", "--sessions", "1"}),
            0)
      << Err();
  const std::vector<std::string> parts = absl::StrSplit(service_.last_assertion(), '.');
  ASSERT_EQ(parts.size(), 3u);
  const auto claims = nlohmann::json::parse(ToString(FromBase64Url(parts[1]).value()));
  for (const char* claim : {"given_name", "family_name", "country"}) {
    EXPECT_TRUE(claims.contains(claim)) << claims;
  }
}

TEST_F(ProgramTest, BenchInWhichNothingSucceedsIsOneAndSaysWhy) {
  service_.AnswerWith(grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "No."));
  EXPECT_EQ(Run({"bench", "--idp", Idp(), "--relying-party", "demo", "--format", "raw", "--warm-up",
                 "0", "--seconds", "300", "--sessions", "3"}),
            1);
  EXPECT_THAT(Err(), HasSubstr("error: no operation succeeded: 3 x "));
}

TEST_F(ProgramTest, BenchWithoutAProviderIsTwoAndSaysSo) {
  const std::string idp = Idp();
  http_.reset();
  EXPECT_EQ(Run({"bench", "--idp", idp, "--relying-party", "demo"}), 2);
  EXPECT_THAT(Err(), StartsWith("error: "));
}

TEST_F(ProgramTest, BenchPrintsOneLineOfJson) {
  ASSERT_EQ(Run({"--json", "bench", "--idp", Idp(), "--relying-party", "demo", "--format", "raw",
                 "--warm-up", "0", "--seconds", "300", "--sessions", "60"}),
            0)
      << Err();
  EXPECT_EQ(Json()["operations"], 60);
  EXPECT_EQ(Json()["verification_failures"], 0);
  EXPECT_THAT(Err(), HasSubstr("ops/s"));
}

}  // namespace
}  // namespace enkrat::cli
