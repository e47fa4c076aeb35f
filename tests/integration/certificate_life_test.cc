// Long-lived certificates of a running service: renewed, revoked, replaced; and problems with
// one-time certificates, reported. Judged by openssl.
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/time/clock.h"
#include "enkrat/v1/certificate_service.pb.h"
#include "enkrat/v1/timestamp_service.pb.h"
#include "tests/integration/running_service.h"
#include "tests/integration/sign_calls.h"

namespace enkrat::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kResourceExhausted = 8;
constexpr int kFailedPrecondition = 9;
constexpr int kUnavailable = 14;
constexpr char kReportProblem[] = "/enkrat.v1.CertificateService/ReportProblem";
constexpr char kGetProblem[] = "/enkrat.v1.CertificateService/GetProblem";
constexpr char kListProblems[] = "/enkrat.v1.CertificateService/ListProblems";
constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kNotServing[] = "\x08\x02";  // HealthCheckResponse: status 2

// Asks again and again: nobody is told when a service has noticed something.
bool HoldsSoon(const std::function<bool()>& condition) {
  const absl::Time give_up = absl::Now() + absl::Seconds(30);
  while (!condition()) {
    if (absl::Now() > give_up) return false;
  }
  return true;
}

class CertificateLifeTest : public ::testing::Test {
 protected:
  CertificateLifeTest() { document_ = service_.File("document.txt"); }
  void SetUp() override {
    WriteText(document_, "A document.\n");
    ASSERT_THAT(service_.Start(), IsOk());
  }

  // `enkrat --json certificates <words> --config FILE`.
  ProgramOutcome Certificates(std::vector<std::string> words) {
    words.insert(words.begin(), {"--json", "certificates"});
    words.insert(words.end(), {"--config", service_.File("enkratd.yaml")});
    return service_.Enkrat(std::move(words));
  }
  std::string PostQuery(const std::string& query_file) {
    return Execute({"curl", "-sS", "--max-time", "20", "-H",
                    "Content-Type: application/timestamp-query", "--data-binary", "@" + query_file,
                    service_.http_url() + "/tsa"})
        .out;
  }
  // Makes <name>.tsq and <name>.tsr over the document.
  void Stamp(const std::string& name) {
    const std::string query = service_.File(name + ".tsq");
    WriteText(query, Execute({"openssl", "ts", "-query", "-data", document_, "-cert"}).out);
    WriteText(service_.File(name + ".tsr"), PostQuery(query));
  }
  ProgramOutcome Verify(const std::string& name) {
    return Execute({"openssl", "ts", "-verify", "-queryfile", service_.File(name + ".tsq"), "-in",
                    service_.File(name + ".tsr"), "-CAfile", service_.ServiceFile("root.pem")});
  }
  std::string ReplyText(const std::string& name) {
    return Execute({"openssl", "ts", "-reply", "-in", service_.File(name + ".tsr"), "-text"}).out;
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
  ProgramOutcome StartInVain() {
    service_.Kill();
    return RunProgram(service_.DaemonCall());
  }
  ProgramOutcome CheckConfiguration() {
    ProgramCall call = service_.DaemonCall();
    call.argv.push_back("--check-config");
    return RunProgram(std::move(call));
  }

  ServiceEnvironment service_;
  std::string document_;
};

TEST_F(CertificateLifeTest, RenewedUnitStampsAfterARestartAndOldTimestampsStillVerify) {
  Stamp("old");
  ASSERT_THAT(Certificates({"renew", "timestamping-unit", "--why", "yearly"}), Succeeds());
  Stamp("between");  // by the old key or, if the service has looked meanwhile, by the new one
  ASSERT_THAT(service_.Restart(), IsOk());
  Stamp("new");
  for (const char* name : {"old", "between", "new"}) EXPECT_THAT(Verify(name), Succeeds()) << name;
  const auto certificates_of = [&](const std::string& name) {
    const std::string token = service_.File(name + ".token");
    EXPECT_THAT(Execute({"openssl", "ts", "-reply", "-in", service_.File(name + ".tsr"),
                         "-token_out", "-out", token}),
                Succeeds());
    return Execute({"openssl", "pkcs7", "-inform", "DER", "-in", token, "-print_certs"}).out;
  };
  EXPECT_NE(certificates_of("old"), certificates_of("new"));
  EXPECT_THAT(service_.Enkrat({"doctor", "--config", service_.File("enkratd.yaml")}), Succeeds());
  EXPECT_THAT(Sign(v1::SIGNATURE_FORMAT_CADES_B_T), IsGranted());
}

TEST_F(CertificateLifeTest, RenewedIssuingCaSignsAfterARestart) {
  ASSERT_THAT(Certificates({"renew", "issuing-ca"}), Succeeds());
  ASSERT_THAT(service_.Restart(), IsOk());
  std::vector<std::string> words = {"sign", document_, "--parts"};
  for (std::string& word : service_.LoginOptions()) words.push_back(std::move(word));
  ASSERT_THAT(service_.Enkrat(std::move(words)), Succeeds());
  EXPECT_THAT(Execute({"openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in",
                       document_ + ".p7s", "-content", document_, "-CAfile",
                       service_.ServiceFile("root.pem"), "-purpose", "any", "-out", "/dev/null"}),
              Succeeds());
}

TEST_F(CertificateLifeTest, RevokedUnitStopsStampingWithoutARestart) {
  Stamp("old");
  ASSERT_THAT(Certificates({"revoke", "timestamping-unit", "--reason", "keyCompromise", "--yes"}),
              Succeeds());
  EXPECT_TRUE(HoldsSoon([&] {
    Stamp("refused");
    return ReplyText("refused").find("Granted") == std::string::npos;
  }));
  EXPECT_THAT(ReplyText("refused"), HasSubstr("time source is not available"));
  v1::TimestampRequest request;
  request.set_digest_algorithm(v1::DIGEST_ALGORITHM_SHA256);
  request.set_digest(std::string(32, 'd'));
  EXPECT_THAT(GrpcCaller({service_.grpc_target()}).Call(kTimestamp, request, nullptr),
              Refuses(kUnavailable, "TIMESTAMP_UNAVAILABLE"));
  // Before the assertion is spent; and what needs no timestamp goes on.
  EXPECT_THAT(Sign(v1::SIGNATURE_FORMAT_CADES_B_T), Refuses(kUnavailable, "TIMESTAMP_UNAVAILABLE"));
  EXPECT_THAT(Sign(v1::SIGNATURE_FORMAT_CADES_B_B), IsGranted());
  EXPECT_TRUE(HoldsSoon([&] { return HealthOf("enkrat.v1.TimestampService") == kNotServing; }));
  EXPECT_NE(HealthOf("enkrat.v1.SigningService"), kNotServing);
  EXPECT_THAT(Verify("old"), Succeeds());
}

TEST_F(CertificateLifeTest, ServiceStartsWithARevokedUnitStampsNothingAndTakesUpItsReplacement) {
  ASSERT_THAT(Certificates({"revoke", "timestamping-unit", "--reason", "keyCompromise", "--yes"}),
              Succeeds());
  EXPECT_THAT(CheckConfiguration(), Succeeds());
  ASSERT_THAT(service_.Restart(), IsOk());
  EXPECT_THAT(service_.daemon().err(),
              AllOf(HasSubstr("ALARM: a certificate may not be used any more"),
                    HasSubstr("was revoked on"), HasSubstr("keyCompromise")));
  Stamp("refused");
  EXPECT_THAT(ReplyText("refused"), HasSubstr("time source is not available"));
  EXPECT_EQ(HealthOf("enkrat.v1.TimestampService"), kNotServing);
  EXPECT_THAT(Sign(v1::SIGNATURE_FORMAT_CADES_B_T), Refuses(kUnavailable, "TIMESTAMP_UNAVAILABLE"));
  EXPECT_THAT(Sign(v1::SIGNATURE_FORMAT_CADES_B_B), IsGranted());
  EXPECT_THAT(Certificates({"renew", "timestamping-unit"}), ExitsWith(1));
  ASSERT_THAT(Certificates({"issue", "timestamping-unit"}), Succeeds());
  EXPECT_TRUE(HoldsSoon([&] {
    Stamp("new");
    return ReplyText("new").find("Granted") != std::string::npos;
  }));
  EXPECT_THAT(Verify("new"), Succeeds());
  EXPECT_TRUE(HoldsSoon([&] { return Sign(v1::SIGNATURE_FORMAT_CADES_B_T).ok(); }));
}

TEST_F(CertificateLifeTest, RevokedIssuingCaSignsNothingMore) {
  ASSERT_THAT(Sign(v1::SIGNATURE_FORMAT_RAW), IsGranted());
  ASSERT_THAT(Certificates({"revoke", "issuing-ca", "--reason", "cACompromise", "--yes"}),
              Succeeds());
  CallOutcome outcome = {.code = 0};
  EXPECT_TRUE(HoldsSoon([&] {
    const bool again = !outcome.ok();
    outcome = Sign(v1::SIGNATURE_FORMAT_RAW);
    // The one that was on its way may still have had its certificate, and got no timestamp.
    return !outcome.ok() && (again || outcome.reason != "TIMESTAMP_UNAVAILABLE");
  }));
  EXPECT_THAT(outcome, Refuses(kFailedPrecondition, "CERTIFICATE_STATE_FORBIDS"));
  EXPECT_TRUE(HoldsSoon([&] { return HealthOf("enkrat.v1.SigningService") == kNotServing; }));
  EXPECT_THAT(StartInVain(), ExitsWith(1));
}

TEST_F(CertificateLifeTest, RegisterThatOthersCanWriteStopsTheService) {
  ASSERT_THAT(Certificates({"renew", "ocsp-responder"}), Succeeds());
  ASSERT_THAT(Execute({"chmod", "0666", service_.ServiceFile("certificate-register.json")}),
              Succeeds());
  EXPECT_THAT(StartInVain(), ExitsWith(1));
}

TEST_F(CertificateLifeTest, ReportedProblemIsEvidence) {
  ASSERT_THAT(Sign(v1::SIGNATURE_FORMAT_RAW), IsGranted());
  const auto listed =
      nlohmann::json::parse(service_.Enkrat({"--json", "certificates", "list"}).out);
  const std::string serial = listed[0]["serial_number"];
  const ProgramOutcome reported =
      service_.Enkrat({"--json", "certificates", "report", serial, "--kind", "not-requested",
                       "--description", "The signer was elsewhere.", "--contact", "desk 7"});
  ASSERT_THAT(reported, Succeeds());
  const auto report = nlohmann::json::parse(reported.out);
  EXPECT_EQ(report["revocable"], false);
  const auto shown = [&](const char* option, const std::string& file) {
    return service_.Enkrat({"evidence", "show", report["session_id"], option, service_.File(file)})
        .out;
  };
  const std::string evidence = shown("--store", "ledger.db");
  EXPECT_THAT(evidence, AllOf(HasSubstr("problem-reported"),
                              HasSubstr(report["report_id"].get<std::string>()),
                              HasSubstr("NOT_REQUESTED"), Not(HasSubstr("elsewhere"))));
  EXPECT_THAT(shown("--config", "enkratd.yaml"),
              AllOf(HasSubstr("The signer was elsewhere."), HasSubstr("desk 7")));
  EXPECT_EQ(Execute({"grep", "-ral", "The signer was elsewhere", service_.File(".")}).out, "");
}

TEST_F(CertificateLifeTest, ProblemsAreReadBackAndBounded) {
  ASSERT_THAT(Sign(v1::SIGNATURE_FORMAT_RAW), IsGranted());
  const GrpcCaller caller({service_.grpc_target()});
  v1::ReportProblemRequest request;
  request.set_serial_number(nlohmann::json::parse(
      service_.Enkrat({"--json", "certificates", "list"}).out)[0]["serial_number"]);
  request.set_kind(v1::PROBLEM_KIND_WRONG_IDENTITY);
  v1::ReportProblemResponse first;
  ASSERT_THAT(caller.Call(kReportProblem, request, &first), IsGranted());
  v1::GetProblemRequest get;
  get.set_report_id(first.problem().report_id());
  v1::GetProblemResponse got;
  ASSERT_THAT(caller.Call(kGetProblem, get, &got), IsGranted());
  EXPECT_EQ(got.problem().SerializeAsString(), first.problem().SerializeAsString());
  for (int i = 1; i < 16; ++i) {
    ASSERT_THAT(caller.Call(kReportProblem, request, nullptr), IsGranted());
  }
  EXPECT_THAT(caller.Call(kReportProblem, request, nullptr),
              Refuses(kResourceExhausted, "RATE_LIMITED"));
  v1::ListProblemsRequest list;
  list.set_page_size(10);
  v1::ListProblemsResponse page;
  ASSERT_THAT(caller.Call(kListProblems, list, &page), IsGranted());
  EXPECT_EQ(page.problems_size(), 10);
  list.set_page_token(page.next_page_token());
  page.Clear();
  ASSERT_THAT(caller.Call(kListProblems, list, &page), IsGranted());
  EXPECT_EQ(page.problems_size(), 6);
  EXPECT_EQ(page.problems(5).report_id(), first.problem().report_id());
  EXPECT_EQ(page.next_page_token(), "");
}

TEST_F(CertificateLifeTest, ReportsThatCannotBeRightAreRefused) {
  constexpr int kInvalidArgument = 3;
  constexpr int kNotFound = 5;
  const GrpcCaller caller({service_.grpc_target()});
  v1::ReportProblemRequest request;
  request.set_serial_number("00");
  request.set_kind(v1::PROBLEM_KIND_NOT_REQUESTED);
  EXPECT_THAT(caller.Call(kReportProblem, request, nullptr), Refuses(kNotFound, "NOT_FOUND"));
  const auto refused_for = [&](const std::string& field, const v1::ReportProblemRequest& changed) {
    const CallOutcome outcome = caller.Call(kReportProblem, changed, nullptr);
    EXPECT_EQ(outcome.code, kInvalidArgument) << field;
    EXPECT_EQ(outcome.field, field);
  };
  v1::ReportProblemRequest changed = request;
  changed.set_kind(v1::PROBLEM_KIND_UNSPECIFIED);
  refused_for("kind", changed);
  changed.set_kind(static_cast<v1::ProblemKind>(99));
  refused_for("kind", changed);
  changed.set_kind(v1::PROBLEM_KIND_OTHER);
  refused_for("description", changed);
  changed.set_description("two\nlines");
  refused_for("description", changed);
  changed.set_description(std::string(2001, 'x'));
  refused_for("description", changed);
  changed.set_description("x");
  changed.set_contact(std::string(201, 'x'));
  refused_for("contact", changed);
  changed = request;
  changed.set_serial_number("xyz");
  refused_for("serial_number", changed);
  changed.set_fingerprint_sha256("short");
  refused_for("fingerprint_sha256", changed);
  changed.clear_key();
  refused_for("key", changed);
  v1::GetProblemRequest get;
  get.set_report_id("1");
  EXPECT_EQ(caller.Call(kGetProblem, get, nullptr).code, kInvalidArgument);
  get.set_report_id(std::string(32, 'a'));
  EXPECT_THAT(caller.Call(kGetProblem, get, nullptr), Refuses(kNotFound, "NOT_FOUND"));
}

TEST(ProblemReportTest, AnothersCertificateAndReportAreDenied) {
  ServiceEnvironment service({.mutual_tls = true});
  ASSERT_THAT(service.Start(), IsOk());
  const std::string document = service.File("document.txt");
  WriteText(document, "A document.\n");
  std::vector<std::string> words = {"sign", document, "--parts"};
  for (std::string& word : service.LoginOptions("alpha")) words.push_back(std::move(word));
  ASSERT_THAT(service.Enkrat(std::move(words)), Succeeds());
  const std::string serial = nlohmann::json::parse(
      service.Enkrat({"--json", "certificates", "list"}).out)[0]["serial_number"];
  const std::vector<std::string> report = {"certificates", "report", serial, "--kind",
                                           "key-misuse-suspected"};
  EXPECT_THAT(service.Enkrat(report, "alpha"), Succeeds());
  const ProgramOutcome denied = service.Enkrat(report, "beta");
  EXPECT_THAT(denied, Not(Succeeds()));
  EXPECT_THAT(denied.err, HasSubstr("NOT_PERMITTED"));
}

}  // namespace
}  // namespace enkrat::testing
