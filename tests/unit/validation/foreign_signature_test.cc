// Signatures and timestamps that the `openssl` program makes, with keys of its own kinds.
#include <fstream>

#include "common/der.h"
#include "common/file.h"
#include "tests/support/subprocess.h"
#include "tests/unit/validation/signature_fixture.h"

namespace enkrat::validation::testing {
namespace {

using enkrat::testing::ProgramOutcome;
using enkrat::testing::RunProgram;

struct KeyKind {
  const char* name;
  std::vector<std::string> options;  // of `openssl req -newkey`
  std::vector<std::string> signing = {};
};

class ForeignSignatureTest : public SignatureValidation {
 protected:
  void SetUp() override { WriteFile("doc", AsSpan(kDocument)); }

  void OpenSsl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    const ProgramOutcome outcome =
        RunProgram({.argv = std::move(arguments), .folder = folder_.path()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  // cert.pem, key.pem: a self-signed certificate, which is the trust anchor.
  void MakeCertificate(const std::vector<std::string>& key, const std::string& usage) {
    std::vector<std::string> arguments = {"req",     "-x509",   "-nodes", "-subj",    "/CN=Foreign",
                                          "-keyout", "key.pem", "-out",   "cert.pem", "-days",
                                          "30",      "-addext", usage};
    arguments.insert(arguments.end(), key.begin(), key.end());
    OpenSsl(arguments);
  }
  Bytes File(const std::string& name) {
    return enkrat::ReadFile(folder_.File(name), 1 << 20).value();
  }
  Call TrustingIt() {
    // What was made just now is judged a little later.
    clock_.Step(absl::Now() + absl::Minutes(1) - clock_.Now());
    return {.anchors = CertificatesFromPem(ToString(File("cert.pem"))).value()};
  }
};

class EveryKeyTest : public ForeignSignatureTest, public ::testing::WithParamInterface<KeyKind> {};

TEST_P(EveryKeyTest, SignatureOfOpensslPasses) {
  MakeCertificate(GetParam().options, "keyUsage=critical,nonRepudiation");
  std::vector<std::string> sign = {"cms",     "-sign",    "-binary", "-in",     "doc",
                                   "-signer", "cert.pem", "-inkey",  "key.pem", "-md",
                                   "sha512",  "-outform", "DER",     "-out",    "signature.p7s"};
  sign.insert(sign.end(), GetParam().signing.begin(), GetParam().signing.end());
  OpenSsl(sign);
  const SignatureReport report = ValidateOne(File("signature.p7s"), TrustingIt());
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED")
      << ToText(Validate(File("signature.p7s"), TrustingIt()), true);
  EXPECT_EQ(report.format, "CMS");
  EXPECT_EQ(report.signer_name, "Foreign");
  Call other = TrustingIt();
  other.contents = {"Another."};
  EXPECT_EQ(Said(ValidateOne(File("signature.p7s"), other).conclusion),
            "TOTAL_FAILED/HASH_FAILURE");
}

INSTANTIATE_TEST_SUITE_P(
    Keys, EveryKeyTest,
    ::testing::Values(KeyKind{"Rsa2048", {"-newkey", "rsa:2048"}},
                      KeyKind{"RsaPss",
                              {"-newkey", "rsa:3072"},
                              {"-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_mgf1_md:sha512"}},
                      KeyKind{"EcP256", {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"}},
                      KeyKind{"EcP521", {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"}},
                      KeyKind{"Cades",
                              {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"},
                              {"-nosmimecap"}}),
    [](const auto& key) { return key.param.name; });

TEST_F(ForeignSignatureTest, CadesOfOpensslIsBaseline) {
  MakeCertificate({"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"},
                  "keyUsage=critical,nonRepudiation");
  OpenSsl({"cms", "-sign", "-binary", "-cades", "-in", "doc", "-signer", "cert.pem", "-inkey",
           "key.pem", "-md", "sha256", "-outform", "DER", "-out", "signature.p7s"});
  const SignatureReport report = ValidateOne(File("signature.p7s"), TrustingIt());
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED");
  EXPECT_EQ(report.format, "CAdES");
  EXPECT_EQ(report.level, "B-B");
}

TEST_F(ForeignSignatureTest, StreamedSignatureInPemPasses) {
  MakeCertificate({"-newkey", "rsa:3072"}, "keyUsage=critical,nonRepudiation");
  OpenSsl({"cms", "-sign", "-binary", "-nodetach", "-stream", "-in", "doc", "-signer", "cert.pem",
           "-inkey", "key.pem", "-outform", "PEM", "-out", "signature.pem"});
  Call call = TrustingIt();
  call.contents = {};
  EXPECT_EQ(Said(ValidateOne(File("signature.pem"), call).conclusion), "TOTAL_PASSED");
}

TEST_F(ForeignSignatureTest, CertificateOfWeakKeyIsNotBelieved) {
  MakeCertificate({"-newkey", "rsa:1024"}, "keyUsage=critical,nonRepudiation");
  OpenSsl({"cms", "-sign", "-binary", "-in", "doc", "-signer", "cert.pem", "-inkey", "key.pem",
           "-md", "sha256", "-outform", "DER", "-out", "signature.p7s"});
  EXPECT_EQ(ValidateOne(File("signature.p7s"), TrustingIt()).conclusion.indication,
            Indication::kIndeterminate);
}

TEST_F(ForeignSignatureTest, TimestampResponseOfOpensslPasses) {
  MakeCertificate({"-newkey", "rsa:3072"}, "extendedKeyUsage=critical,timeStamping");
  std::ofstream(folder_.File("tsa.cnf")) << "[tsa]\ndefault_tsa = t\n[t]\nserial = serial\n"
                                            "default_policy = 1.2.3.4\ndigests = sha256\n"
                                            "signer_digest = sha256\nsigner_cert = cert.pem\n"
                                            "signer_key = key.pem\ncerts = cert.pem\n";
  OpenSsl({"ts", "-query", "-data", "doc", "-sha256", "-cert", "-out", "query"});
  OpenSsl({"ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "response"});
  const SignatureReport report = ValidateOne(File("response"), TrustingIt());
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED");
  EXPECT_EQ(report.timestamps.at(0).policy_oid, "1.2.3.4");
  Call other = TrustingIt();
  other.contents = {"Another."};
  EXPECT_EQ(Said(ValidateOne(File("response"), other).conclusion), "TOTAL_FAILED/HASH_FAILURE");
}

}  // namespace
}  // namespace enkrat::validation::testing
