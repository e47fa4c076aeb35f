// One service timestamps for another, under a root and a CA of its own: what the other signs at
// B-LT and above holds for a stranger who has both roots and asks nobody.
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/mutex.h"
#include "http_client/curl_fetcher.h"
#include "tests/integration/running_service.h"
#include "tests/integration/sign_calls.h"
#include "tests/support/loopback_http_server.h"
#include "tests/support/paths.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kUnavailable = 14;
constexpr char kGetValidationData[] = "/enkrat.v1.CertificateService/GetValidationData";

// Where the TSA's certificates say that its CRLs and its OCSP responder are: passes questions on to
// the service once it runs, and can be shut.
class StatusProxy {
 public:
  StatusProxy() : http_(http_client::CurlFetcher::Create().value()) {}

  std::string url() const { return server_.Url(""); }
  void PassTo(const std::string& url) {
    MutexLock lock(mutex_);
    target_ = url;
  }
  void Shut(bool shut) { shut_ = shut; }
  int answered() const { return answered_; }

 private:
  RawAnswer Answer(const std::string& request) {
    const std::vector<std::string> words =
        absl::StrSplit(request.substr(0, request.find("\r\n")), ' ');
    const size_t end = request.find("\r\n\r\n");
    HttpRequest question;
    {
      MutexLock lock(mutex_);
      question.url = target_ + (words.size() > 1 ? words[1] : "");
    }
    question.plain_http = PlainHttp::kOnLoopback;
    question.max_response_size = size_t{1} << 20;
    if (words[0] == "POST" && end != std::string::npos) {
      question.content_type = "application/ocsp-request";
      question.body = ToBytes(request.substr(end + 4));
    }
    const auto answer = shut_ ? absl::StatusOr<HttpResponse>(absl::UnavailableError("shut"))
                              : http_->Fetch(question);
    if (!answer.ok() || answer->status != 200) {
      return {.octets =
                  "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
                  "Connection: close\r\n\r\n"};
    }
    ++answered_;
    return OkAnswer(answer->content_type, ToString(answer->body));
  }

  const std::unique_ptr<http_client::CurlFetcher> http_;
  Mutex mutex_;
  std::string target_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> shut_ = false;
  std::atomic<int> answered_ = 0;
  LoopbackHttpServer server_{
      {.handler = [this](const std::string& request) { return Answer(request); }}};
};

// service() signs; the TSA is beside it.
class OutsideTsaTest : public RunningService {
 protected:
  static void SetUpTestSuite() {
    proxy_ = std::make_unique<StatusProxy>();
    tsa_ = std::make_unique<ServiceEnvironment>(
        ServiceEnvironment::Options{.ceremony = [](const ServiceEnvironment& environment) {
          ASSERT_THAT(environment.Init({"--base-url", proxy_->url()}), Succeeds());
        }});
    ASSERT_THAT(tsa_->Start(), IsOk());
    proxy_->PassTo(tsa_->http_url());
    StartService({.settings = Outside("allow_private_addresses: true")});
    WriteText(service().File("both.pem"), ReadText(service().ServiceFile("root.pem")) +
                                              ReadText(tsa_->ServiceFile("root.pem")));
  }
  static void TearDownTestSuite() {
    RunningService::TearDownTestSuite();
    tsa_.reset();
    proxy_.reset();
  }

  static ServiceSettings Outside(const std::string& more) {
    return {{"timestamping.own", ""},
            {"timestamping.outside",
             absl::StrCat("{url: \"", tsa_->http_url(), "/tsa\", trust_file: \"",
                          tsa_->ServiceFile("root.pem"), "\", ", more, "}")}};
  }
  static std::string Both() { return service().File("both.pem"); }
  static std::string MakePdf(const std::string& name) {
    const std::string path = service().File(name);
    EXPECT_THAT(Execute({"python3", SourcePath("tools/demo/make_document.py"), path}), Succeeds());
    return path;
  }
  // Without a network: only --fetch would use one.
  static ProgramOutcome VerifyStrictly(const std::string& document) {
    return service().Enkrat({"verify", document, "--roots", Both(), "--every-status"});
  }

  static inline std::unique_ptr<StatusProxy> proxy_;
  static inline std::unique_ptr<ServiceEnvironment> tsa_;
};

TEST_F(OutsideTsaTest, CadesSignaturesNeedNothingElse) {
  for (const std::string format : {"cades-b-lt", "cades-b-lta"}) {
    const std::string document = MakeDocument(format + ".txt");
    ASSERT_THAT(Sign({document, "--format", format}), Succeeds());
    const ProgramOutcome outcome = VerifyStrictly(document);
    EXPECT_THAT(outcome, Succeeds()) << outcome.out;
    EXPECT_THAT(outcome.out, HasSubstr(format == "cades-b-lt" ? "B-LT" : "B-LTA"));
    // What OpenSSL knows of it.
    EXPECT_THAT(Execute({"openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in",
                         document + ".p7s", "-content", document, "-CAfile", Both(), "-purpose",
                         "any", "-out", "/dev/null"}),
                Succeeds());
  }
}

TEST_F(OutsideTsaTest, PdfsNeedNothingElse) {
  for (const std::string format : {"pades-b-lt", "pades-b-lta"}) {
    const std::string pdf = MakePdf(format + ".pdf");
    const std::string out = service().File(format + "-signed.pdf");
    ASSERT_THAT(Sign({pdf, "--format", format}), Succeeds());
    const ProgramOutcome outcome = VerifyStrictly(out);
    EXPECT_THAT(outcome, Succeeds()) << outcome.out;
    EXPECT_THAT(Execute({"pdfsig", out}).out, HasSubstr("Signature is Valid"));
  }
}

// The other half of the same: without the TSA's root nothing is proven.
TEST_F(OutsideTsaTest, WithoutTheTsasRootItsTimestampProvesNothing) {
  const std::string document = MakeDocument("one-root.txt");
  ASSERT_THAT(Sign({document, "--format", "cades-b-lt"}), Succeeds());
  const ProgramOutcome outcome = service().Enkrat(
      {"verify", document, "--roots", service().ServiceFile("root.pem"), "--every-status"});
  EXPECT_THAT(outcome.out, HasSubstr("NO_CERTIFICATE_CHAIN_FOUND"));
}

// A bare B-T lacks what the bundle has.
TEST_F(OutsideTsaTest, SignatureWithoutTheBundleLacksTheStatus) {
  const std::string document = MakeDocument("bare.txt");
  ASSERT_THAT(Sign({document, "--format", "cades-b-t"}), Succeeds());
  EXPECT_THAT(VerifyStrictly(document), Not(Succeeds()));
}

TEST_F(OutsideTsaTest, BundleForAugmentationHoldsTheTsasChain) {
  const GrpcCaller caller({service().grpc_target()});
  const CallOutcome outcome = caller.Call(kGetValidationData, std::string());
  ASSERT_THAT(outcome, IsGranted());
  const std::string unit =
      Execute({"openssl", "x509", "-in", tsa_->ServiceFile("tsu-chain.pem"), "-outform", "DER"})
          .out;
  ASSERT_FALSE(unit.empty());
  EXPECT_THAT(*outcome.reply, HasSubstr(unit));
}

TEST_F(OutsideTsaTest, StatusIsFetchedOnceForManySignatures) {
  const std::string first = MakeDocument("first.txt");
  ASSERT_THAT(Sign({first, "--format", "cades-b-lt"}), Succeeds());
  const int answered = proxy_->answered();
  for (const char* name : {"second.txt", "third.txt"}) {
    ASSERT_THAT(Sign({MakeDocument(name), "--format", "cades-b-lt"}), Succeeds());
  }
  EXPECT_EQ(proxy_->answered(), answered);
}

// Refused before the assertion is spent: the same one signs at a level that needs no status.
TEST_F(OutsideTsaTest, StatusThatCannotBeHadCostsNoAssertion) {
  ServiceEnvironment strict({.settings = Outside("timeout: 5s")});  // no private addresses
  ASSERT_THAT(strict.Start(), IsOk());
  const GrpcCaller caller({strict.grpc_target()});
  v1::SignRequest request = BoundRequest(strict, caller);
  request.set_format(v1::SIGNATURE_FORMAT_CADES_B_LT);
  EXPECT_THAT(caller.Call(kSign, request, nullptr),
              Refuses(kUnavailable, "VALIDATION_DATA_UNAVAILABLE"));
  request.set_format(v1::SIGNATURE_FORMAT_CADES_B_T);
  EXPECT_THAT(caller.Call(kSign, request, nullptr), IsGranted());
}

TEST_F(OutsideTsaTest, StatusThatNobodyAnswersCostsNoAssertion) {
  ServiceEnvironment signing({.settings = Outside("allow_private_addresses: true")});
  ASSERT_THAT(signing.Start(), IsOk());
  proxy_->Shut(true);
  const GrpcCaller caller({signing.grpc_target()});
  v1::SignRequest request = BoundRequest(signing, caller);
  request.set_format(v1::SIGNATURE_FORMAT_PADES_B_LTA);
  EXPECT_THAT(caller.Call(kSign, request, nullptr),
              Refuses(kUnavailable, "VALIDATION_DATA_UNAVAILABLE"));
  request.set_format(v1::SIGNATURE_FORMAT_CADES_B_B);
  EXPECT_THAT(caller.Call(kSign, request, nullptr), IsGranted());
  proxy_->Shut(false);
}

}  // namespace
}  // namespace enkrat::testing
