// What survives an end of the service: results and spent assertions do, running calls are finished
// first, and a start that cannot be right is refused.
#include <google/protobuf/util/message_differencer.h>

#include <filesystem>
#include <future>
#include <string>

#include "tests/integration/running_service.h"
#include "tests/integration/sign_calls.h"
#include "tests/support/softhsm_token.h"

namespace enkrat::testing {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

// OpenSC's module that stands before another and writes down every call.
std::string SpyModule() {
  for (const char* path :
       {"/usr/lib/x86_64-linux-gnu/pkcs11-spy.so", "/usr/lib/aarch64-linux-gnu/pkcs11-spy.so",
        "/usr/lib64/pkcs11-spy.so"}) {
    if (std::filesystem::exists(path)) return path;
  }
  return "this test needs opensc-pkcs11";
}

constexpr int kUnavailable = 14;
constexpr int kUnauthenticated = 16;

// Starts and ends the service as its case needs it; one ceremony for all of them.
class RestartTest : public RunningService {
 protected:
  static void SetUpTestSuite() { StartService(); }

  void SetUp() override { defaults_ = service().settings(); }
  void TearDown() override {
    service().Kill();
    service().settings() = defaults_;
    service().environment().clear();
  }

  static void Start() { ASSERT_THAT(service().Start(), IsOk()); }
  // To the end of a start that fails.
  static ProgramOutcome StartInVain() {
    service().Kill();
    service().WriteConfiguration();
    return RunProgram(service().DaemonCall());
  }
  static CallOutcome Send(const v1::SignRequest& request, v1::SignResponse* response = nullptr) {
    return GrpcCaller({service().grpc_target()}).Call(kSign, request, response);
  }
  static v1::SignRequest NewRequest() {
    return BoundRequest(service(), GrpcCaller({service().grpc_target()}));
  }
  static bool SameButForReplayed(v1::SignResponse first, v1::SignResponse second) {
    first.clear_replayed();
    second.clear_replayed();
    return google::protobuf::util::MessageDifferencer::Equals(first, second);
  }

 private:
  ServiceSettings defaults_;
};

TEST_F(RestartTest, RepeatedRequestReturnsTheFirstResultAfterARestart) {
  Start();
  const v1::SignRequest request = NewRequest();
  v1::SignResponse first;
  ASSERT_THAT(Send(request, &first), IsGranted());
  EXPECT_FALSE(first.replayed());
  ASSERT_THAT(service().Restart(), IsOk());
  v1::SignResponse second;
  ASSERT_THAT(Send(request, &second), IsGranted());
  EXPECT_TRUE(second.replayed());
  EXPECT_TRUE(SameButForReplayed(first, second));
}

TEST_F(RestartTest, RepeatedRequestReturnsTheFirstResultAfterAKill) {
  Start();
  const v1::SignRequest request = NewRequest();
  v1::SignResponse first;
  ASSERT_THAT(Send(request, &first), IsGranted());
  service().Kill();
  Start();
  v1::SignResponse second;
  ASSERT_THAT(Send(request, &second), IsGranted());
  EXPECT_TRUE(second.replayed());
  EXPECT_TRUE(SameButForReplayed(first, second));
}

TEST_F(RestartTest, AssertionIsSpentForGood) {
  // Not bound to a request, so that nothing but the ledger stands against its second use.
  service().settings()["relying_parties"] =
      "[{id: demo, levels: [{level: advanced, binding: optional}]}]";
  Start();
  v1::SignRequest request = UnboundRequest();
  request.set_assertion(service().IdToken({}));
  ASSERT_THAT(Send(request), IsGranted());
  request.mutable_intent()->set_request_id(NewRequestId());
  EXPECT_THAT(Send(request), Refuses(kUnauthenticated, "ASSERTION_REJECTED")) << "before";
  service().Kill();
  Start();
  request.mutable_intent()->set_request_id(NewRequestId());
  EXPECT_THAT(Send(request), Refuses(kUnauthenticated, "ASSERTION_REJECTED")) << "after";
}

TEST_F(RestartTest, TerminationLetsRunningCallsFinish) {
  service().settings()["hsm.sessions"] = "1";  // so that they queue
  Start();
  const GrpcCaller caller({service().grpc_target()});
  const std::vector<std::string> requests = LongRequests(service(), caller, 4);
  auto outcomes =
      std::async(std::launch::async, [&] { return caller.CallAtOnce(kSign, requests); });
  // One is done: the others, sent with it, are in the house.
  ASSERT_TRUE(service().daemon().WaitForLine("\"method\":\"Sign\"").has_value());
  EXPECT_EQ(service().Terminate(), 0);
  EXPECT_THAT(outcomes.get(), Each(IsGranted()));
  EXPECT_THAT(service().daemon().err(), AllOf(HasSubstr("draining"), HasSubstr("stopped")));
  EXPECT_EQ(Send(UnboundRequest()).code, kUnavailable) << "the port is closed";
  EXPECT_THAT(Execute({"curl", "-sS", service().http_url() + "/healthz"}), ExitsWith(7));
}

TEST_F(RestartTest, SecondServiceOnTheSameStoreIsRefused) {
  Start();
  service().settings()["server.port_file"] = "second.json";
  service().WriteConfiguration();
  const ProgramOutcome second = RunProgram(service().DaemonCall());
  EXPECT_THAT(second, ExitsWith(1));
  EXPECT_THAT(second.err, HasSubstr("another process has the ledger open"));
  EXPECT_FALSE(std::filesystem::exists(service().File("second.json")));
  EXPECT_THAT(Send(NewRequest()), IsGranted()) << "the first is not disturbed";
}

TEST_F(RestartTest, WrongPinIsRefusedAfterOneAttempt) {
  const std::string log = service().File("spy.log");
  service().settings()["hsm.module"] = SpyModule();
  service().environment() = {{"PKCS11SPY", SoftHsmDirectory::ModulePath()},
                             {"PKCS11SPY_OUTPUT", log}};
  WriteText(service().File("wrong-pin"), "000000");
  std::filesystem::permissions(service().File("wrong-pin"), std::filesystem::perms::owner_read);
  service().settings()["hsm.pin"] = "{file: wrong-pin}";
  const ProgramOutcome outcome = StartInVain();
  EXPECT_THAT(outcome, ExitsWith(4));
  EXPECT_THAT(outcome.err, HasSubstr("PIN_REJECTED"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("000000")));
  const std::string calls = ReadText(log);
  const size_t login = calls.find(": C_Login\n");
  ASSERT_NE(login, std::string::npos) << calls.substr(0, 2000);
  EXPECT_EQ(calls.find(": C_Login\n", login + 1), std::string::npos);
}

TEST_F(RestartTest, MissingKeyIsRefusedAndNamed) {
  service().settings()["hsm.issuing_ca_key"] = "another-ca";
  const ProgramOutcome outcome = StartInVain();
  EXPECT_THAT(outcome, ExitsWith(1));
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("another-ca"), HasSubstr("NOT_FOUND")));
}

TEST_F(RestartTest, CaKeyThatIsNotTheCertificatesIsRefused) {
  service().settings()["hsm.issuing_ca_key"] = "timestamping-unit";
  const ProgramOutcome outcome = StartInVain();
  EXPECT_THAT(outcome, ExitsWith(1));
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("timestamping-unit"), HasSubstr("CONFIGURATION_INVALID")));
}

TEST_F(RestartTest, TimestampingKeyThatIsNotTheCertificatesIsRefused) {
  service().settings()["hsm.timestamping_key"] = "issuing-ca";
  EXPECT_THAT(StartInVain(), ExitsWith(1));
}

TEST_F(RestartTest, PinFileThatOthersCanReadIsRefused) {
  WriteText(service().File("open-pin"), service().user_pin());
  std::filesystem::permissions(service().File("open-pin"), std::filesystem::perms(0644));
  service().settings()["hsm.pin"] = "{file: open-pin}";
  const ProgramOutcome outcome = StartInVain();
  EXPECT_THAT(outcome, ExitsWith(1));
  EXPECT_THAT(outcome.err, HasSubstr("open-pin"));
  EXPECT_THAT(outcome.err, Not(HasSubstr(service().user_pin())));
}

TEST_F(RestartTest, AnotherTokenIsRefused) {
  service().settings()["hsm.token_label"] = "no-such-token";
  const ProgramOutcome outcome = StartInVain();
  EXPECT_THAT(outcome, ExitsWith(1));
  EXPECT_THAT(outcome.err, HasSubstr("no-such-token"));
}

TEST_F(RestartTest, PortThatIsTakenIsRefused) {
  Start();
  const std::string taken = service().grpc_target();
  service().settings()["server.grpc_listen"] = taken;
  service().settings()["store.path"] = "second.db";
  service().WriteConfiguration();
  const ProgramOutcome outcome = RunProgram(service().DaemonCall());
  EXPECT_THAT(outcome, ExitsWith(1));
  EXPECT_THAT(outcome.err, HasSubstr(taken));
}

TEST_F(RestartTest, InterruptStopsItAsTerminationDoes) {
  Start();
  service().daemon().Signal(SIGINT);
  EXPECT_EQ(service().daemon().WaitForExit(), 0);
}

}  // namespace
}  // namespace enkrat::testing
