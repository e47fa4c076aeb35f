// Relying parties that come and go while the service runs, and what each is told at its limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "tests/integration/running_service.h"
#include "tests/integration/sign_calls.h"
#include "tests/support/paths.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

constexpr int kPermissionDenied = 7;
constexpr int kResourceExhausted = 8;

class RelyingPartyTest : public ::testing::Test {
 protected:
  RelyingPartyTest()
      : service_({.mutual_tls = true, .settings = {{"relying_parties_folder", "parties"}}}) {
    fs::create_directory(service_.File("parties"));
    chmod(service_.File("parties").c_str(), 0755);
  }
  void SetUp() override { ASSERT_THAT(service_.Start(), IsOk()); }

  ProgramOutcome Rp(std::vector<std::string> words) const {
    words.insert(words.begin(), {BinaryPath("bin/enkrat"), "rp"});
    words.insert(words.end(), {"--config", service_.File("enkratd.yaml")});
    return Execute(std::move(words));
  }
  void Put(const std::string& id, const std::string& more) const {
    WriteText(service_.File(id + ".draft"), "id: " + id + "\ncertificate_sans: [\"DNS:" + id +
                                                ".example\"]\nlevels: [{level: advanced" +
                                                (more.empty() ? "}]\n" : more));
    chmod(service_.File(id + ".draft").c_str(), 0644);
    fs::rename(service_.File(id + ".draft"), service_.File("parties/" + id + ".yaml"));
  }
  GrpcCaller Party(const std::string& id) const {
    service_.tls().Issue(id, "DNS:" + id + ".example");
    return GrpcCaller({.target = service_.grpc_target(),
                       .ca_file = service_.tls().CaFile(),
                       .certificate_file = service_.tls().CertificateFile(id),
                       .key_file = service_.tls().KeyFile(id)});
  }
  static absl::CivilDay Today() { return absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()); }
  // Calls again where midnight has given a quota of `most` anew since `day`.
  static CallOutcome UseUp(const std::function<CallOutcome()>& call, absl::CivilDay day, int most) {
    CallOutcome outcome = call();
    for (int i = 0; i < most && outcome.ok() && Today() != day; ++i) outcome = call();
    return outcome;
  }
  static CallOutcome Ask(const GrpcCaller& caller) { return caller.Call(kGetChain, std::string()); }
  // Asks until the answer is this one; the folder is looked at every second.
  static bool Becomes(const GrpcCaller& caller, const std::string& reason) {
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (absl::Now() < end) {
      const CallOutcome outcome = Ask(caller);
      if (outcome.reason == reason && outcome.ok() == reason.empty()) return true;
      std::this_thread::yield();
    }
    return false;
  }
  std::string Metrics() const {
    return Execute({"curl", "-sSf", service_.http_url() + "/metrics"}).out;
  }

  ServiceEnvironment service_;
};

TEST_F(RelyingPartyTest, AddedPartySignsWithoutARestartUntilItIsDisabledOrRemoved) {
  const GrpcCaller portal = Party("portal");
  EXPECT_THAT(Ask(portal), Refuses(kPermissionDenied, "RELYING_PARTY_UNKNOWN"));
  ASSERT_THAT(Rp({"add", "portal", "--san", "DNS:portal.example"}), Succeeds());
  ASSERT_TRUE(Becomes(portal, ""));
  const v1::SignRequest request = BoundRequest(service_, portal);
  EXPECT_THAT(portal.Call(kSign, request, nullptr), IsGranted());

  ASSERT_THAT(Rp({"disable", "portal"}), Succeeds());
  ASSERT_TRUE(Becomes(portal, "RELYING_PARTY_DISABLED"));
  EXPECT_THAT(Ask(portal), Refuses(kPermissionDenied, "RELYING_PARTY_DISABLED"));
  EXPECT_THAT(Ask(Party("alpha")), IsGranted());

  ASSERT_THAT(Rp({"enable", "portal"}), Succeeds());
  ASSERT_TRUE(Becomes(portal, ""));
  ASSERT_THAT(Rp({"remove", "portal"}), Succeeds());
  ASSERT_TRUE(Becomes(portal, "RELYING_PARTY_UNKNOWN"));
}

TEST_F(RelyingPartyTest, BrokenFileKeepsTheOldSetAndRaisesTheAlarmUntilItIsMended) {
  Put("portal", "");
  const GrpcCaller portal = Party("portal");
  ASSERT_TRUE(Becomes(portal, ""));
  EXPECT_THAT(Metrics(), HasSubstr("enkrat_relying_parties_reload_failed 0"));
  fs::remove(service_.File("parties/portal.yaml"));
  WriteText(service_.File("parties/broken.yaml"), "id: broken\ncolour: red\n");
  chmod(service_.File("parties/broken.yaml").c_str(), 0644);
  service_.daemon().Signal(SIGHUP);
  const auto line = service_.daemon().WaitForLine("relying parties not reloaded");
  ASSERT_TRUE(line.has_value());
  EXPECT_THAT(*line, HasSubstr("broken.yaml: line 2: unknown key"));
  EXPECT_THAT(Metrics(), HasSubstr("enkrat_relying_parties_reload_failed 1"));
  EXPECT_THAT(Ask(portal), IsGranted());
  fs::remove(service_.File("parties/broken.yaml"));
  ASSERT_TRUE(Becomes(portal, "RELYING_PARTY_UNKNOWN"));
  EXPECT_THAT(Metrics(), HasSubstr("enkrat_relying_parties_reload_failed 0"));
}

TEST_F(RelyingPartyTest, CallsOverTheRateAreToldWhenToComeBack) {
  Put("portal", "}]\ncalls_per_second: 1\nburst: 3\n");
  const GrpcCaller portal = Party("portal");
  ASSERT_TRUE(service_.daemon().WaitForLine("relying parties reloaded").has_value());
  CallOutcome outcome;
  for (int i = 0; i < 100 && (i == 0 || outcome.ok()); ++i) outcome = Ask(portal);
  EXPECT_THAT(outcome, Refuses(kResourceExhausted, "RATE_LIMITED"));
  EXPECT_TRUE(outcome.has_retry_delay);
  EXPECT_THAT(Ask(Party("alpha")), IsGranted());
}

TEST_F(RelyingPartyTest, SessionsOverTheDaysQuotaAreRefusedAlsoAfterARestart) {
  const absl::CivilDay day = Today();
  Put("portal", "}]\nsessions_per_day: 2\n");
  ASSERT_TRUE(service_.daemon().WaitForLine("relying parties reloaded").has_value());
  {
    const GrpcCaller portal = Party("portal");
    for (int i = 0; i < 2; ++i) {
      EXPECT_THAT(portal.Call(kSign, BoundRequest(service_, portal), nullptr), IsGranted());
    }
  }
  ASSERT_THAT(service_.Restart(), IsOk());
  const GrpcCaller portal = Party("portal");
  const CallOutcome outcome =
      UseUp([&] { return portal.Call(kSign, BoundRequest(service_, portal), nullptr); }, day, 2);
  EXPECT_THAT(outcome, Refuses(kResourceExhausted, "QUOTA_EXCEEDED"));
  EXPECT_TRUE(outcome.has_retry_delay);
  EXPECT_THAT(Ask(portal), IsGranted()) << "reading is no session";
}

TEST_F(RelyingPartyTest, PersonsOfOnePartyCountForThemselves) {
  Put("portal", ", sessions_per_person_per_day: 1}]\n");
  ASSERT_TRUE(service_.daemon().WaitForLine("relying parties reloaded").has_value());
  const GrpcCaller portal = Party("portal");
  const auto sign_as = [&](const std::string& subject) {
    return portal.Call(kSign, BoundRequest(service_, portal, {{"sub", subject}}), nullptr);
  };
  const absl::CivilDay day = Today();
  EXPECT_THAT(sign_as("ana"), IsGranted());
  EXPECT_THAT(UseUp([&] { return sign_as("ana"); }, day, 1),
              Refuses(kResourceExhausted, "QUOTA_EXCEEDED"));
  EXPECT_THAT(sign_as("boris"), IsGranted());
}

TEST_F(RelyingPartyTest, BrokenFolderKeepsTheServiceFromStarting) {
  ASSERT_EQ(service_.Terminate(), 0);
  WriteText(service_.File("parties/broken.yaml"), "id: other\n");
  chmod(service_.File("parties/broken.yaml").c_str(), 0644);
  const ProgramOutcome outcome = RunProgram(service_.DaemonCall());
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("broken.yaml"));
}

}  // namespace
}  // namespace enkrat::testing
