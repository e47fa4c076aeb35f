// Signatures, timestamps and certificates of the real service, judged by programs that nobody here
// wrote: OpenSSL, GnuTLS, OpenSC.
#include <filesystem>
#include <regex>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "tests/integration/running_service.h"
#include "tests/support/paths.h"
#include "tests/support/softhsm_token.h"

namespace enkrat::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class InteropTest : public RunningService {
 protected:
  static void SetUpTestSuite() { StartService(); }

  static std::string Root() { return service().ServiceFile("root.pem"); }

  static ProgramOutcome OpensslVerifiesCms(const std::string& cms, const std::string& document) {
    return Execute({"openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", cms,
                    "-content", document, "-CAfile", Root(), "-purpose", "any", "-out",
                    "/dev/null"});
  }

  static ProgramOutcome OpensslVerifiesTimestamp(const std::string& token,
                                                 const std::string& stamped) {
    return Execute({"openssl", "ts", "-verify", "-token_in", "-in", token, "-data", stamped,
                    "-CAfile", Root()});
  }

  // The one-time certificate of a fresh signing, as a PEM file; its chain is in <name>.chain.
  static std::string FreshCertificate(const std::string& name) {
    const std::string document = MakeDocument(name);
    EXPECT_THAT(Sign({document, "--chain-out", document + ".chain", "--certificate-out",
                      document + ".pem"}),
                Succeeds());
    return document + ".pem";
  }

  static ProgramOutcome Pkcs11Tool(std::vector<std::string> words) {
    words.insert(words.begin(), {"pkcs11-tool", "--module", SoftHsmDirectory::ModulePath()});
    return RunProgram(
        {.argv = std::move(words), .environment = {{"SOFTHSM2_CONF", service().softhsm_conf()}}});
  }

  // pkcs11-tool's own --token-label takes any label that begins so: enkrat-root for enkrat.
  static std::string SlotOf(const std::string& token_label) {
    const std::string slots = Pkcs11Tool({"--list-slots"}).out;
    const std::regex pattern("\\((0x[0-9a-f]+)\\)[^\n]*\n *token label +: " + token_label + "\n");
    std::smatch match;
    return std::regex_search(slots, match, pattern) ? match[1].str() : "no slot: " + slots;
  }
};

TEST_F(InteropTest, OpensslVerifiesTheSignatureOfAPdf) {
  const std::string pdf = service().File("document.pdf");
  ASSERT_THAT(Execute({"python3", SourcePath("tools/demo/make_document.py"), pdf}), Succeeds());
  ASSERT_THAT(Sign({pdf, "--parts"}), Succeeds());
  EXPECT_THAT(OpensslVerifiesCms(pdf + ".p7s", pdf), Succeeds());
  EXPECT_THAT(OpensslVerifiesTimestamp(pdf + ".tst", pdf + ".sig"), Succeeds());
}

TEST_F(InteropTest, OpensslAndEnkratRefuseAChangedDocument) {
  const std::string document = MakeDocument("changed.txt");
  ASSERT_THAT(Sign({document, "--parts"}), Succeeds());
  const ProgramOutcome before = service().Enkrat({"verify", document, "--roots", Root()});
  EXPECT_THAT(before, Succeeds());
  EXPECT_THAT(before.out, HasSubstr("\nTOTAL_PASSED\n"));

  WriteText(document, ReadText(document) + " ");
  EXPECT_THAT(OpensslVerifiesCms(document + ".p7s", document), Not(Succeeds()));
  const ProgramOutcome after = service().Enkrat({"verify", document, "--roots", Root()});
  EXPECT_THAT(after, ExitsWith(1));
  EXPECT_THAT(after.out, HasSubstr("\nTOTAL_FAILED/HASH_FAILURE\n"));
}

TEST_F(InteropTest, OpensslRefusesATimestampOverOtherOctets) {
  const std::string document = MakeDocument("stamped.txt");
  ASSERT_THAT(Sign({document, "--parts"}), Succeeds());
  EXPECT_THAT(OpensslVerifiesTimestamp(document + ".tst", document), Not(Succeeds()));
}

TEST_F(InteropTest, OpensslVerifiesTheChain) {
  const std::string certificate = FreshCertificate("chain.txt");
  const std::string issuing = service().ServiceFile("issuing-ca.pem");
  EXPECT_THAT(Execute({"openssl", "verify", "-x509_strict", "-CAfile", Root(), "-untrusted",
                       issuing, certificate}),
              Succeeds());
  EXPECT_THAT(Execute({"openssl", "verify", "-x509_strict", "-CAfile", Root(), "-untrusted",
                       service().ServiceFile("tsu-chain.pem"), "-purpose", "timestampsign",
                       service().ServiceFile("tsu-chain.pem")}),
              Succeeds());
  EXPECT_THAT(Execute({"openssl", "verify", "-CAfile", issuing, certificate}), Not(Succeeds()))
      << "the issuing CA alone is no root";
}

TEST_F(InteropTest, GnuTlsParsesEveryCertificate) {
  const std::string certificate = FreshCertificate("gnutls.txt");
  for (const std::string& file :
       {Root(), service().ServiceFile("issuing-ca.pem"), service().ServiceFile("tsu-chain.pem"),
        service().ServiceFile("ocsp.pem"), certificate, service().File("gnutls.txt.chain")}) {
    const ProgramOutcome parsed = Execute({"certtool", "--certificate-info", "--infile", file});
    EXPECT_THAT(parsed, Succeeds()) << file;
    EXPECT_THAT(parsed.out + parsed.err, AllOf(HasSubstr("X.509 Certificate Information"),
                                               Not(HasSubstr("error")), Not(HasSubstr("warning"))))
        << file;
  }
  for (const std::string& file :
       {service().ServiceFile("root.cer"), service().ServiceFile("issuing-ca.cer")}) {
    EXPECT_THAT(Execute({"certtool", "--certificate-info", "--inder", "--infile", file}),
                Succeeds());
  }
}

TEST_F(InteropTest, GnuTlsVerifiesTheChain) {
  FreshCertificate("gnutls-chain.txt");
  const ProgramOutcome verified = Execute({"certtool", "--verify", "--load-ca-certificate", Root(),
                                           "--infile", service().File("gnutls-chain.txt.chain")});
  EXPECT_THAT(verified, Succeeds());
  EXPECT_THAT(verified.out, HasSubstr("Verified. The certificate is trusted."));
}

TEST_F(InteropTest, OneTimeCertificateSaysWhatItIs) {
  const std::string certificate = FreshCertificate("profile.txt");
  const std::string text =
      Execute({"openssl", "x509", "-in", certificate, "-noout", "-text", "-nameopt", "RFC2253"})
          .out;
  EXPECT_THAT(text, HasSubstr("X509v3 Key Usage: critical\n                Non Repudiation\n"));
  // noRevAvail (RFC 9608) and ETSI's valassured-ST-certs, by whatever name this OpenSSL has.
  EXPECT_THAT(text, ::testing::AnyOf(HasSubstr("2.5.29.56"), HasSubstr("No Rev")));
  EXPECT_THAT(text, HasSubstr("0.4.0.194121.2.1"));
  EXPECT_THAT(text, HasSubstr("CA Issuers - URI:http://127.0.0.1:7080/ca/issuing-ca.cer"));
  EXPECT_THAT(text, AllOf(HasSubstr("GN=Ana"), HasSubstr("SN=Novak"), HasSubstr("C=SI")));
  EXPECT_THAT(text, AllOf(Not(HasSubstr("Extended Key Usage")), Not(HasSubstr("CRL Distribution")),
                          Not(HasSubstr("OCSP - URI"))));
}

TEST_F(InteropTest, OneTimeCertificateLivesForFifteenMinutes) {
  const std::string certificate = FreshCertificate("validity.txt");
  EXPECT_THAT(Execute({"openssl", "x509", "-in", certificate, "-noout", "-checkend", "840"}),
              Succeeds());
  EXPECT_THAT(Execute({"openssl", "x509", "-in", certificate, "-noout", "-checkend", "901"}),
              ExitsWith(1));
}

TEST_F(InteropTest, NoOneTimeKeyIsInTheTokenAfterwards) {
  ASSERT_THAT(Sign({MakeDocument("gone.txt")}), Succeeds());
  const ProgramOutcome objects = Pkcs11Tool(
      {"--slot", SlotOf("enkrat"), "--login", "--pin", service().user_pin(), "--list-objects"});
  ASSERT_THAT(objects, Succeeds());
  size_t private_keys = 0;
  for (size_t at = 0; (at = objects.out.find("Private Key Object", at)) != std::string::npos;
       ++at) {
    ++private_keys;
  }
  EXPECT_EQ(private_keys, 4u) << "issuing CA, timestamping unit, OCSP, audit log\n" << objects.out;
  for (const char* label : {"issuing-ca", "timestamping-unit", "ocsp-responder", "audit-log"}) {
    EXPECT_THAT(objects.out, HasSubstr(label));
  }
}

TEST_F(InteropTest, ThousandDocumentsAreSignedInOneSession) {
  std::vector<std::string> words = {"-o", service().File("thousand-signatures"), "--session-out",
                                    service().File("thousand.json")};
  std::filesystem::create_directory(service().File("thousand"));
  std::filesystem::create_directory(service().File("thousand-signatures"));
  for (int i = 0; i < 1000; ++i) words.push_back(MakeDocument(absl::StrCat("thousand/", i)));
  ASSERT_THAT(Sign(words), Succeeds());
  EXPECT_THAT(ReadText(service().File("thousand.json")), HasSubstr("\"signature_count\": 1000"));
  for (const int i : {0, 499, 999}) {
    EXPECT_THAT(OpensslVerifiesCms(service().File(absl::StrCat("thousand-signatures/", i, ".p7s")),
                                   service().File(absl::StrCat("thousand/", i))),
                Succeeds());
  }
}

TEST_F(InteropTest, ThousandAndOneDocumentsAreRefused) {
  std::vector<std::string> words;
  std::filesystem::create_directory(service().File("more"));
  for (int i = 0; i < 1001; ++i) words.push_back(MakeDocument(absl::StrCat("more/", i)));
  EXPECT_THAT(Sign(words), Not(Succeeds()));
  EXPECT_FALSE(std::filesystem::exists(service().File("more/0.p7s")));
}

// Every algorithm of a key with every digest that a document may have, in every format.
using Combination = std::tuple<const char*, const char*>;  // key, digest

class InteropFormatTest : public InteropTest, public ::testing::WithParamInterface<Combination> {
 protected:
  static void SetUpTestSuite() { StartService(); }
  std::string Name(const char* format) const {
    return absl::StrCat(format, "-", std::get<0>(GetParam()), "-", std::get<1>(GetParam()));
  }
  ProgramOutcome SignAs(const char* format, const std::string& document,
                        std::vector<std::string> more = {}) const {
    more.insert(more.end(), {document, "--format", format, "--key", std::get<0>(GetParam()),
                             "--digest", std::get<1>(GetParam())});
    return Sign(std::move(more));
  }
};

TEST_P(InteropFormatTest, OpensslVerifiesCadesWithTimestamp) {
  const std::string document = MakeDocument(Name("bt"));
  ASSERT_THAT(SignAs("cades-bt", document, {"--parts"}), Succeeds());
  EXPECT_THAT(OpensslVerifiesCms(document + ".p7s", document), Succeeds());
  EXPECT_THAT(OpensslVerifiesTimestamp(document + ".tst", document + ".sig"), Succeeds());
  EXPECT_THAT(service().Enkrat({"verify", document, "--roots", Root()}), Succeeds());
}

TEST_P(InteropFormatTest, OpensslVerifiesCadesWithoutTimestamp) {
  const std::string document = MakeDocument(Name("bb"));
  ASSERT_THAT(SignAs("cades-bb", document), Succeeds());
  EXPECT_THAT(OpensslVerifiesCms(document + ".p7s", document), Succeeds());
  EXPECT_THAT(service().Enkrat({"verify", document, "--roots", Root()}), Succeeds());
}

INSTANTIATE_TEST_SUITE_P(All, InteropFormatTest,
                         ::testing::Combine(::testing::Values("p256", "p384", "rsa3072"),
                                            ::testing::Values("sha256", "sha384", "sha512")),
                         [](const auto& one) {
                           return absl::StrCat(std::get<0>(one.param), "_", std::get<1>(one.param));
                         });

// A raw signature is over the document's digest, which has to be the key's own.
class InteropRawTest : public InteropTest, public ::testing::WithParamInterface<Combination> {
 protected:
  static void SetUpTestSuite() { StartService(); }
};

TEST_P(InteropRawTest, OpensslVerifiesTheValueAndItsTimestamp) {
  const auto [key, digest] = GetParam();
  const std::string document = MakeDocument(absl::StrCat("raw-", key));
  ASSERT_THAT(Sign({document, "--format", "raw", "--key", key, "--digest", digest,
                    "--certificate-out", document + ".pem"}),
              Succeeds());
  const ProgramOutcome public_key =
      Execute({"openssl", "x509", "-in", document + ".pem", "-noout", "-pubkey"});
  WriteText(document + ".pub", public_key.out);
  std::vector<std::string> verify = {
      "openssl",         "dgst",       absl::StrCat("-", digest), "-verify",
      document + ".pub", "-signature", document + ".sig"};
  if (std::string(key) == "rsa3072") {
    verify.insert(verify.end(),
                  {"-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"});
  }
  verify.push_back(document);
  EXPECT_THAT(Execute(verify), Succeeds());
  EXPECT_THAT(OpensslVerifiesTimestamp(document + ".tst", document + ".sig"), Succeeds());
  verify.back() = document + ".pub";
  EXPECT_THAT(Execute(verify), Not(Succeeds())) << "another document";
}

INSTANTIATE_TEST_SUITE_P(All, InteropRawTest,
                         ::testing::Values(Combination("p256", "sha256"),
                                           Combination("p384", "sha384"),
                                           Combination("rsa3072", "sha256")),
                         [](const auto& one) { return std::string(std::get<0>(one.param)); });

}  // namespace
}  // namespace enkrat::testing
