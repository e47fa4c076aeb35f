// `enkrat pin` and `enkrat sign --pin-file` against the real service.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/pin_calls.h"
#include "tests/integration/running_service.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPin[] = "739251";
constexpr char kNewPin[] = "58d2k7";

class PinCommandTest : public RunningService {
 protected:
  static void SetUpTestSuite() { StartService({.settings = PinSettings()}); }

  static std::string SecretFile(const std::string& name, const std::string& secret) {
    const std::string path = service().File(name);
    WriteText(path, secret + "\n");
    std::filesystem::permissions(path, std::filesystem::perms(0600));
    return path;
  }

  // `enkrat --json pin <words> <login of this person>`.
  static ProgramOutcome Pin(std::vector<std::string> words, const std::string& sub) {
    words.insert(words.begin(), {"--json", "pin"});
    for (std::string& word : service().LoginOptions()) words.push_back(std::move(word));
    words.insert(words.end(), {"--sub", sub});
    return service().Enkrat(std::move(words));
  }
  static std::string Text(const ProgramOutcome& outcome, const char* member) {
    const auto json = nlohmann::json::parse(outcome.out, nullptr, /*allow_exceptions=*/false);
    return json.is_object() ? json.value(member, "") : "";
  }
  static ProgramOutcome SignAs(const std::string& sub, const std::string& document,
                               const std::string& pin_file) {
    return Sign({MakeDocument(document), "--sub", sub, "--pin-file", pin_file});
  }
};

TEST_F(PinCommandTest, WholeLife) {
  const std::string out = service().File("enrolment.json");
  ASSERT_THAT(Pin({"enrol", "--out", out}, "cli"), Succeeds());
  EXPECT_EQ(std::filesystem::status(out).permissions(), std::filesystem::perms(0600));
  const auto enrolment = nlohmann::json::parse(ReadText(out));
  const std::string transport = SecretFile("transport", enrolment["transport_pin"]);
  const std::string puk = SecretFile("puk", enrolment["puk"]);
  const std::string pin = SecretFile("pin", kPin);
  const std::string new_pin = SecretFile("new-pin", kNewPin);
  EXPECT_EQ(Text(Pin({"status"}, "cli"), "state"), "transport");
  ASSERT_THAT(Pin({"activate", "--transport-pin-file", transport, "--new-pin-file", pin}, "cli"),
              Succeeds());
  EXPECT_THAT(SignAs("cli", "one.txt", pin), Succeeds());
  ASSERT_THAT(Pin({"change", "--pin-file", pin, "--new-pin-file", new_pin}, "cli"), Succeeds());
  const ProgramOutcome wrong = SignAs("cli", "two.txt", pin);
  EXPECT_THAT(wrong, ExitsWith(1));
  EXPECT_THAT(wrong.err, HasSubstr("SIGNING_PIN_REJECTED"));
  EXPECT_THAT(wrong.err, Not(HasSubstr(kPin)));
  EXPECT_THAT(SignAs("cli", "two.txt", pin), ExitsWith(1));
  EXPECT_THAT(SignAs("cli", "two.txt", pin).err, HasSubstr("SIGNING_PIN_LOCKED"));
  EXPECT_EQ(Text(Pin({"status"}, "cli"), "state"), "locked");
  ASSERT_THAT(Pin({"unblock", "--puk-file", puk, "--new-pin-file", pin}, "cli"), Succeeds());
  EXPECT_THAT(SignAs("cli", "two.txt", pin), Succeeds());
  EXPECT_EQ(Text(Pin({"revoke"}, "cli"), "state"), "revoked");
  EXPECT_THAT(Pin({"revoke"}, "cli"), ExitsWith(1));
}

TEST_F(PinCommandTest, EnrolmentIsPrintedWhereNoFileIsGiven) {
  const ProgramOutcome outcome = Pin({"enrol"}, "printed");
  ASSERT_THAT(outcome, Succeeds());
  EXPECT_EQ(Text(outcome, "puk").size(), 8u);
  EXPECT_THAT(Pin({"enrol"}, "printed").err, HasSubstr("SIGNING_PIN_EXISTS"));
}

TEST_F(PinCommandTest, FileThatExistsIsNotWrittenOver) {
  EXPECT_THAT(Pin({"enrol", "--out", SecretFile("mine", "kept")}, "careful"), ExitsWith(64));
  EXPECT_EQ(ReadText(service().File("mine")), "kept\n");
  EXPECT_EQ(Text(Pin({"status"}, "careful"), "state"), "none");
}

TEST_F(PinCommandTest, SecretsAreNotTakenWithoutATerminalOrFromAnOpenFile) {
  EXPECT_THAT(Pin({"change"}, "careless"), ExitsWith(64));
  const std::string open = SecretFile("open", kPin);
  std::filesystem::permissions(open, std::filesystem::perms(0644));
  const ProgramOutcome outcome =
      Pin({"change", "--pin-file", open, "--new-pin-file", SecretFile("n", kNewPin)}, "careless");
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("open"));
}

TEST_F(PinCommandTest, PinToSignWithNeedsTheRelyingPartyThatItIsBoundTo) {
  EXPECT_THAT(service().Enkrat({"sign", MakeDocument("unbound.txt"), "--token", "absent.jwt",
                                "--request-id", NewRequestId(), "--pin-file",
                                SecretFile("unbound-pin", kPin)}),
              ExitsWith(64));
}

TEST_F(PinCommandTest, LoginOfTheOwnProviderIsBoundByHand) {
  const ProgramOutcome binding =
      service().Enkrat({"--json", "pin", "binding", "status", "--relying-party", "demo"});
  ASSERT_THAT(binding, Succeeds());
  WriteText(service().File("status.jwt"),
            service().IdToken({{"sub", "hand"}, {"nonce", Text(binding, "nonce")}}));
  const ProgramOutcome status =
      service().Enkrat({"--json", "pin", "status", "--token", service().File("status.jwt"),
                        "--request-id", Text(binding, "request_id")});
  ASSERT_THAT(status, Succeeds());
  EXPECT_EQ(Text(status, "state"), "none");
  EXPECT_THAT(service().Enkrat({"pin", "status", "--token", service().File("status.jwt")}),
              ExitsWith(64));
  EXPECT_THAT(service().Enkrat({"pin", "binding", "nothing", "--relying-party", "demo"}),
              ExitsWith(64));
}

}  // namespace
}  // namespace enkrat::testing
