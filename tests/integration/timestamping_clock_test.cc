// The real service under a clock that is stepped, drifts off, or was set back between two runs
// (libfaketime): it answers timeNotAvailable, and genTime never goes back (invariant 7).
#include <filesystem>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/integration/running_service.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Debian's package faketime.
std::string FakeTimeLibrary() {
  for (const char* path : {"/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
                           "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"}) {
    if (std::filesystem::exists(path)) return path;
  }
  return "this test needs faketime";
}

// Starts the service as each case needs it; one ceremony for all of them.
class TimestampingClockTest : public RunningService {
 protected:
  static void SetUpTestSuite() { StartService(); }

  // After a loss four seconds of good polls are needed: long enough for an Ask to fall into them on
  // a machine that is busy.
  void SetUp() override {
    service().Kill();
    defaults_ = service().settings();
    service().settings()["timestamping.own"] =
        "{chain_file: service/tsu-chain.pem, clock: {poll_interval: 200ms, good_polls: 20}}";
    SetClock("+0s");
  }
  void TearDown() override {
    service().Kill();
    service().settings() = defaults_;
    service().environment().clear();
    std::filesystem::remove(service().File("gen-time-mark"));
  }

  // What the service's clock is off by, from within a second on. Renamed into place: libfaketime
  // reads the file whenever it likes.
  static void SetClock(const std::string& offset) {
    WriteText(service().File("clock.new"), offset + "\n");
    std::filesystem::rename(service().File("clock.new"), service().File("clock"));
  }
  static void Start() {
    service().environment() = {{"LD_PRELOAD", FakeTimeLibrary()},
                               {"FAKETIME_TIMESTAMP_FILE", service().File("clock")},
                               {"FAKETIME_CACHE_DURATION", "1"},
                               {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}};
    ASSERT_THAT(service().Start(), IsOk());
  }

  // The answer to a query in OpenSSL's words.
  static std::string Ask() {
    const std::string document = MakeDocument("clock.txt");
    Execute({"openssl", "ts", "-query", "-data", document, "-sha256", "-cert", "-out",
             document + ".tsq"});
    Execute({"curl", "-sS", "--max-time", "20", "-H", "Content-Type: application/timestamp-query",
             "--data-binary", "@" + document + ".tsq", "-o", document + ".tsr",
             service().http_url() + "/tsa"});
    return Execute({"openssl", "ts", "-reply", "-in", document + ".tsr", "-text"}).out;
  }
  // Until the answer holds these words; the last one.
  static std::string AskUntil(const std::string& words) {
    const absl::Time until = absl::Now() + absl::Seconds(30);
    std::string answer;
    do {
      answer = Ask();
    } while (answer.find(words) == std::string::npos && absl::Now() < until);
    return answer;
  }
  static absl::Time GenTime(const std::string& answer) {
    const size_t begin = answer.find("Time stamp: ");
    absl::Time time = absl::InfinitePast();
    if (begin == std::string::npos) return time;
    const size_t end = answer.find(" GMT", begin);
    std::string error;
    absl::ParseTime("%b %d %H:%M:%E*S %Y", answer.substr(begin + 12, end - begin - 12), &time,
                    &error);
    return time;
  }

  ServiceSettings defaults_;
};

constexpr char kGranted[] = "Status: Granted";
constexpr char kUnavailable[] = "time source is not available";

TEST_F(TimestampingClockTest, StepForwardIsRefusedUntilTheClockHasBeenSteady) {
  Start();
  ASSERT_THAT(Ask(), HasSubstr(kGranted));
  SetClock("+10s");
  EXPECT_THAT(AskUntil(kUnavailable), HasSubstr(kUnavailable));
  EXPECT_THAT(AskUntil(kGranted), HasSubstr(kGranted));
}

TEST_F(TimestampingClockTest, StepBackIsRefusedUntilTheClockHasCaughtUp) {
  Start();
  const absl::Time before = GenTime(Ask());
  ASSERT_GT(before, absl::InfinitePast());
  SetClock("-10s");
  EXPECT_THAT(AskUntil(kUnavailable), HasSubstr(kUnavailable));
  EXPECT_GE(GenTime(AskUntil(kGranted)), before);
}

TEST_F(TimestampingClockTest, KilledServiceNeverGoesBackEvenIfTheClockWasSetBack) {
  Start();
  const absl::Time before = GenTime(Ask());
  ASSERT_GT(before, absl::InfinitePast());
  service().Kill();
  SetClock("-60s");
  Start();
  EXPECT_THAT(Ask(), HasSubstr(kUnavailable));
  SetClock("+0s");
  EXPECT_GE(GenTime(AskUntil(kGranted)), before);
}

TEST_F(TimestampingClockTest, KilledServiceGoesOnWhereTheClockIsRight) {
  absl::Time latest = absl::InfinitePast();
  for (int run = 0; run < 3; ++run) {
    Start();
    const absl::Time gen_time = GenTime(AskUntil(kGranted));
    EXPECT_GE(gen_time, latest);
    latest = gen_time;
    service().Kill();
  }
}

TEST_F(TimestampingClockTest, MarkThatIsNoMarkIsNotServedFrom) {
  WriteText(service().File("gen-time-mark"), "soon\n");
  service().WriteConfiguration();
  const ProgramOutcome outcome = RunProgram(service().DaemonCall());
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("gen-time-mark"));
}

TEST_F(TimestampingClockTest, ServersThatDoNotAnswerAreNotServedFrom) {
  service().settings()["timestamping.own"] =
      "{chain_file: service/tsu-chain.pem, clock: {ntp_servers: [\"127.0.0.1:9\"], ntp_timeout: "
      "100ms}}";
  Start();
  EXPECT_THAT(Ask(), HasSubstr(kUnavailable));
}

}  // namespace
}  // namespace enkrat::testing
