// enkratd as a program: what keeps it up, what ends it, what it writes.
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "tests/integration/running_service.h"

namespace enkrat::testing {
namespace {

constexpr int kExitPinRefused = 4;

// The watchdog asks every 20 ms and gives up after three failures.
ServiceEnvironment::Options TlsAndAnEagerWatchdog() {
  return {.mutual_tls = true, .settings = {{"server.watchdog_interval", "20ms"}}};
}

TEST(DaemonTest, ServiceWithTlsOutlivesItsWatchdog) {
  ServiceEnvironment service(TlsAndAnEagerWatchdog());
  ASSERT_THAT(service.Start(), IsOk());
  EXPECT_EQ(service.daemon().WaitForExit(absl::Seconds(1)), std::nullopt) << service.daemon().err();
}

TEST(DaemonTest, ServiceWithoutTlsOutlivesItsWatchdog) {
  ServiceEnvironment service({.settings = {{"server.watchdog_interval", "20ms"}}});
  ASSERT_THAT(service.Start(), IsOk());
  EXPECT_EQ(service.daemon().WaitForExit(absl::Seconds(1)), std::nullopt) << service.daemon().err();
}

// The watchdog's connections are such handshakes too.
TEST(DaemonTest, FailedHandshakesLeaveNoLinesThatAreNotJson) {
  ServiceEnvironment service(TlsAndAnEagerWatchdog());
  ASSERT_THAT(service.Start(), IsOk());
  Execute({"curl", "-sk", "--max-time", "5", "https://" + service.grpc_target()});
  EXPECT_EQ(service.Terminate(), 0);
  for (const std::string& line :
       std::vector<std::string>(absl::StrSplit(service.daemon().err(), '\n', absl::SkipEmpty()))) {
    EXPECT_EQ(line.front(), '{') << line;
  }
}

TEST(DaemonTest, RefusedPinEndsWithACodeOfItsOwn) {
  ServiceEnvironment service({.settings = {{"hsm.pin", "{file: wrong-pin}"}}});
  WriteText(service.File("wrong-pin"), "not the PIN\n");
  std::filesystem::permissions(service.File("wrong-pin"), std::filesystem::perms::owner_read);
  service.WriteConfiguration();
  const ProgramOutcome outcome = RunProgram(service.DaemonCall());
  EXPECT_THAT(outcome, ExitsWith(kExitPinRefused));
  EXPECT_THAT(outcome.err, ::testing::HasSubstr("PIN_REJECTED"));
  EXPECT_THAT(outcome.err, ::testing::Not(::testing::HasSubstr("not the PIN")));
}

TEST(DaemonTest, MissingTokenIsAnOrdinaryFailureToStart) {
  ServiceEnvironment service({.settings = {{"hsm.token_label", "nobody"}}});
  service.WriteConfiguration();
  EXPECT_THAT(RunProgram(service.DaemonCall()), ExitsWith(1));
}

}  // namespace
}  // namespace enkrat::testing
