// Services whose keys and certificates are not the usual ones: other algorithms, a root that
// somebody else holds, a timestamping authority that somebody else runs.
#include <string>

#include "tests/integration/running_service.h"
#include "tests/integration/sign_calls.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kAborted = 10;

// Signs a new document with the command line; its path.
std::string SignedBy(const ServiceEnvironment& service, const std::string& name,
                     std::vector<std::string> more = {}) {
  const std::string document = service.File(name);
  WriteText(document, "The document " + name + ".\n");
  more.insert(more.begin(), {"sign", document, "--parts"});
  for (std::string& word : service.LoginOptions()) more.push_back(std::move(word));
  EXPECT_THAT(service.Enkrat(std::move(more)), Succeeds());
  return document;
}

ProgramOutcome OpensslVerifiesCms(const std::string& document, const std::string& root) {
  return Execute({"openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in",
                  document + ".p7s", "-content", document, "-CAfile", root, "-purpose", "any",
                  "-out", "/dev/null"});
}

ProgramOutcome OpensslVerifiesTimestamp(const std::string& document, const std::string& root) {
  return Execute({"openssl", "ts", "-verify", "-token_in", "-in", document + ".tst", "-data",
                  document + ".sig", "-CAfile", root});
}

// A token's signature by OpenSSL's CMS code: `openssl ts` uses its PKCS#7 code, which takes every
// RSA signature for PKCS#1 v1.5 (also in OpenSSL 3.0) and so refuses RSASSA-PSS.
ProgramOutcome OpensslVerifiesTokenAsCms(const std::string& document, const std::string& root) {
  return Execute({"openssl", "cms", "-verify", "-cades", "-inform", "DER", "-in", document + ".tst",
                  "-CAfile", root, "-purpose", "timestampsign", "-out", document + ".tstinfo"});
}

class CeremonyAlgorithmTest : public ::testing::TestWithParam<const char*> {};

TEST_P(CeremonyAlgorithmTest, OpensslVerifiesWhatItsKeysSign) {
  ServiceEnvironment service({.ceremony = [](const ServiceEnvironment& environment) {
    ASSERT_THAT(environment.Init({"--algorithm", GetParam()}), Succeeds());
  }});
  ASSERT_THAT(service.Start(), IsOk());
  const std::string root = service.ServiceFile("root.pem");
  const std::string document = SignedBy(service, "document.txt");
  EXPECT_THAT(OpensslVerifiesCms(document, root), Succeeds());
  EXPECT_THAT(OpensslVerifiesTokenAsCms(document, root), Succeeds());
  EXPECT_THAT(service.Enkrat({"verify", document, "--roots", root}), Succeeds());
  EXPECT_THAT(service.Enkrat({"doctor", "--config", service.File("enkratd.yaml")}), Succeeds());
  for (const char* file : {"root.pem", "issuing-ca.pem", "tsu-chain.pem", "ocsp.pem"}) {
    EXPECT_THAT(Execute({"certtool", "--certificate-info", "--infile", service.ServiceFile(file)}),
                Succeeds());
  }
}

INSTANTIATE_TEST_SUITE_P(All, CeremonyAlgorithmTest,
                         ::testing::Values("ECDSA-P384", "RSA-PSS-3072"), [](const auto& one) {
                           return std::string(one.param) == "ECDSA-P384" ? "P384" : "RsaPss3072";
                         });

// A root of OpenSSL's making certifies the issuing CA.
void CertifyFromOutside(const ServiceEnvironment& environment) {
  ASSERT_THAT(environment.Init({"--csr"}), Succeeds());
  const std::string root = environment.File("outside-root.pem");
  const std::string key = environment.File("outside-root.key");
  const std::string issuing = environment.File("outside-issuing.pem");
  ASSERT_THAT(
      Execute({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384",
               "-nodes", "-days", "7300", "-subj", "/C=SI/O=Outside/CN=Outside root", "-addext",
               "keyUsage=critical,keyCertSign,cRLSign", "-out", root, "-keyout", key}),
      Succeeds());
  WriteText(environment.File("issuing.cnf"),
            "basicConstraints=critical,CA:TRUE,pathlen:0\n"
            "keyUsage=critical,keyCertSign,cRLSign\n"
            "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
            "certificatePolicies=2.5.29.32.0\n");
  ASSERT_THAT(
      Execute({"openssl", "x509", "-req", "-sha384", "-days", "3650", "-in",
               environment.ServiceFile("issuing-ca.csr"), "-CA", root, "-CAkey", key,
               "-CAcreateserial", "-extfile", environment.File("issuing.cnf"), "-out", issuing}),
      Succeeds());
  WriteText(environment.File("outside-chain.pem"), ReadText(issuing) + ReadText(root));
  ASSERT_THAT(environment.Init({"--install", environment.File("outside-chain.pem")}), Succeeds());
}

TEST(OutsideRootTest, OpensslVerifiesUpToTheOutsideRoot) {
  ServiceEnvironment service({.ceremony = CertifyFromOutside});
  ASSERT_THAT(service.Start(), IsOk());
  const std::string root = service.File("outside-root.pem");
  const std::string document = SignedBy(service, "document.txt");
  EXPECT_THAT(OpensslVerifiesCms(document, root), Succeeds());
  EXPECT_THAT(OpensslVerifiesTimestamp(document, root), Succeeds());
  EXPECT_THAT(service.Enkrat({"verify", document, "--roots", root}), Succeeds());
}

// One service timestamps for another.
class OutsideTsaTest : public RunningService {
 protected:
  static void SetUpTestSuite() { StartService(); }

  // `trusted`: PEM file of the TSA's root as the service has it.
  static ServiceEnvironment::Options WithTsa(const std::string& trusted) {
    return {.settings = {{"timestamping.own", ""},
                         {"timestamping.outside", "{url: \"" + service().http_url() +
                                                      "/tsa\", trust_file: \"" + trusted +
                                                      "\", timeout: 5s}"}}};
  }
};

TEST_F(OutsideTsaTest, OpensslVerifiesItsTimestampsByItsOwnRoot) {
  const std::string tsa_root = service().ServiceFile("root.pem");
  ServiceEnvironment signing(WithTsa(tsa_root));
  ASSERT_THAT(signing.Start(), IsOk());
  const std::string document = SignedBy(signing, "document.txt");
  const std::string own_root = signing.ServiceFile("root.pem");
  EXPECT_THAT(OpensslVerifiesCms(document, own_root), Succeeds());
  EXPECT_THAT(OpensslVerifiesTimestamp(document, tsa_root), Succeeds());
  EXPECT_THAT(OpensslVerifiesTimestamp(document, own_root), Not(Succeeds()));
  WriteText(signing.File("both.pem"), ReadText(own_root) + ReadText(tsa_root));
  EXPECT_THAT(signing.Enkrat({"verify", document, "--roots", signing.File("both.pem")}),
              Succeeds());
  // Good as long as the certificate lives: a timestamp by somebody else proves nothing.
  const ProgramOutcome alone = signing.Enkrat({"verify", document, "--roots", own_root});
  EXPECT_THAT(alone, Succeeds());
  EXPECT_THAT(alone.out, HasSubstr("A timestamp proves nothing: NO_CERTIFICATE_CHAIN_FOUND."));
}

TEST_F(OutsideTsaTest, ServiceWithoutAUnitOffersNone) {
  ServiceEnvironment signing(WithTsa(service().ServiceFile("root.pem")));
  ASSERT_THAT(signing.Start(), IsOk());
  for (const char* path : {"/tsa", "/ca/timestamping-unit.cer"}) {
    EXPECT_EQ(
        Execute({"curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", signing.http_url() + path})
            .out,
        "404")
        << path;
  }
}

TEST_F(OutsideTsaTest, TimestampOfAnUntrustedTsaAbortsTheSession) {
  ServiceEnvironment signing(WithTsa("service/root.pem"));  // its own, not the TSA's
  ASSERT_THAT(signing.Start(), IsOk());
  const GrpcCaller caller({signing.grpc_target()});
  v1::SignRequest request = BoundRequest(signing, caller);
  request.set_format(v1::SIGNATURE_FORMAT_CADES_B_T);
  EXPECT_THAT(caller.Call(kSign, request, nullptr), Refuses(kAborted, "TIMESTAMP_UNAVAILABLE"));
}

TEST_F(OutsideTsaTest, TsaThatIsAwayAbortsTheSessionButNotOneWithoutTimestamp) {
  ServiceEnvironment signing({.settings = {{"timestamping.own", ""},
                                           {"timestamping.outside",
                                            "{url: \"http://127.0.0.1:1/tsa\", trust_file: "
                                            "service/root.pem, timeout: 1s}"}}});
  ASSERT_THAT(signing.Start(), IsOk());
  const GrpcCaller caller({signing.grpc_target()});
  v1::SignRequest request = BoundRequest(signing, caller);
  request.set_format(v1::SIGNATURE_FORMAT_CADES_B_T);
  EXPECT_THAT(caller.Call(kSign, request, nullptr), Refuses(kAborted, "TIMESTAMP_UNAVAILABLE"));
  EXPECT_THAT(caller.Call(kSign, request, nullptr), Refuses(kAborted, "TIMESTAMP_UNAVAILABLE"))
      << "the same again";
  v1::SignRequest without = BoundRequest(signing, caller);
  without.set_format(v1::SIGNATURE_FORMAT_CADES_B_B);
  EXPECT_THAT(caller.Call(kSign, without, nullptr), IsGranted());
}

}  // namespace
}  // namespace enkrat::testing
