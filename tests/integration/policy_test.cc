// Policies as a relying party meets them: levels, methods, seals, SAML; and every certificate
// profile as OpenSSL and GnuTLS read it.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/integration/running_service.h"
#include "tests/support/saml_response_factory.h"

namespace enkrat::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOrganization[] = "VATSI-12345678";

// name, level, kind: all six one-time profiles (docs/certificate_profiles.md).
struct ProfileCase {
  std::string level;
  std::string kind;
  std::string policy;
};

std::string Profile(const ProfileCase& one) {
  const bool qualified = one.level != "advanced";
  return absl::StrCat("{name: ", one.kind, "-", one.level, ", level: ", one.level,
                      ", kind: ", one.kind, ", policy_oids: [", one.policy,
                      "], ca_issuers_url: \"http://127.0.0.1:7080/ca/issuing-ca.cer\", "
                      "authentication_context: true",
                      qualified ? ", allow_qualified_claims: true, pds_locations: [{url: "
                                  "\"https://pki.example/pds_en.pdf\", language: en}, {url: "
                                  "\"https://pki.example/pds_sl.pdf\", language: sl}]"
                                : "",
                      "}");
}

const std::vector<ProfileCase>& Profiles() {
  static const auto* const kProfiles = new std::vector<ProfileCase>{
      {"advanced", "signature", "0.4.0.2042.1.2"},
      {"advanced", "seal", "0.4.0.2042.1.2"},
      {"advanced_with_qualified_certificate", "signature", "0.4.0.194112.1.0"},
      {"advanced_with_qualified_certificate", "seal", "0.4.0.194112.1.1"},
      {"qualified", "signature", "0.4.0.194112.1.2"},
      {"qualified", "seal", "0.4.0.194112.1.3"}};
  return *kProfiles;
}

// The one that policy lets the relying party make by itself.
bool IsOwnSeal(const ProfileCase& one) {
  return one.kind == "seal" && one.level == "advanced_with_qualified_certificate";
}

std::string ProfileList() {
  std::string list;
  for (const ProfileCase& one : Profiles()) {
    absl::StrAppend(&list, list.empty() ? "[" : ", ", Profile(one));
  }
  return list + "]";
}

std::string Policies() {
  std::string list;
  for (const ProfileCase& one : Profiles()) {
    absl::StrAppend(
        &list, list.empty() ? "[" : ", ", "{level: ", one.level, ", kind: ", one.kind,
        one.kind == "seal"
            ? absl::StrCat(", organizations: [", kOrganization, "]",
                           IsOwnSeal(one) ? ", seal_authorization: relying_party}" : "}")
        : one.level == "advanced" ? "}"
                                  : ", amr: [hwk, mfa], key_algorithms: [ecdsa_p256]}");
  }
  return list + "]";
}

class PolicyTest : public RunningService {
 protected:
  static void SetUpTestSuite() {
    saml_key_ = std::make_unique<SamlSigningPair>();
    StartService(
        {.settings = {{"certificates.profiles", ProfileList()},
                      {"organizations", absl::StrCat("[{identifier: ", kOrganization,
                                                     ", name: \"Banka d. d.\", country: SI}]")},
                      {"saml_identity_providers",
                       absl::StrCat("[{entity_id: \"", kTestEntityId, "\", audiences: [\"",
                                    kTestServiceEntityId, "\"], recipients: [\"", kTestRecipient,
                                    "\"], metadata_file: metadata.xml, context_levels: {\"",
                                    kTestContextHigh,
                                    "\": high}, attributes: {fixed_country: SI}}]")},
                      {"relying_parties", absl::StrCat("[{id: demo, levels: ", Policies(), "}]")}},
         .ceremony = [](const ServiceEnvironment& environment) {
           ASSERT_THAT(environment.Init({}), Succeeds());
           WriteText(environment.File("metadata.xml"), Metadata());
         }});
  }
  static void TearDownTestSuite() {
    RunningService::TearDownTestSuite();
    saml_key_.reset();
  }

  static std::string Metadata();

  // Signs a document of that name; the certificate is in <name>.pem.
  static ProgramOutcome SignAs(const std::string& name, std::vector<std::string> words) {
    const std::string document = MakeDocument(name);
    words.insert(words.begin(), {document, "--certificate-out", document + ".pem"});
    return Sign(std::move(words));
  }
  static std::string CertificateText(const std::string& name) {
    return Execute({"openssl", "x509", "-in", service().File(name) + ".pem", "-noout", "-text",
                    "-nameopt", "RFC2253,-esc_msb,utf8"})
        .out;
  }

  static inline std::unique_ptr<SamlSigningPair> saml_key_;
};

std::string LevelWord(const std::string& level) {
  return level == "advanced_with_qualified_certificate" ? "advanced-qc" : level;
}

TEST_F(PolicyTest, EveryProfileIsReadByOpensslAndByGnutls) {
  for (const ProfileCase& one : Profiles()) {
    const std::string name = absl::StrCat("profile-", one.kind, "-", one.level, ".txt");
    std::vector<std::string> words = {"--level", LevelWord(one.level), "--kind", one.kind};
    if (one.kind == "seal") words.insert(words.end(), {"--organization", kOrganization});
    if (IsOwnSeal(one)) {
      const std::string document = MakeDocument(name);
      words.insert(words.begin(),
                   {"sign", document, "--certificate-out", document + ".pem", "--no-assertion"});
      ASSERT_THAT(service().Enkrat(words), Succeeds()) << name;
    } else {
      words.insert(words.end(), {"--amr", "hwk", "--mandate", kOrganization});
      ASSERT_THAT(SignAs(name, words), Succeeds()) << name;
    }
    const std::string text = CertificateText(name);
    EXPECT_THAT(text, AllOf(HasSubstr("Non Repudiation"), HasSubstr(one.policy),
                            HasSubstr("1.2.752.201.5.1"), Not(HasSubstr("CA:TRUE"))))
        << name;
    EXPECT_THAT(text, HasSubstr("qcStatements")) << name;
    EXPECT_EQ(absl::StrContains(text, "organizationIdentifier=VATSI-12345678"), one.kind == "seal")
        << name;
    EXPECT_EQ(absl::StrContains(text, "Novak"), one.kind == "signature") << name;
    const ProgramOutcome gnutls =
        Execute({"certtool", "-i", "--infile", service().File(name) + ".pem"});
    EXPECT_THAT(gnutls, Succeeds()) << name;
    EXPECT_THAT(gnutls.out, HasSubstr("Non repudiation")) << name;
    EXPECT_THAT(
        Execute({"openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in",
                 service().File(name) + ".p7s", "-content", service().File(name), "-CAfile",
                 service().ServiceFile("root.pem"), "-purpose", "any", "-out", "/dev/null"}),
        Succeeds())
        << name;
  }
}

TEST_F(PolicyTest, QualifiedNeedsALoginOfLevelHighAndSaysWhatToAskFor) {
  const ProgramOutcome refused = SignAs(
      "low.txt", {"--level", "qualified", "--amr", "hwk", "--acr", "urn:enkrat:loa:substantial"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("LEVEL_OF_ASSURANCE_TOO_LOW"),
                    HasSubstr("acr_values=urn:enkrat:loa:high"), HasSubstr("max_age=180")));
  EXPECT_THAT(
      SignAs("substantial.txt", {"--level", "advanced", "--acr", "urn:enkrat:loa:substantial"}),
      Succeeds());
}

TEST_F(PolicyTest, LoginByAMethodThatThePolicyDoesNotNameIsToldWhich) {
  const ProgramOutcome refused =
      SignAs("pwd.txt", {"--level", "qualified", "--amr", "pwd", "--json"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err + refused.out, AllOf(HasSubstr("AUTHENTICATION_METHOD_INSUFFICIENT"),
                                               HasSubstr("hwk"), HasSubstr("mfa")));
}

TEST_F(PolicyTest, KeyAlgorithmOutsideThePolicyIsNotPermitted) {
  EXPECT_THAT(SignAs("p384.txt", {"--level", "qualified", "--amr", "hwk", "--key", "p384"}).err,
              HasSubstr("NOT_PERMITTED"));
}

TEST_F(PolicyTest, SealWithoutAMandateIsRefusedAndRecorded) {
  EXPECT_THAT(SignAs("no-mandate.txt", {"--kind", "seal", "--organization", kOrganization}).err,
              HasSubstr("MANDATE_MISSING"));
  EXPECT_THAT(SignAs("other-mandate.txt", {"--kind", "seal", "--organization", kOrganization,
                                           "--mandate", "VATSI-87654321"})
                  .err,
              HasSubstr("MANDATE_MISSING"));
  EXPECT_THAT(
      service().Enkrat({"evidence", "rejected", "--store", service().File("ledger.db")}).out,
      HasSubstr("MANDATE_MISSING"));
}

TEST_F(PolicyTest, OrganisationThatIsNotConfiguredIsNotPermitted) {
  EXPECT_THAT(SignAs("other.txt", {"--kind", "seal", "--organization", "VATSI-87654321",
                                   "--mandate", "VATSI-87654321"})
                  .err,
              HasSubstr("NOT_PERMITTED"));
}

TEST_F(PolicyTest, SealOfTheRelyingPartyItselfIsRefusedWhereThePolicyAsksForAPerson) {
  const std::string document = MakeDocument("itself.txt");
  EXPECT_THAT(service()
                  .Enkrat({"sign", document, "--kind", "seal", "--organization", kOrganization,
                           "--no-assertion"})
                  .err,
              HasSubstr("REQUEST_MALFORMED"));
}

// The lines that `enkrat binding` prints.
std::string Line(const std::string& text, const std::string& name) {
  const size_t begin = text.find(name + " ");
  if (begin == std::string::npos) return "";
  const size_t value = text.find_first_not_of(' ', begin + name.size());
  return text.substr(value, text.find('\n', value) - value);
}

std::string PolicyTest::Metadata() {
  return SamlMetadataText{.certificates = {saml_key_->CertificateBase64()}}.Xml();
}

class SamlSigningTest : public PolicyTest {
 protected:
  // `enkrat sign --saml` with a response for what `enkrat binding` says of the document.
  static ProgramOutcome SignWithSaml(const std::string& name, const std::string& in_response_to,
                                     const std::string& level = "advanced") {
    const std::string document = MakeDocument(name);
    const ProgramOutcome binding =
        service().Enkrat({"binding", document, "--relying-party", "demo", "--level", level});
    EXPECT_THAT(binding, Succeeds());
    SamlAssertion assertion(absl::Now());
    assertion.id = "_" + name;
    assertion.in_response_to =
        in_response_to.empty() ? Line(binding.out, "authn_request_id") : in_response_to;
    WriteText(document + ".xml", SamlResponseAround(SignSaml(*saml_key_, assertion.Xml()),
                                                    {.in_response_to = assertion.in_response_to}));
    return service().Enkrat({"sign", document, "--level", level, "--saml", document + ".xml",
                             "--request-id", Line(binding.out, "request_id"), "--force",
                             "--certificate-out", document + ".pem"});
  }
};

TEST_F(SamlSigningTest, AssertionWhoseAuthnRequestIsTheBindingSigns) {
  ASSERT_THAT(SignWithSaml("saml.txt", ""), Succeeds());
  EXPECT_THAT(CertificateText("saml.txt"), HasSubstr("CN=Ana Novak"));
}

TEST_F(SamlSigningTest, AssertionForOtherDocumentsIsRejected) {
  EXPECT_THAT(SignWithSaml("other-saml.txt", "_" + std::string(64, 'a')).err,
              HasSubstr("ASSERTION_REJECTED"));
}

TEST_F(SamlSigningTest, IdTokenIsNoSamlResponseNorTheOtherWayRound) {
  const std::string document = MakeDocument("confused.txt");
  WriteText(document + ".jwt", service().IdToken({{"nonce", "n"}}));
  WriteText(document + ".xml",
            SamlResponseAround(SignSaml(*saml_key_, SamlAssertion(absl::Now()).Xml())));
  const std::string id = "00000000-0000-4000-8000-000000000001";
  EXPECT_THAT(
      service().Enkrat({"sign", document, "--request-id", id, "--saml", document + ".jwt"}).err,
      HasSubstr("ASSERTION_REJECTED"));
  EXPECT_THAT(
      service().Enkrat({"sign", document, "--request-id", id, "--token", document + ".xml"}).err,
      HasSubstr("ASSERTION_REJECTED"));
}

}  // namespace
}  // namespace enkrat::testing
