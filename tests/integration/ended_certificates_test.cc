// A service that is started after the period of its certificates: by an ended timestamping unit or
// OCSP responder nobody is kept from signing, by an ended issuing CA everybody is; and what was
// renewed is taken up without a restart. Judged by openssl.
#include <filesystem>
#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "enkrat/v1/timestamp_service.pb.h"
#include "tests/integration/running_service.h"
#include "tests/integration/sign_calls.h"
#include "tests/support/paths.h"

namespace enkrat::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kUnavailable = 14;
constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kServing[] = "\x08\x01";     // HealthCheckResponse: status 1
constexpr char kNotServing[] = "\x08\x02";  // status 2
constexpr char kTimestamps[] = "enkrat.v1.TimestampService";

// Debian's package faketime.
std::string FakeTimeLibrary() {
  for (const char* path : {"/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
                           "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"}) {
    if (std::filesystem::exists(path)) return path;
  }
  return "this test needs faketime";
}

// Asks again and again: nobody is told when a service has noticed something.
bool HoldsSoon(const std::function<bool()>& condition) {
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  while (!condition()) {
    if (absl::Now() > give_up) return false;
  }
  return true;
}

bool Has(const std::string& text, const char* words) {
  return text.find(words) != std::string::npos;
}

// A ceremony that was held so many days ago.
ServiceEnvironment::Options HeldBefore(int days) {
  ServiceEnvironment::Options options;
  options.ceremony = [days](const ServiceEnvironment& service) {
    ProgramCall init = service.InitCall({});
    init.environment.insert({{"LD_PRELOAD", FakeTimeLibrary()},
                             {"FAKETIME", absl::StrCat("-", days, "d")},
                             {"FAKETIME_DONT_FAKE_MONOTONIC", "1"},
                             {"NO_FAKE_STAT", "1"}});
    const ProgramOutcome made = RunProgram(std::move(init), absl::Minutes(2));
    ASSERT_EQ(made.exit_code, 0) << made.out << made.err;
  };
  return options;
}

class EndedCertificates : public ::testing::Test {
 protected:
  explicit EndedCertificates(int days) : service_(HeldBefore(days)) {}

  // As the operator, whether the service runs or not.
  ProgramOutcome Operate(std::vector<std::string> words) {
    words.insert(words.begin(), BinaryPath("bin/enkrat"));
    words.insert(words.end(), {"--config", service_.File("enkratd.yaml")});
    return RunProgram(
        {.argv = std::move(words), .environment = {{"SOFTHSM2_CONF", service_.softhsm_conf()}}});
  }
  ProgramOutcome Certificates(std::vector<std::string> words) {
    words.insert(words.begin(), "certificates");
    return Operate(std::move(words));
  }
  ProgramOutcome CheckConfiguration() {
    service_.WriteConfiguration();
    ProgramCall call = service_.DaemonCall();
    call.argv.push_back("--check-config");
    return RunProgram(std::move(call));
  }
  std::string Fetch(const std::string& path) {
    return Execute({"curl", "-sS", "--max-time", "20", service_.http_url() + path}).out;
  }
  std::string HealthOf(const std::string& name) {
    const std::string request = "\x0a" + std::string(1, static_cast<char>(name.size())) + name;
    return GrpcCaller({service_.grpc_target()}).Call(kHealthCheck, request).reply.value_or("");
  }
  CallOutcome Sign(v1::SignatureFormat format) {
    const GrpcCaller caller({service_.grpc_target()});
    v1::SignRequest request = BoundRequest(service_, caller);
    request.set_format(format);
    return caller.Call(kSign, request, nullptr);
  }
  // A token over a document of this name: queried, fetched, read by OpenSSL.
  std::string Stamp(const std::string& name) {
    const std::string document = service_.File(name);
    WriteText(document, "A document.\n");
    Execute({"openssl", "ts", "-query", "-data", document, "-sha256", "-cert", "-out",
             document + ".tsq"});
    Execute({"curl", "-sS", "--max-time", "20", "-H", "Content-Type: application/timestamp-query",
             "--data-binary", "@" + document + ".tsq", "-o", document + ".tsr",
             service_.http_url() + "/tsa"});
    return Execute({"openssl", "ts", "-reply", "-in", document + ".tsr", "-text"}).out;
  }
  ProgramOutcome VerifyStamp(const std::string& name) {
    const std::string document = service_.File(name);
    return Execute({"openssl", "ts", "-verify", "-queryfile", document + ".tsq", "-in",
                    document + ".tsr", "-CAfile", service_.ServiceFile("root.pem")});
  }
  // What openssl says of the timestamping unit's certificate.
  std::string AskAboutUnit() {
    const std::string unit = service_.File("unit.pem");
    WriteText(unit, Execute({"openssl", "x509", "-in", service_.ServiceFile("tsu-chain.pem")}).out);
    const ProgramOutcome outcome = Execute(
        {"openssl", "ocsp", "-issuer", service_.ServiceFile("issuing-ca.pem"), "-CAfile",
         service_.ServiceFile("root.pem"), "-cert", unit, "-url", service_.http_url() + "/ocsp"});
    return outcome.out + outcome.err;
  }

  ServiceEnvironment service_;
};

// The unit's key may sign for a year of the certificate's four; the OCSP responder's certificate
// lasts a year.
class EndedUnitTest : public EndedCertificates {
 protected:
  EndedUnitTest() : EndedCertificates(400) {}
};

TEST_F(EndedUnitTest, ServiceStartsAndSignsAllThatNeedsNoTimestamp) {
  EXPECT_THAT(CheckConfiguration(), Succeeds());
  ASSERT_THAT(service_.Start(), IsOk());
  EXPECT_THAT(service_.daemon().err(),
              AllOf(HasSubstr("ALARM: the timestamping unit's key period is over"),
                    HasSubstr("\"mend\":\"enkrat certificates renew ")));
  EXPECT_THAT(Stamp("refused.txt"), Not(HasSubstr("Status: Granted")));
  EXPECT_EQ(HealthOf(kTimestamps), kNotServing);
  EXPECT_EQ(HealthOf("enkrat.v1.SigningService"), kServing);
  EXPECT_EQ(Fetch("/healthz"), "ok\ntimestamps: not available\n");
  EXPECT_THAT(Sign(v1::SIGNATURE_FORMAT_CADES_B_B), IsGranted());
  for (const v1::SignatureFormat format :
       {v1::SIGNATURE_FORMAT_RAW, v1::SIGNATURE_FORMAT_CADES_B_T, v1::SIGNATURE_FORMAT_CADES_B_LT,
        v1::SIGNATURE_FORMAT_CADES_B_LTA}) {
    EXPECT_THAT(Sign(format), Refuses(kUnavailable, "TIMESTAMP_UNAVAILABLE")) << format;
  }
  v1::TimestampRequest request;
  request.set_digest_algorithm(v1::DIGEST_ALGORITHM_SHA256);
  request.set_digest(std::string(32, 'd'));
  EXPECT_THAT(GrpcCaller({service_.grpc_target()}).Call(kTimestamp, request, nullptr),
              Refuses(kUnavailable, "TIMESTAMP_UNAVAILABLE"));
}

TEST_F(EndedUnitTest, RefusedAssertionIsNotSpentAndTheRenewedUnitAnswersWithoutARestart) {
  ASSERT_THAT(service_.Start(), IsOk());
  const GrpcCaller caller({service_.grpc_target()});
  v1::SignRequest request = BoundRequest(service_, caller);
  request.set_format(v1::SIGNATURE_FORMAT_CADES_B_T);
  ASSERT_THAT(caller.Call(kSign, request, nullptr), Refuses(kUnavailable, "TIMESTAMP_UNAVAILABLE"));
  ASSERT_THAT(Certificates({"renew", "timestamping-unit"}), Succeeds());
  EXPECT_TRUE(HoldsSoon([&] { return Has(Stamp("renewed.txt"), "Status: Granted"); }));
  EXPECT_THAT(VerifyStamp("renewed.txt"), Succeeds());
  EXPECT_THAT(caller.Call(kSign, request, nullptr), IsGranted());
  EXPECT_TRUE(HoldsSoon([&] { return HealthOf(kTimestamps) == kServing; }));
  EXPECT_EQ(Fetch("/healthz"), "ok\n");
}

TEST_F(EndedUnitTest, DoctorFailsWithTheCommandThatMends) {
  service_.WriteConfiguration();
  const ProgramOutcome found = Operate({"doctor"});
  EXPECT_THAT(found, Not(Succeeds()));
  EXPECT_THAT(found.out, AllOf(HasSubstr("FAIL  timestamping key period"),
                               HasSubstr("enkrat certificates renew timestamping-unit"),
                               HasSubstr("FAIL  OCSP responder validity"),
                               HasSubstr("enkrat certificates reissue ocsp-responder")));
}

TEST_F(EndedUnitTest, EndedResponderAnswersNothingAndItsSuccessorIsTakenUpWithoutARestart) {
  ASSERT_THAT(service_.Start(), IsOk());
  EXPECT_THAT(service_.daemon().err(),
              AllOf(HasSubstr("ALARM: the OCSP responder may not answer any more"),
                    HasSubstr("enkrat certificates reissue ocsp-responder")));
  EXPECT_THAT(AskAboutUnit(), HasSubstr("internalerror"));
  EXPECT_THAT(Fetch("/metrics"), HasSubstr("enkrat_ocsp_usable 0"));
  ASSERT_THAT(Certificates({"reissue", "ocsp-responder"}), Succeeds());
  EXPECT_TRUE(HoldsSoon([&] { return Has(AskAboutUnit(), ": good"); }));
  EXPECT_THAT(AskAboutUnit(), HasSubstr("Response verify OK"));
  EXPECT_THAT(Fetch("/metrics"), HasSubstr("enkrat_ocsp_usable 1"));
}

// The issuing CA's certificate lasts ten years.
class EndedIssuingCaTest : public EndedCertificates {
 protected:
  EndedIssuingCaTest() : EndedCertificates(3700) {}
};

TEST_F(EndedIssuingCaTest, CheckAndStartRefuseAlikeWithTheCommandThatMends) {
  const ProgramOutcome checked = CheckConfiguration();
  EXPECT_THAT(checked, ExitsWith(1));
  const ProgramOutcome refused = RunProgram(service_.DaemonCall());
  EXPECT_THAT(refused, ExitsWith(1));
  for (const std::string& said : {checked.out + checked.err, refused.out + refused.err}) {
    EXPECT_THAT(said, AllOf(HasSubstr("the issuing CA's certificate ended on "),
                            HasSubstr("enkrat certificates reissue issuing-ca")));
  }
  const ProgramOutcome found = Operate({"doctor"});
  EXPECT_THAT(found.out, AllOf(HasSubstr("FAIL  issuing CA validity"),
                               HasSubstr("enkrat certificates reissue issuing-ca")));
}

TEST_F(EndedIssuingCaTest, AllIsInOrderAgainOnceItWasReissued) {
  service_.WriteConfiguration();
  const std::vector<std::string> root = {"--root-token-label", "enkrat-root", "--root-pin-file",
                                         service_.ServiceFile("secrets/root-pin")};
  std::vector<std::string> reissue = {"reissue", "issuing-ca"};
  reissue.insert(reissue.end(), root.begin(), root.end());
  const ProgramOutcome reissued = Certificates(reissue);
  ASSERT_THAT(reissued, Succeeds()) << reissued.err;
  EXPECT_THAT(CheckConfiguration(), Succeeds());
  // The unit ended with its CA; so did the responder.
  ASSERT_THAT(service_.Start(), IsOk());
  EXPECT_THAT(Sign(v1::SIGNATURE_FORMAT_CADES_B_B), IsGranted());
  ASSERT_THAT(Certificates({"reissue", "timestamping-unit"}), Succeeds());
  EXPECT_TRUE(HoldsSoon([&] { return Has(Stamp("reissued.txt"), "Status: Granted"); }));
  EXPECT_THAT(VerifyStamp("reissued.txt"), Succeeds());
  ASSERT_THAT(Certificates({"reissue", "ocsp-responder"}), Succeeds());
  EXPECT_TRUE(HoldsSoon([&] { return Has(AskAboutUnit(), ": good"); }));
  std::vector<std::string> crl = {"crl", "--root"};
  crl.insert(crl.end(), root.begin(), root.end());
  ASSERT_THAT(Certificates(crl), Succeeds());
  EXPECT_TRUE(HoldsSoon([&] { return Sign(v1::SIGNATURE_FORMAT_CADES_B_LT).ok(); }));
}

}  // namespace
}  // namespace enkrat::testing
