// CRLs and OCSP of a running service, judged by openssl and GnuTLS: good, unknown, revoked within a
// second, numbered upwards through kills.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "enkrat/v1/certificate_service.pb.h"
#include "tests/integration/running_service.h"
#include "tests/integration/sign_calls.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kGetValidationData[] = "/enkrat.v1.CertificateService/GetValidationData";

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

class RevocationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(service_.Start(), IsOk());
    WriteText(unit_,
              Execute({"openssl", "x509", "-in", service_.ServiceFile("tsu-chain.pem")}).out);
  }

  ProgramOutcome Certificates(std::vector<std::string> words) {
    words.insert(words.begin(), {"--json", "certificates"});
    words.insert(words.end(), {"--config", service_.File("enkratd.yaml")});
    return service_.Enkrat(std::move(words));
  }
  ProgramOutcome Revoke(const std::string& role) {
    return Certificates({"revoke", role, "--reason", "keyCompromise", "--yes"});
  }
  std::string OcspUrl() { return service_.http_url() + "/ocsp"; }
  // What openssl says of a certificate ("-cert FILE", "-serial N"); by POST.
  std::string Ask(std::vector<std::string> about) {
    std::vector<std::string> argv = {"openssl", "ocsp", "-issuer", issuer_,
                                     "-CAfile", root_,  "-url",    OcspUrl()};
    for (std::string& word : about) argv.push_back(std::move(word));
    const ProgramOutcome outcome = Execute(std::move(argv));
    return outcome.out + outcome.err;
  }
  // Of whoever signs the answers now.
  std::string ResponderSerial() {
    const std::string response = service_.File("responder.der");
    Ask({"-cert", unit_, "-respout", response});
    const std::string text =
        Execute({"openssl", "ocsp", "-respin", response, "-resp_text", "-noverify"}).out;
    // The certificate in the response comes after what it says.
    const size_t certificate = text.find("Certificate:\n");
    const size_t at = text.find("Serial Number:", certificate);
    if (certificate == std::string::npos || at == std::string::npos) return "";
    std::string serial;
    for (const char c : text.substr(at + 14, text.find("Signature Algorithm", at) - at - 14)) {
      if (absl::ascii_isxdigit(static_cast<unsigned char>(c))) serial += c;
    }
    return serial;
  }
  std::string AskAboutUnit() { return Ask({"-cert", unit_}); }
  // Fetches into a file; the HTTP status.
  std::string Fetch(const std::string& path, const std::string& file,
                    std::vector<std::string> more = {}) {
    std::vector<std::string> argv = {"curl",       "-sS",
                                     "--max-time", "20",
                                     "-o",         service_.File(file),
                                     "-w",         "%{http_code} %{content_type}"};
    for (std::string& word : more) argv.push_back(std::move(word));
    argv.push_back(service_.http_url() + path);
    return Execute(std::move(argv)).out;
  }
  std::string CrlText(const std::string& file) {
    return Execute(
               {"openssl", "crl", "-in", service_.File(file), "-inform", "DER", "-noout", "-text"})
        .out;
  }
  // cRLNumber of the CRL that is served now.
  uint64_t ServedNumber() {
    Fetch("/crl/issuing-ca.crl", "number.crl");
    const std::string text = Execute({"openssl", "crl", "-in", service_.File("number.crl"),
                                      "-inform", "DER", "-noout", "-crlnumber"})
                                 .out;
    uint64_t number = 0;
    const size_t at = text.find("0x");
    if (at == std::string::npos ||
        !absl::SimpleHexAtoi(text.substr(at, text.find('\n') - at), &number)) {
      ADD_FAILURE() << "no number in " << text;
    }
    return number;
  }
  // The unit's chain with both CRLs.
  ProgramOutcome VerifyUnitWithCrls() {
    Fetch("/crl/issuing-ca.crl", "ca.crl");
    Fetch("/crl/root.crl", "root.crl");
    std::string pem;
    for (const char* file : {"ca.crl", "root.crl"}) {
      pem += Execute({"openssl", "crl", "-in", service_.File(file), "-inform", "DER"}).out;
    }
    WriteText(service_.File("crls.pem"), pem);
    return Execute({"openssl", "verify", "-crl_check_all", "-CAfile", root_, "-untrusted", issuer_,
                    "-CRLfile", service_.File("crls.pem"), "-purpose", "any", unit_});
  }
  // Whether it came true within a second of `since`, and a moment for the programs that ask.
  static bool WithinASecond(absl::Time since, const std::function<bool()>& condition) {
    while (!condition()) {
      if (absl::Now() > since + absl::Seconds(3)) return false;
    }
    return true;
  }

  ServiceEnvironment service_;
  const std::string root_ = service_.ServiceFile("root.pem");
  const std::string issuer_ = service_.ServiceFile("issuing-ca.pem");
  const std::string unit_ = service_.File("unit.pem");
};

TEST_F(RevocationTest, OpensslFindsTheUnitGoodByPostWithAndWithoutANonce) {
  const std::string with_nonce = AskAboutUnit();
  EXPECT_THAT(with_nonce, HasSubstr("Response verify OK"));
  EXPECT_THAT(with_nonce, HasSubstr(unit_ + ": good"));
  EXPECT_THAT(with_nonce, Not(HasSubstr("WARNING")));
  EXPECT_THAT(Ask({"-cert", unit_, "-no_nonce"}), HasSubstr(unit_ + ": good"));
  EXPECT_THAT(Ask({"-sha256", "-cert", unit_}), HasSubstr(unit_ + ": good"));
}

TEST_F(RevocationTest, OpensslFindsStrangersUnknown) {
  EXPECT_THAT(Ask({"-serial", "0x1234"}), HasSubstr("0x1234: unknown"));
  EXPECT_THAT(Ask({"-sha512", "-cert", unit_}), HasSubstr(unit_ + ": unknown"));
  EXPECT_THAT(Ask({"-serial", "1", "-serial", "2", "-cert", unit_}), HasSubstr(unit_ + ": good"));
}

TEST_F(RevocationTest, GetIsAnsweredLikePostAndMayBeCached) {
  const std::string request = service_.File("request.der");
  ASSERT_THAT(Execute({"openssl", "ocsp", "-issuer", issuer_, "-cert", unit_, "-no_nonce",
                       "-reqout", request}),
              Succeeds());
  std::string encoded = Execute({"base64", "-w", "0", request}).out;
  std::string escaped;
  for (const char c : encoded) {
    escaped += c == '+' ? "%2B" : c == '/' ? "%2F" : c == '=' ? "%3D" : std::string(1, c);
  }
  const std::string headers = service_.File("headers");
  EXPECT_EQ(Fetch("/ocsp/" + escaped, "get.der", {"-D", headers}), "200 application/ocsp-response");
  EXPECT_THAT(ReadText(headers), HasSubstr("Cache-Control: max-age=300"));
  const ProgramOutcome read = Execute({"openssl", "ocsp", "-respin", service_.File("get.der"),
                                       "-issuer", issuer_, "-cert", unit_, "-CAfile", root_});
  EXPECT_THAT(read.out + read.err, HasSubstr("Response verify OK"));
  EXPECT_THAT(read.out + read.err, HasSubstr(": good"));
  EXPECT_EQ(Fetch("/ocsp/" + encoded, "raw.der"), "200 application/ocsp-response");
}

TEST_F(RevocationTest, WhatIsNoRequestIsAnsweredSo) {
  const std::vector<std::string> post = {"-H", "Content-Type: application/ocsp-request"};
  const auto with = [&](std::vector<std::string> words) {
    words.insert(words.begin(), post.begin(), post.end());
    return words;
  };
  EXPECT_EQ(Fetch("/ocsp", "a", with({"--data-binary", "garbage"})),
            "200 application/ocsp-response");
  EXPECT_EQ(ReadText(service_.File("a")), std::string("\x30\x03\x0a\x01\x01", 5));
  EXPECT_EQ(Fetch("/ocsp/!!!", "a").substr(0, 3), "200");
  EXPECT_EQ(ReadText(service_.File("a")), std::string("\x30\x03\x0a\x01\x01", 5));
  EXPECT_EQ(Fetch("/ocsp", "a", with({"--data-binary", std::string(5000, 'x')})).substr(0, 3),
            "413");
  EXPECT_EQ(Fetch("/ocsp", "a", {"--data-binary", "x"}).substr(0, 3), "415");
  EXPECT_EQ(Fetch("/ocsp", "a").substr(0, 3), "405");
  EXPECT_EQ(Fetch("/ocsp/AAAA", "a", with({"--data-binary", "x"})).substr(0, 3), "405");
  EXPECT_EQ(Fetch("/crl/issuing-ca.crl", "a", {"-X", "DELETE"}).substr(0, 3), "405");
  EXPECT_EQ(Fetch("/crl/nobody.crl", "a").substr(0, 3), "404");
  EXPECT_EQ(Fetch("/crl/..%2froot.crl", "a").substr(0, 3), "404");
}

TEST_F(RevocationTest, GnutlsVerifiesTheOcspResponse) {
  const std::string response = service_.File("gnutls.der");
  const ProgramOutcome asked = Execute({"ocsptool", "--ask=" + OcspUrl(), "--load-cert", unit_,
                                        "--load-issuer", issuer_, "--outfile", response});
  EXPECT_THAT(asked.out + asked.err, HasSubstr("good"));
  const ProgramOutcome verified = Execute(
      {"ocsptool", "--verify-response", "--load-response", response, "--load-trust", issuer_});
  EXPECT_THAT(verified, Succeeds()) << verified.out << verified.err;
  const ProgramOutcome stranger = Execute(
      {"ocsptool", "--verify-response", "--load-response", response, "--load-trust", unit_});
  EXPECT_THAT(stranger, Not(Succeeds()));
}

TEST_F(RevocationTest, OpensslAndGnutlsVerifyTheCrls) {
  EXPECT_EQ(Fetch("/crl/issuing-ca.crl", "ca.crl"), "200 application/pkix-crl");
  EXPECT_EQ(Fetch("/crl/root.crl", "root.crl"), "200 application/pkix-crl");
  EXPECT_EQ(Fetch("/crl/issuing-ca.crl", "head", {"-I"}), "200 application/pkix-crl");
  const auto verify = [&](const char* crl, const std::string& issuer) {
    const ProgramOutcome outcome = Execute({"openssl", "crl", "-in", service_.File(crl), "-inform",
                                            "DER", "-noout", "-CAfile", issuer});
    return outcome.out + outcome.err;
  };
  EXPECT_THAT(verify("ca.crl", issuer_), HasSubstr("verify OK"));
  EXPECT_THAT(verify("root.crl", root_), HasSubstr("verify OK"));
  EXPECT_THAT(verify("ca.crl", root_), Not(HasSubstr("verify OK")));
  for (const auto& [crl, issuer] : {std::pair{"ca.crl", issuer_}, std::pair{"root.crl", root_}}) {
    const ProgramOutcome info =
        Execute({"certtool", "--crl-info", "--inder", "--infile", service_.File(crl)});
    EXPECT_THAT(info.out, HasSubstr("CRL Number"));
    EXPECT_THAT(info.out, HasSubstr("No revoked certificates"));
    WriteText(service_.File("gnutls.pem"),
              Execute({"openssl", "crl", "-in", service_.File(crl), "-inform", "DER"}).out);
    const ProgramOutcome verified = Execute({"certtool", "--verify-crl", "--load-ca-certificate",
                                             issuer, "--infile", service_.File("gnutls.pem")});
    EXPECT_THAT(verified.out + verified.err, HasSubstr("Verified"));
  }
  const ProgramOutcome chain = VerifyUnitWithCrls();
  EXPECT_THAT(chain, Succeeds()) << chain.err;
}

TEST_F(RevocationTest, CertificatesPointToWhatIsServed) {
  const std::string text = Execute({"openssl", "x509", "-in", unit_, "-noout", "-text"}).out;
  EXPECT_THAT(text, HasSubstr("/ocsp"));
  const size_t at = text.find("/crl/");
  ASSERT_NE(at, std::string::npos);
  const std::string path = text.substr(at, text.find('\n', at) - at);
  EXPECT_EQ(Fetch(path, "by-name.crl"), "200 application/pkix-crl");
  const std::string issuing = Execute({"openssl", "x509", "-in", issuer_, "-noout", "-text"}).out;
  const size_t above = issuing.find("/crl/");
  ASSERT_NE(above, std::string::npos);
  EXPECT_EQ(Fetch(issuing.substr(above, issuing.find('\n', above) - above), "above.crl"),
            "200 application/pkix-crl");
}

TEST_F(RevocationTest, RevocationIsInOcspAndCrlWithinASecond) {
  ASSERT_THAT(AskAboutUnit(), HasSubstr(": good"));
  const uint64_t before = ServedNumber();
  ASSERT_THAT(Revoke("timestamping-unit"), Succeeds());
  const absl::Time revoked = absl::Now();
  EXPECT_TRUE(WithinASecond(revoked,
                            [&] { return AskAboutUnit().find(": revoked") != std::string::npos; }));
  EXPECT_TRUE(WithinASecond(revoked, [&] { return ServedNumber() > before; }));
  EXPECT_THAT(AskAboutUnit(), HasSubstr("Reason: keyCompromise"));
  Fetch("/crl/issuing-ca.crl", "revoked.crl");
  EXPECT_THAT(CrlText("revoked.crl"), HasSubstr("Key Compromise"));
  const ProgramOutcome chain = VerifyUnitWithCrls();
  EXPECT_THAT(chain, Not(Succeeds()));
  EXPECT_THAT(chain.out + chain.err, HasSubstr("certificate revoked"));
}

// The responses in the signature and in its token still say "good", and are not old.
TEST_F(RevocationTest, ServiceJudgesTimestampsOfARevokedUnitByItsOwnCrl) {
  const std::string document = service_.File("before.txt");
  WriteText(document, "before");
  ASSERT_THAT(service_.Enkrat({"timestamp", document}), Succeeds());
  const std::vector<std::string> verify = {"verify", document, "--signature", document + ".tst",
                                           "--remote"};
  ASSERT_THAT(service_.Enkrat(verify), Succeeds());
  ASSERT_THAT(Revoke("timestamping-unit"), Succeeds());
  ASSERT_THAT(Certificates({"issue", "timestamping-unit"}), Succeeds());
  ASSERT_THAT(service_.Restart(), IsOk());
  const ProgramOutcome judged = service_.Enkrat(verify);
  EXPECT_THAT(judged, ExitsWith(3));
  EXPECT_THAT(judged.out, HasSubstr("REVOKED_NO_POE"));
}

TEST_F(RevocationTest, RevokedResponderAnswersNothingUntilThereIsANewOne) {
  ASSERT_THAT(Ask({"-cert", unit_, "-no_nonce"}), HasSubstr(": good"));
  ASSERT_THAT(Revoke("ocsp-responder"), Succeeds());
  // At once: it asks the register each time, whatever was kept before.
  EXPECT_THAT(AskAboutUnit(), HasSubstr("internalerror"));
  EXPECT_THAT(Ask({"-cert", unit_, "-no_nonce"}), HasSubstr("internalerror"));
  ASSERT_THAT(Certificates({"issue", "ocsp-responder"}), Succeeds());
  EXPECT_TRUE(HoldsSoon([&] { return Has(AskAboutUnit(), ": good"); }));
  EXPECT_THAT(Ask({"-cert", unit_, "-no_nonce"}), HasSubstr("Response verify OK"));
}

TEST_F(RevocationTest, RenewedResponderAnswersWithoutARestartAndWithoutAGap) {
  const std::string before = ResponderSerial();
  ASSERT_THAT(Certificates({"renew", "ocsp-responder"}), Succeeds());
  std::string after = before;
  EXPECT_TRUE(HoldsSoon([&] {
    for (const std::string& answer : {AskAboutUnit(), Ask({"-cert", unit_, "-no_nonce"})}) {
      EXPECT_THAT(answer, HasSubstr("Response verify OK"));
      EXPECT_THAT(answer, HasSubstr(": good"));
    }
    after = ResponderSerial();
    return after != before;
  }));
  // The one before it has gone out of office, and is missed by nobody when it is revoked.
  ASSERT_THAT(Certificates({"revoke", before, "--reason", "superseded", "--yes"}), Succeeds());
  EXPECT_THAT(AskAboutUnit(), HasSubstr(": good"));
  EXPECT_EQ(ResponderSerial(), after);
}

TEST_F(RevocationTest, ReissuedResponderAnswersAlsoAfterARestart) {
  const std::string before = ResponderSerial();
  ASSERT_THAT(Certificates({"reissue", "ocsp-responder", "--organization", "Another name"}),
              Succeeds());
  EXPECT_TRUE(HoldsSoon([&] { return ResponderSerial() != before; }));
  const std::string after = ResponderSerial();
  ASSERT_THAT(service_.Restart(), IsOk());
  EXPECT_THAT(AskAboutUnit(), HasSubstr(": good"));
  EXPECT_EQ(ResponderSerial(), after);
}

// A renewal writes register and files one after the other; the token may be away in between.
TEST_F(RevocationTest, ResponderThatCannotBeReadLeavesThePresentOneAnswering) {
  const std::string before = ResponderSerial();
  const std::string file = service_.ServiceFile("ocsp.pem");
  const std::string content = ReadText(file);
  WriteText(file, "no certificate");
  EXPECT_TRUE(HoldsSoon(
      [&] { return Has(service_.daemon().err(), "ALARM: the OCSP responders cannot be read"); }));
  EXPECT_THAT(AskAboutUnit(), HasSubstr(": good"));
  EXPECT_EQ(ResponderSerial(), before);
  WriteText(file, content);
  ASSERT_THAT(Certificates({"renew", "ocsp-responder"}), Succeeds());
  EXPECT_TRUE(HoldsSoon([&] { return ResponderSerial() != before; }));
}

TEST_F(RevocationTest, NumbersNeverFallThroughKillsAndRevocations) {
  uint64_t last = ServedNumber();
  for (const char* role : {"", "timestamping-unit", "", "ocsp-responder", ""}) {
    const bool revoked = *role != 0;
    if (revoked) {
      ASSERT_THAT(Revoke(role), Succeeds());
    }
    if (revoked && std::string(role) == "timestamping-unit") {
      ASSERT_THAT(Certificates({"issue", "timestamping-unit"}), Succeeds());
    }
    service_.Kill();
    ASSERT_THAT(service_.Start(), IsOk());
    const uint64_t number = ServedNumber();
    if (revoked) {
      EXPECT_GT(number, last);
    } else {
      EXPECT_GE(number, last);
    }
    last = number;
  }
}

TEST_F(RevocationTest, NewRootCrlIsGivenOutWithoutARestart) {
  Fetch("/crl/root.crl", "first.crl");
  const ProgramOutcome shown = Certificates({"crl"});
  ASSERT_THAT(shown, Succeeds());
  EXPECT_EQ(nlohmann::json::parse(shown.out).size(), 2u);
  ASSERT_THAT(Certificates({"crl", "--root"}), Succeeds());
  EXPECT_TRUE(WithinASecond(absl::Now(), [&] {
    Fetch("/crl/root.crl", "second.crl");
    return ReadText(service_.File("first.crl")) != ReadText(service_.File("second.crl"));
  }));
  EXPECT_THAT(service_.Enkrat({"doctor", "--config", service_.File("enkratd.yaml")}), Succeeds());
}

TEST_F(RevocationTest, RootCrlNeedsTheRootsToken) {
  const ProgramOutcome outcome =
      Certificates({"crl", "--root", "--root-token-label", "somewhere-else"});
  EXPECT_THAT(outcome, Not(Succeeds()));
  EXPECT_THAT(outcome.out + outcome.err, HasSubstr("root"));
}

TEST_F(RevocationTest, ValidationDataAreThereUntilTheUnitIsRevoked) {
  const GrpcCaller caller({service_.grpc_target()});
  v1::GetValidationDataResponse response;
  ASSERT_THAT(caller.Call(kGetValidationData, v1::GetValidationDataRequest(), &response),
              IsGranted());
  EXPECT_EQ(response.validation_data().certificates_size(), 4);
  ASSERT_THAT(Revoke("timestamping-unit"), Succeeds());
  EXPECT_THAT(caller.Call(kGetValidationData, v1::GetValidationDataRequest(), nullptr),
              Not(IsGranted()));
}

}  // namespace
}  // namespace enkrat::testing
