// The HTTP endpoint of the real service, asked by curl and judged by OpenSSL.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/integration/running_service.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class HttpTest : public RunningService {
 protected:
  static void SetUpTestSuite() { StartService(); }

  // The body goes to standard output; with -w the status too.
  static ProgramOutcome Curl(std::vector<std::string> words, const std::string& path,
                             std::string input = {}) {
    words.insert(words.begin(), {"curl", "-sS", "--max-time", "20"});
    words.push_back(service().http_url() + path);
    return Execute(std::move(words), std::move(input));
  }

  static std::string StatusOf(std::vector<std::string> words, const std::string& path,
                              std::string input = {}) {
    words.insert(words.end(), {"-o", "/dev/null", "-w", "%{http_code}"});
    return Curl(std::move(words), path, std::move(input)).out;
  }

  static ProgramOutcome PostQuery(const std::string& query) {
    return Curl({"-H", "Content-Type: application/timestamp-query", "--data-binary", "@-"}, "/tsa",
                query);
  }

  static std::string Query(const std::string& document, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"openssl", "ts", "-query", "-data", document});
    return Execute(std::move(more)).out;
  }

  // Posts the octets and has OpenSSL print the reply.
  static ProgramOutcome ReplyInText(const std::string& name, const std::string& query) {
    const std::string file = service().File(name);
    WriteText(file, PostQuery(query).out);
    return Execute({"openssl", "ts", "-reply", "-in", file, "-text"});
  }
};

TEST_F(HttpTest, OpensslVerifiesATimestampFetchedWithCurl) {
  for (const char* digest : {"-sha256", "-sha384", "-sha512"}) {
    const std::string document = MakeDocument("stamped.txt");
    WriteText(document + ".tsq", Query(document, {digest, "-cert"}));
    const ProgramOutcome reply = PostQuery(ReadText(document + ".tsq"));
    WriteText(document + ".tsr", reply.out);
    const std::string root = service().ServiceFile("root.pem");
    EXPECT_THAT(Execute({"openssl", "ts", "-verify", "-queryfile", document + ".tsq", "-in",
                         document + ".tsr", "-CAfile", root}),
                Succeeds())
        << digest;
    EXPECT_THAT(Execute({"openssl", "ts", "-verify", "-data", service().File("ports.json"), "-in",
                         document + ".tsr", "-CAfile", root}),
                Not(Succeeds()))
        << "another document";
  }
}

TEST_F(HttpTest, TimestampWithoutCertReqCarriesNoCertificate) {
  const std::string document = MakeDocument("plain.txt");
  WriteText(document + ".tsq", Query(document, {"-sha256"}));
  WriteText(document + ".tsr", PostQuery(ReadText(document + ".tsq")).out);
  std::vector<std::string> verify = {"openssl",
                                     "ts",
                                     "-verify",
                                     "-queryfile",
                                     document + ".tsq",
                                     "-in",
                                     document + ".tsr",
                                     "-CAfile",
                                     service().ServiceFile("root.pem")};
  EXPECT_THAT(Execute(verify), Not(Succeeds()));
  // A name without a folder: openssl takes a path with spaces for several.
  verify.insert(verify.end(), {"-untrusted", "tsu-chain.pem"});
  EXPECT_THAT(RunProgram({.argv = verify, .folder = service().ServiceFile("")}), Succeeds());
}

TEST_F(HttpTest, TimestampSaysAccuracyPolicyAndNonce) {
  const std::string document = MakeDocument("fields.txt");
  const std::string text = ReplyInText("fields.tsr", Query(document, {"-sha256"})).out;
  EXPECT_THAT(text, HasSubstr("Status: Granted."));
  EXPECT_THAT(text, HasSubstr("0.4.0.2023.1.1"));
  EXPECT_THAT(text, HasSubstr("Accuracy: 0x01 seconds"));
  EXPECT_THAT(text, HasSubstr("Nonce: 0x"));
}

TEST_F(HttpTest, QueryMayComeInChunksAndAskToContinue) {
  const std::string query = Query(MakeDocument("chunked.txt"), {"-sha256", "-cert"});
  for (const char* header : {"Transfer-Encoding: chunked", "Expect: 100-continue"}) {
    const std::string reply = service().File("chunked.tsr");
    WriteText(reply, Curl({"-H", "Content-Type: Application/Timestamp-Query; charset=x", "-H",
                           header, "--data-binary", "@-"},
                          "/tsa", query)
                         .out);
    EXPECT_THAT(Execute({"openssl", "ts", "-verify", "-data", service().File("chunked.txt"), "-in",
                         reply, "-CAfile", service().ServiceFile("root.pem")}),
                Succeeds())
        << header;
  }
}

TEST_F(HttpTest, ChunksThatAreTooLargeTogetherAreRefused) {
  EXPECT_EQ(StatusOf({"-H", "Content-Type: application/timestamp-query", "-H",
                      "Transfer-Encoding: chunked", "--data-binary", "@-"},
                     "/tsa", std::string(100'000, 'x')),
            "413");
}

TEST_F(HttpTest, HeaderThatIsTooLargeIsRefused) {
  const std::string status = StatusOf({"-H", "X: " + std::string(20'000, 'x')}, "/healthz");
  EXPECT_THAT(status, ::testing::AnyOf("400", "431"));
}

TEST_F(HttpTest, ClientOfTheLastCenturyIsAnswered) {
  EXPECT_EQ(StatusOf({"--http1.0"}, "/healthz"), "200");
}

TEST_F(HttpTest, AnotherContentTypeIsRefused) {
  EXPECT_EQ(StatusOf({"-H", "Content-Type: text/plain", "--data-binary", "@-"}, "/tsa", "x"),
            "415");
  EXPECT_EQ(StatusOf({"--data-binary", "@-"}, "/tsa", "x"), "415");
  EXPECT_EQ(StatusOf({"-H", "Content-Type:", "--data-binary", "@-"}, "/tsa", "x"), "415");
}

TEST_F(HttpTest, GetOfTheTimestampingUnitIsRefused) {
  EXPECT_EQ(StatusOf({}, "/tsa"), "405");
  EXPECT_EQ(StatusOf({"-X", "DELETE"}, "/tsa"), "405");
}

TEST_F(HttpTest, PostToACertificateIsRefused) {
  EXPECT_EQ(StatusOf({"-d", "x"}, "/ca/root.cer"), "405");
}

TEST_F(HttpTest, QueryThatIsTooLargeIsRefused) {
  const std::vector<std::string> words = {"-H", "Content-Type: application/timestamp-query",
                                          "--data-binary", "@-"};
  EXPECT_EQ(StatusOf(words, "/tsa", std::string(4097, 'x')), "413");
  EXPECT_EQ(StatusOf(words, "/tsa", std::string(10'000'000, 'x')), "413");
}

TEST_F(HttpTest, GarbageIsRejectedInsideAWellFormedReply) {
  const std::string query = Query(MakeDocument("garbage.txt"), {"-sha256"});
  ASSERT_GT(query.size(), 40u);
  for (const std::string& garbage :
       {std::string("not DER"), std::string("\x30\x80\x00\x00", 4), std::string(4096, '\x30'),
        query.substr(0, query.size() - 1), query + "x", std::string("\x30\x00", 2)}) {
    const ProgramOutcome reply = ReplyInText("garbage.tsr", garbage);
    EXPECT_THAT(reply, Succeeds());
    EXPECT_THAT(reply.out, HasSubstr("Status: Rejected."));
    EXPECT_THAT(reply.out, HasSubstr("the data submitted has the wrong format"));
  }
}

TEST_F(HttpTest, DigestThatIsTooWeakIsRejectedAsBadAlgorithm) {
  const std::string query = Query(MakeDocument("weak.txt"), {"-sha1"});
  const ProgramOutcome reply = ReplyInText("weak.tsr", query);
  EXPECT_THAT(reply.out, HasSubstr("Status: Rejected."));
  EXPECT_THAT(reply.out, HasSubstr("unrecognized or unsupported algorithm identifier"));
}

TEST_F(HttpTest, AnotherPolicyIsRejectedAsUnacceptedPolicy) {
  const std::string query = Query(MakeDocument("policy.txt"), {"-sha256", "-tspolicy", "1.2.3.4"});
  const ProgramOutcome reply = ReplyInText("policy.tsr", query);
  EXPECT_THAT(reply.out, HasSubstr("Status: Rejected."));
  EXPECT_THAT(reply.out, HasSubstr("the requested TSA policy is not supported by the TSA"));
}

TEST_F(HttpTest, CertificatesAreThoseOfTheCeremony) {
  EXPECT_EQ(Curl({}, "/ca/root.cer").out, ReadText(service().ServiceFile("root.cer")));
  EXPECT_EQ(Curl({}, "/ca/issuing-ca.cer").out, ReadText(service().ServiceFile("issuing-ca.cer")));
  const ProgramOutcome unit = Execute(
      {"openssl", "x509", "-outform", "DER", "-in", service().ServiceFile("tsu-chain.pem")});
  ASSERT_THAT(unit, Succeeds());
  EXPECT_EQ(Curl({}, "/ca/timestamping-unit.cer").out, unit.out);
  EXPECT_EQ(Curl({"-o", "/dev/null", "-w", "%{content_type}"}, "/ca/root.cer").out,
            "application/pkix-cert");
}

TEST_F(HttpTest, NothingElseIsServed) {
  for (const char* path : {"/", "/ca/", "/ca/root.key", "/ca/..%2fsecrets%2fpin", "/secrets/pin",
                           "/ca/root.cer/", "/tsa/", "/metrics/x"}) {
    EXPECT_EQ(StatusOf({"--path-as-is"}, path), "404") << path;
  }
  EXPECT_EQ(StatusOf({"--path-as-is"}, "/ca/../../secrets/pin"), "404");
}

TEST_F(HttpTest, MetricsNameWhatWasDone) {
  ASSERT_THAT(Sign({MakeDocument("counted.txt")}), Succeeds());
  // A call is in the house until gRPC says that its answer was delivered.
  std::string metrics;
  const absl::Time until = absl::Now() + absl::Seconds(20);
  do {
    metrics = Curl({}, "/metrics").out;
  } while (!absl::StrContains(metrics, "\nenkrat_calls_in_flight 0\n") && absl::Now() < until);
  for (const char* series :
       {"\nenkrat_serving 1\n", "\nenkrat_sessions_total{reason=\"OK\"} 1\n",
        "\nenkrat_documents_signed_total 1\n", "\nenkrat_hsm_destructions_unconfirmed 0\n",
        "\nenkrat_calls_in_flight 0\n", "\nenkrat_hsm_keys_destroyed ",
        "\nenkrat_hsm_one_time_keys_alive 0\n",
        "\nenkrat_calls_total{method=\"Sign\",reason=\"OK\"} 1\n"}) {
    EXPECT_TRUE(absl::StrContains(metrics, series)) << series;
  }
  EXPECT_FALSE(absl::StrContains(metrics, "Novak"));
}

TEST_F(HttpTest, HealthSaysOk) {
  EXPECT_EQ(StatusOf({}, "/healthz"), "200");
  EXPECT_EQ(StatusOf({"-I"}, "/healthz"), "200");
}

TEST_F(HttpTest, ConnectionIsKeptForMoreThanOneQuery) {
  const std::string document = MakeDocument("kept.txt");
  const std::string health = service().http_url() + "/healthz";
  const ProgramOutcome twice =
      Curl({"-o", "/dev/null", "-w", "%{num_connects} ", health, "-o", "/dev/null"}, "/healthz");
  EXPECT_EQ(twice.out, "1 0 ");
}

}  // namespace
}  // namespace enkrat::testing
