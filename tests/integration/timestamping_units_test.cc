// Several units, and a new key while the service runs: judged by openssl ts and cms.
#include <csignal>
#include <filesystem>
#include <string>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "tests/integration/running_service.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class TimestampingUnitsTest : public RunningService {
 protected:
  static void SetUpTestSuite() { StartService(); }

  // A token over a document of this name: queried, fetched, read by OpenSSL.
  static std::string Ask(const std::string& name, std::vector<std::string> more = {}) {
    const std::string document = MakeDocument(name);
    more.insert(more.begin(), {"openssl", "ts", "-query", "-data", document, "-sha256", "-cert",
                               "-out", document + ".tsq"});
    Execute(std::move(more));
    Execute({"curl", "-sS", "--max-time", "20", "-H", "Content-Type: application/timestamp-query",
             "--data-binary", "@" + document + ".tsq", "-o", document + ".tsr",
             service().http_url() + "/tsa"});
    return Execute({"openssl", "ts", "-reply", "-in", document + ".tsr", "-text"}).out;
  }
  static ProgramOutcome Verify(const std::string& name) {
    const std::string document = service().File(name);
    return Execute({"openssl", "ts", "-verify", "-queryfile", document + ".tsq", "-in",
                    document + ".tsr", "-CAfile", service().ServiceFile("root.pem")});
  }
  static std::string SignerOf(const std::string& name) {
    const std::string document = service().File(name);
    Execute({"openssl", "ts", "-reply", "-in", document + ".tsr", "-token_out", "-out",
             document + ".der"});
    Execute({"openssl", "cms", "-verify", "-inform", "DER", "-in", document + ".der", "-noverify",
             "-signer", document + ".pem", "-out", "/dev/null"});
    return Execute({"openssl", "x509", "-in", document + ".pem", "-noout", "-serial"}).out;
  }
  static ProgramOutcome Certificates(std::vector<std::string> words) {
    words.insert(words.begin(), "certificates");
    words.insert(words.end(), {"--config", service().File("enkratd.yaml")});
    return service().Enkrat(std::move(words));
  }
  // At once, as the command does: half a register is none, and the service would refuse for good.
  static void ReplaceText(const std::string& path, const std::string& text) {
    WriteText(path + ".new", text);
    std::filesystem::rename(path + ".new", path);
  }
};

TEST_F(TimestampingUnitsTest, RenewedUnitAnswersWithoutARestartAndWithoutAGap) {
  ASSERT_THAT(Ask("before.txt"), HasSubstr("Status: Granted"));
  const std::string before = SignerOf("before.txt");
  ASSERT_THAT(Certificates({"renew", "timestamping-unit"}), Succeeds());
  const absl::Time until = absl::Now() + absl::Seconds(20);
  std::string after = before;
  while (after == before && absl::Now() < until) {
    ASSERT_THAT(Ask("after.txt"), HasSubstr("Status: Granted"));
    after = SignerOf("after.txt");
  }
  EXPECT_NE(after, before);
  EXPECT_THAT(Verify("before.txt"), Succeeds());
  EXPECT_THAT(Verify("after.txt"), Succeeds());
}

// A renewal writes chain and register one after the other; the service may look in between.
TEST_F(TimestampingUnitsTest, UnitThatCannotBeUsedYetIsTakenUpWhenItCan) {
  ASSERT_THAT(Certificates({"renew", "ocsp-responder"}), Succeeds());  // there is a register now
  ASSERT_THAT(Ask("first.txt"), HasSubstr("Status: Granted"));
  const std::string before = SignerOf("first.txt");
  const std::string registered = service().ServiceFile("certificate-register.json");
  service().daemon().Signal(SIGSTOP);
  const std::string old_register = ReadText(registered);
  const ProgramOutcome renewed = Certificates({"renew", "timestamping-unit"});
  const std::string new_register = ReadText(registered);
  ReplaceText(registered, old_register);
  service().daemon().Signal(SIGCONT);
  ASSERT_THAT(renewed, Succeeds());
  ASSERT_NE(old_register, new_register);
  const absl::Time until = absl::Now() + absl::Seconds(20);
  do {
    ASSERT_THAT(Ask("between.txt"), HasSubstr("Status: Granted"));
  } while (!absl::StrContains(service().daemon().err(), "cannot be used") && absl::Now() < until);
  EXPECT_EQ(SignerOf("between.txt"), before);
  ReplaceText(registered, new_register);
  std::string after = before;
  while (after == before && absl::Now() < until) {
    ASSERT_THAT(Ask("after.txt"), HasSubstr("Status: Granted"));
    after = SignerOf("after.txt");
  }
  EXPECT_NE(after, before);
}

TEST_F(TimestampingUnitsTest, PolicyThatNoUnitHasIsRefused) {
  EXPECT_THAT(Ask("policy.txt", {"-tspolicy", "1.2.3.4"}), HasSubstr("the policy is not offered"));
}

TEST_F(TimestampingUnitsTest, QualifiedTokensNeedACertificateThatClaimsIt) {
  service().Kill();
  service().settings()["timestamping.own"] = "{chain_file: service/tsu-chain.pem, qualified: true}";
  service().WriteConfiguration();
  const ProgramOutcome refused = RunProgram(service().DaemonCall());
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, HasSubstr("does not claim qualified timestamps"));
  ASSERT_THAT(Certificates({"reissue", "timestamping-unit", "--qualified"}), Succeeds());
  ASSERT_THAT(service().Start(), IsOk());
  EXPECT_THAT(Ask("qualified.txt"), HasSubstr("qcStatements"));
  EXPECT_THAT(Verify("qualified.txt"), Succeeds());
}

TEST_F(TimestampingUnitsTest, TooManyRequestsOfOneAddressAreToldSo) {
  service().Kill();
  service().settings()["timestamping.own"] =
      "{chain_file: service/tsu-chain.pem, http_requests_per_second: 1}";
  ASSERT_THAT(service().Start(), IsOk());
  std::string last;
  for (int i = 0; i < 20 && last != "429"; ++i) {
    last = Execute({"curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H",
                    "Content-Type: application/timestamp-query", "--data-binary", "x",
                    service().http_url() + "/tsa"})
               .out;
  }
  EXPECT_EQ(last, "429");
}

}  // namespace
}  // namespace enkrat::testing
