// Units of several algorithms in one service, made by `enkrat certificates add-unit` and asked for
// by their policies; judged by openssl ts and cms.
#include <functional>
#include <string>

#include "absl/time/clock.h"
#include "tests/integration/running_service.h"

namespace enkrat::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kRsaPolicy[] = "1.3.6.1.4.1.32473.2.2";
constexpr char kP384Policy[] = "1.3.6.1.4.1.32473.2.3";
constexpr char kGranted[] = "Status: Granted";
constexpr char kUnavailable[] = "time source is not available";

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

class FurtherUnitsTest : public RunningService {
 protected:
  static void SetUpTestSuite() {
    StartService();
    AddUnits();
  }

  static ProgramOutcome Certificates(std::vector<std::string> words) {
    words.insert(words.begin(), "certificates");
    words.insert(words.end(), {"--config", service().File("enkratd.yaml")});
    return service().Enkrat(std::move(words));
  }

  static void AddUnits() {
    const ProgramOutcome rsa = Certificates(
        {"add-unit", "rsa", "--algorithm", "RSA-PSS-3072", "--policy-oid", kRsaPolicy});
    ASSERT_THAT(rsa, Succeeds());
    // What it says is to be put into the configuration, is what is put there.
    EXPECT_THAT(rsa.out,
                AllOf(HasSubstr("further_units:"),
                      HasSubstr("- chain_file: " + service().ServiceFile("tsu-rsa-chain.pem")),
                      HasSubstr(std::string("policy_oid: ") + kRsaPolicy)));
    ASSERT_THAT(Certificates(
                    {"add-unit", "p384", "--algorithm", "ECDSA-P384", "--policy-oid", kP384Policy}),
                Succeeds());
    service().Kill();
    service().settings()["timestamping.own"] =
        "{chain_file: service/tsu-chain.pem, further_units: ["
        "{chain_file: service/tsu-rsa-chain.pem, policy_oid: " +
        std::string(kRsaPolicy) +
        "}, "
        "{chain_file: service/tsu-p384-chain.pem, policy_oid: " +
        kP384Policy + "}]}";
    ASSERT_THAT(service().Start(), IsOk());
  }

  // A token over a document of this name: queried, fetched, read by OpenSSL.
  static std::string Ask(const std::string& name, const std::string& policy = {}) {
    const std::string document = MakeDocument(name);
    std::vector<std::string> query = {"openssl", "ts",    "-query", "-data",          document,
                                      "-sha256", "-cert", "-out",   document + ".tsq"};
    if (!policy.empty()) query.insert(query.end(), {"-tspolicy", policy});
    Execute(std::move(query));
    Execute({"curl", "-sS", "--max-time", "20", "-H", "Content-Type: application/timestamp-query",
             "--data-binary", "@" + document + ".tsq", "-o", document + ".tsr",
             service().http_url() + "/tsa"});
    return Execute({"openssl", "ts", "-reply", "-in", document + ".tsr", "-text"}).out;
  }
  static ProgramOutcome VerifyTs(const std::string& name) {
    const std::string document = service().File(name);
    return Execute({"openssl", "ts", "-verify", "-queryfile", document + ".tsq", "-in",
                    document + ".tsr", "-CAfile", service().ServiceFile("root.pem")});
  }
  // `openssl ts -verify` knows no RSA-PSS; writes the signer's certificate to <name>.pem.
  static ProgramOutcome VerifyCms(const std::string& name) {
    const std::string document = service().File(name);
    Execute({"openssl", "ts", "-reply", "-in", document + ".tsr", "-token_out", "-out",
             document + ".der"});
    return Execute({"openssl", "cms", "-verify", "-inform", "DER", "-in", document + ".der",
                    "-purpose", "timestampsign", "-CAfile", service().ServiceFile("root.pem"),
                    "-signer", document + ".pem", "-out", "/dev/null"});
  }
  static std::string SignerOf(const std::string& name) {
    EXPECT_THAT(VerifyCms(name), Succeeds());
    return Execute({"openssl", "x509", "-in", service().File(name + ".pem"), "-noout", "-text"})
        .out;
  }
};

TEST_F(FurtherUnitsTest, EachPolicyIsAnsweredByItsUnit) {
  EXPECT_THAT(Ask("default.txt"), HasSubstr(kGranted));
  EXPECT_THAT(VerifyTs("default.txt"), Succeeds());
  EXPECT_THAT(SignerOf("default.txt"), HasSubstr("prime256v1"));
  EXPECT_THAT(Ask("p384.txt", kP384Policy), AllOf(HasSubstr(kGranted), HasSubstr(kP384Policy)));
  EXPECT_THAT(VerifyTs("p384.txt"), Succeeds());
  EXPECT_THAT(SignerOf("p384.txt"), HasSubstr("secp384r1"));
  EXPECT_THAT(Ask("rsa.txt", kRsaPolicy), AllOf(HasSubstr(kGranted), HasSubstr(kRsaPolicy)));
  EXPECT_THAT(SignerOf("rsa.txt"),
              AllOf(HasSubstr("3072 bit"), HasSubstr("Timestamping Unit rsa"),
                    HasSubstr("Time Stamping"), HasSubstr("/crl/"), HasSubstr("/ocsp")));
}

TEST_F(FurtherUnitsTest, RegisterTellsTheUnitsApart) {
  EXPECT_THAT(Certificates({"list"}).out,
              AllOf(HasSubstr("timestamping-unit rsa"), HasSubstr("timestamping-unit p384")));
  EXPECT_THAT(
      Certificates({"show", "rsa"}).out,
      AllOf(HasSubstr("unit: rsa"), HasSubstr("timestamping-unit-rsa"), HasSubstr("added")));
  EXPECT_THAT(Certificates({"add-unit", "rsa", "--policy-oid", kRsaPolicy}), Not(Succeeds()));
  EXPECT_THAT(Certificates({"add-unit", "p256", "--policy-oid", "none"}), Not(Succeeds()));
  EXPECT_THAT(Certificates({"add-unit", "p256", "--policy-oid", kRsaPolicy, "--algorithm", "RSA"}),
              Not(Succeeds()));
  EXPECT_THAT(service().Enkrat({"doctor", "--config", service().File("enkratd.yaml")}), Succeeds());
}

TEST_F(FurtherUnitsTest, RenewedUnitIsTakenUpWithoutARestartAndTheOthersStay) {
  ASSERT_THAT(Ask("before.txt", kP384Policy), HasSubstr(kGranted));
  const std::string before = SignerOf("before.txt");
  ASSERT_THAT(Ask("first.txt"), HasSubstr(kGranted));
  const std::string first = SignerOf("first.txt");
  ASSERT_THAT(Certificates({"renew", "p384"}), Succeeds());
  EXPECT_TRUE(HoldsSoon([&] {
    return Has(Ask("after.txt", kP384Policy), kGranted) && SignerOf("after.txt") != before;
  }));
  EXPECT_THAT(VerifyTs("after.txt"), Succeeds());
  EXPECT_THAT(SignerOf("after.txt"), HasSubstr("secp384r1"));
  EXPECT_THAT(Ask("still.txt"), HasSubstr(kGranted));
  EXPECT_EQ(SignerOf("still.txt"), first);
}

TEST_F(FurtherUnitsTest, PublishedCertificateFollowsTheRenewal) {
  const auto published = [] {
    return Execute({"curl", "-sS", service().http_url() + "/ca/timestamping-unit.cer"}).out;
  };
  const std::string before = published();
  ASSERT_THAT(Certificates({"renew", "timestamping-unit"}), Succeeds());
  EXPECT_TRUE(HoldsSoon([&] { return published() != before; }));
  WriteText(service().File("published.cer"), published());
  EXPECT_EQ(Execute({"openssl", "x509", "-inform", "DER", "-in", service().File("published.cer"),
                     "-outform", "PEM"})
                .out,
            Execute({"openssl", "x509", "-in", service().ServiceFile("tsu-chain.pem")}).out);
}

TEST_F(FurtherUnitsTest, RevokedUnitStopsAloneAndTheOthersGoOn) {
  ASSERT_THAT(Ask("old.txt", kRsaPolicy), HasSubstr(kGranted));
  ASSERT_THAT(Certificates({"revoke", "rsa", "--reason", "keyCompromise", "--yes"}), Succeeds());
  EXPECT_TRUE(HoldsSoon([] { return Has(Ask("refused.txt", kRsaPolicy), kUnavailable); }));
  EXPECT_THAT(Ask("default.txt"), HasSubstr(kGranted));
  EXPECT_THAT(Ask("p384.txt", kP384Policy), HasSubstr(kGranted));
  // Not within the second of the revocation: what was under way may be the revoked unit's.
  EXPECT_TRUE(HoldsSoon([] {
    return Sign({MakeDocument("long.txt"), "--format", "cades-b-lt"}).exit_code == 0;
  }));
  ASSERT_THAT(service().Restart(), IsOk());
  EXPECT_THAT(Ask("default.txt"), HasSubstr(kGranted));
  EXPECT_THAT(Ask("refused.txt", kRsaPolicy), HasSubstr(kUnavailable));
  EXPECT_THAT(service().Enkrat({"doctor", "--config", service().File("enkratd.yaml")}),
              Not(Succeeds()));
  ASSERT_THAT(Certificates({"issue", "rsa"}), Succeeds());
  EXPECT_TRUE(HoldsSoon([] { return Has(Ask("new.txt", kRsaPolicy), kGranted); }));
  EXPECT_THAT(SignerOf("new.txt"), HasSubstr("3072 bit"));
}

}  // namespace
}  // namespace enkrat::testing
