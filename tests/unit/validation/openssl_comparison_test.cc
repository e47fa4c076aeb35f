// The same paths and responses before `openssl verify` and `openssl ocsp`: where they have an
// opinion, it is ours.
#include <openssl/pem.h>

#include <functional>

#include "common/der.h"
#include "common/file.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/subprocess.h"
#include "tests/unit/validation/path_test_case.h"
#include "validation/crl_check.h"
#include "validation/ocsp_check.h"

namespace enkrat::validation {
namespace {

using enkrat::testing::ProgramOutcome;
using enkrat::testing::RunProgram;

class OpenSslComparisonTest : public PathTestCase {
 protected:
  std::string Write(const std::string& name, const std::string& content) const {
    EXPECT_TRUE(WriteFile(folder_.File(name), AsSpan(content), {.overwrite = true}).ok());
    return folder_.File(name);
  }
  static std::string Pem(const std::vector<Bytes>& certificates) {
    std::string pem;
    for (const Bytes& der : certificates) pem += CertificateToPem(der);
    return pem;
  }
  static std::string CrlPem(const std::vector<Bytes>& crls) {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    for (const Bytes& der : crls) {
      const auto crl = ParseCrl(der);
      EXPECT_TRUE(crl.ok());
      PEM_write_bio_X509_CRL(bio.get(), crl->get());
    }
    const char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return std::string(text, static_cast<size_t>(size));
  }

  bool OpenSslPasses(const Judged& judged) const {
    std::vector<std::string> argv = {
        "openssl",
        "verify",
        "-attime",
        std::to_string(absl::ToUnixSeconds(judged.now)),
        "-crl_check_all",
        "-policy",
        "anyPolicy",
        "-CAfile",
        Write("root.pem", Pem({root_.der()})),
        "-untrusted",
        Write("untrusted.pem", Pem(judged.given.certificates_der)),
    };
    if (!judged.given.crls_der.empty()) {
      argv.push_back("-CRLfile");
      argv.push_back(Write("crls.pem", CrlPem(judged.given.crls_der)));
    }
    argv.push_back(Write("certificate.pem", Pem({judged.certificate.der()})));
    return RunProgram({.argv = argv}).exit_code == 0;
  }
  void Agree(bool passes, const Judged& judged) const {
    EXPECT_EQ(OpenSslPasses(judged), passes);
    const PathResult result = Judge(judged);
    EXPECT_EQ(result.conclusion.passed(), passes) << ChecksText(result);
  }
  Judged Below(const Extensions& ca_extensions) const {
    const Entity ca = Issue(root_, {.name = "CA", .extensions = ca_extensions});
    return {.certificate = Issue(ca, {.extensions = SignerExtensions()}),
            .given = {.certificates_der = {ca.der()}, .crls_der = {root_crl_, MakeCrl(ca)}}};
  }

  enkrat::testing::ScratchFolder folder_;
};

TEST_F(OpenSslComparisonTest, GoodPath) { Agree(true, SignerWith({root_crl_, ca_crl_})); }
TEST_F(OpenSslComparisonTest, MissingCrl) { Agree(false, SignerWith({root_crl_})); }
TEST_F(OpenSslComparisonTest, MissingCrlOfTheRoot) { Agree(false, SignerWith({ca_crl_})); }
TEST_F(OpenSslComparisonTest, RevokedSigner) {
  Agree(false, SignerWith({root_crl_, MakeCrl(ca_, {.revoked = {{.entity = &signer_}}})}));
}
TEST_F(OpenSslComparisonTest, RevokedCa) {
  Agree(false, SignerWith({MakeCrl(root_, {.revoked = {{.entity = &ca_}}}), ca_crl_}));
}
TEST_F(OpenSslComparisonTest, ExpiredCrl) {
  Agree(false, SignerWith({root_crl_, MakeCrl(ca_, {.next_update = kNow - absl::Hours(1)})}));
}
TEST_F(OpenSslComparisonTest, CrlOfTheFuture) {
  Agree(false, SignerWith({root_crl_, MakeCrl(ca_, {.this_update = kNow + absl::Hours(1)})}));
}
TEST_F(OpenSslComparisonTest, CrlOfAForeignKey) {
  const Entity impostor{.key = NewEcKey(), .certificate = ca_.certificate};
  Agree(false, SignerWith({root_crl_, MakeCrl(impostor)}));
}
TEST_F(OpenSslComparisonTest, CrlsOutOfScopeOrNotUnderstood) {
  for (const auto& extension :
       {std::pair<std::string, std::string>("issuingDistributionPoint", "critical,onlyCA:TRUE"),
        {"issuingDistributionPoint", "critical,fullname:URI:http://elsewhere.example/a"},
        {"issuingDistributionPoint", "critical,indirectCRL:TRUE"},
        {"1.2.3.4.5", "critical,DER:0500"}}) {
    SCOPED_TRACE(extension.second);
    Agree(false, SignerWith({root_crl_, MakeCrl(ca_, {.extensions = {extension}})}));
  }
}
TEST_F(OpenSslComparisonTest, ExpiredSigner) {
  Judged judged = SignerWith({root_crl_, ca_crl_});
  judged.certificate =
      Issue(ca_, {.not_after = kNow - absl::Hours(1), .extensions = SignerExtensions()});
  Agree(false, judged);
}
TEST_F(OpenSslComparisonTest, CaConstraints) {
  Agree(true, Below(CaExtensions("critical,CA:TRUE,pathlen:0")));
  Agree(false, Below(CaExtensions("critical,CA:FALSE")));
  Agree(false, Below(With(CaExtensions(), {{"keyUsage", "critical,cRLSign"}})));
  Agree(false, Below(With(CaExtensions(), {{"keyUsage", "critical,keyCertSign"}})));
  Agree(false, Below(With(CaExtensions(), {{"1.2.3.4.5", "critical,DER:0500"}})));
}

// OpenSSL's word on a response: "good", "revoked", "unknown", or "refused".
class OcspComparisonTest : public OpenSslComparisonTest {
 protected:
  // Without the response's times: it compares them with the machine's clock.
  std::string OpenSslSays(const Bytes& response) const {
    const ProgramOutcome outcome = RunProgram(
        {.argv = {
             "openssl", "ocsp", "-no_nonce", "-attime", std::to_string(absl::ToUnixSeconds(kNow)),
             "-CAfile", Write("root.pem", Pem({root_.der()})), "-verify_other",
             Write("other.pem", Pem({ca_.der()})), "-issuer", Write("ca.pem", Pem({ca_.der()})),
             "-cert", Write("signer.pem", Pem({signer_.der()})), "-respin",
             Write("response.der", ToString(response))}});
    last_output_ = outcome.out + outcome.err;
    if (outcome.err.find("Response verify OK") == std::string::npos) return "refused";
    // On the certificate's line, or on one of its own behind a warning about the times.
    for (const std::string status : {"good", "revoked", "unknown"}) {
      if (outcome.out.find("signer.pem: " + status) != std::string::npos ||
          last_output_.find("\n" + status + "\n") != std::string::npos) {
        return status;
      }
    }
    return "refused";
  }
  std::string WeSay(const Bytes& response) const {
    const auto parsed = ParseOcspResponse(response);
    if (!parsed.ok()) return "refused";
    const StatusStatement statement = StatusFromOcsp(parsed->get(), signer_.x509(), ca_.x509(), {});
    switch (statement.says) {
      case StatusStatement::Says::kGood:
        return "good";
      case StatusStatement::Says::kRevoked:
        return "revoked";
      case StatusStatement::Says::kNothing:
        break;
    }
    return statement.why_not.find("does not know") != std::string::npos ? "unknown" : "refused";
  }
  mutable std::string last_output_;

  void BothSay(const std::string& what, const OcspSpec& spec) const {
    const Bytes response = MakeOcsp(signer_, ca_, spec);
    EXPECT_EQ(OpenSslSays(response), what) << last_output_;
    EXPECT_EQ(WeSay(response), what);
  }
};

TEST_F(OcspComparisonTest, StatusesByTheIssuer) {
  BothSay("good", {});
  BothSay("revoked", {.status = V_OCSP_CERTSTATUS_REVOKED, .reason = 1});
  BothSay("unknown", {.status = V_OCSP_CERTSTATUS_UNKNOWN});
}

TEST_F(OcspComparisonTest, Delegates) {
  const Entity right = Issue(ca_, {.name = "R", .extensions = ResponderExtensions()});
  BothSay("good", {.responder = &right});
  BothSay("good", {.responder = &right, .by_key = true});
  const Entity aimless = Issue(
      ca_, {.name = "R", .extensions = With(ResponderExtensions(), {{"extendedKeyUsage", ""}})});
  BothSay("refused", {.responder = &aimless});
  const Entity other_ca = IssueCa(root_, "Other");
  const Entity foreign = Issue(other_ca, {.name = "R", .extensions = ResponderExtensions()});
  BothSay("refused", {.responder = &foreign});
  BothSay("refused", {.responder = &signer_});
}

TEST_F(OcspComparisonTest, RequestIsOneThatOpenSslReads) {
  const auto request = MakeOcspRequest(signer_.x509(), ca_.x509());
  ASSERT_TRUE(request.ok());
  const ProgramOutcome outcome =
      RunProgram({.argv = {"openssl", "ocsp", "-reqin", Write("request.der", ToString(*request)),
                           "-req_text", "-noverify"}});
  EXPECT_NE(outcome.out.find("OCSP Nonce"), std::string::npos) << outcome.out << outcome.err;
  EXPECT_NE(outcome.out.find("Hash Algorithm: sha1"), std::string::npos);
}

}  // namespace
}  // namespace enkrat::validation
