// enkrat doctor over a fresh installation, and over one thing at a time that is not in order.
#include <openssl/pem.h>
#include <sys/stat.h>

#include <fstream>

#include "cli/doctor_findings.h"
#include "store/sqlite_connection.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/cli/ceremony_fixture.h"
#include "tests/unit/cli/certificates.h"

namespace enkrat::cli {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class DoctorCommandTest : public CeremonyTest {
 protected:
  void SetUp() override { ASSERT_EQ(Run(Init()), 0) << Err(); }

  // The finding of a check; the first that is not OK, if there are several.
  nlohmann::json Finding(const std::string& check) {
    nlohmann::json found;
    const nlohmann::json report = Json();
    for (const auto& each : report["checks"]) {
      if (each["check"] == check && (found.is_null() || found["verdict"] == "OK")) found = each;
    }
    return found;
  }
  // Runs doctor and expects that this check alone makes it fail.
  void ExpectFailure(const std::string& check) {
    EXPECT_EQ(Run(Doctor()), 1);
    const nlohmann::json report = Json();
    EXPECT_FALSE(report["ok"]);
    for (const auto& each : report["checks"]) {
      if (each["verdict"] != "FAIL") continue;
      EXPECT_EQ(each["check"], check) << each;
    }
    EXPECT_EQ(Finding(check)["verdict"], "FAIL") << Out();
    EXPECT_NE(Finding(check)["mend"], "");
  }
};

TEST_F(DoctorCommandTest, FreshInstallationIsInOrderButForItsExamples) {
  ASSERT_EQ(Run(Doctor()), 0) << Out();
  EXPECT_TRUE(Json()["ok"]);
  for (const char* check :
       {"configuration", "issuing CA chain", "timestamping unit chain", "timestamping key period",
        "PKCS#11 module", "token", "PIN", "login", "one-time key", "key issuing-ca",
        "key timestamping-unit", "key evidence-mac", "key personal-data-key", "left-over keys",
        "ledger folder"}) {
    EXPECT_EQ(Finding(check)["verdict"], "OK") << check << Out();
  }
  EXPECT_EQ(Finding("profile advanced")["verdict"], "WARN");
  EXPECT_EQ(Finding("gRPC")["verdict"], "WARN");
}

TEST_F(DoctorCommandTest, TextHasOneLineACheckAndACount) {
  EXPECT_EQ(Run({"doctor", "--config", Path("config.yaml")}), 0) << Out();
  EXPECT_THAT(Out(), HasSubstr("OK    token: \"enkrat\""));
  EXPECT_THAT(Out(), HasSubstr(", 0 failures\n"));
}

TEST_F(DoctorCommandTest, MissingConfigurationFails) {
  fs::remove(Path("config.yaml"));
  ExpectFailure("configuration file");
}

TEST_F(DoctorCommandTest, UnknownSettingFailsWithItsLine) {
  Write("config.yaml", Read("config.yaml") + "\ncolour: red\n");
  ExpectFailure("configuration file");
  EXPECT_THAT(Out(), HasSubstr("line "));
}

TEST_F(DoctorCommandTest, PinFileThatOthersCanReadFails) {
  chmod(Path("secrets/pin").c_str(), 0444);
  ExpectFailure("PIN");
}

TEST_F(DoctorCommandTest, WrongPinFails) {
  fs::remove(Path("secrets/pin"));
  Write("secrets/pin", "not the PIN");
  chmod(Path("secrets/pin").c_str(), 0400);
  ExpectFailure("login");
}

TEST_F(DoctorCommandTest, MissingModuleFails) {
  Replace("config.yaml", "libsofthsm2.so", "libmissing.so");
  ExpectFailure("PKCS#11 module");
}

TEST_F(DoctorCommandTest, MissingTokenFails) {
  Replace("config.yaml", "token_label: \"enkrat\"", "token_label: \"other\"");
  ExpectFailure("token");
}

TEST_F(DoctorCommandTest, MissingKeyFails) {
  Replace("config.yaml", "  token_label", "  evidence_mac_key: other\n  token_label");
  ExpectFailure("key other");
}

TEST_F(DoctorCommandTest, MissingKeyOfSigningPinsFailsWhereTheyAreEnabled) {
  Replace("config.yaml", "  token_label", "  pin_mac_key: another\n  token_label");
  EXPECT_EQ(Run(Doctor()), 0) << Out();
  std::ofstream(Path("config.yaml"), std::ios::app) << "\nsigning_pins: {enabled: true}\n";
  ExpectFailure("key another");
}

TEST_F(DoctorCommandTest, KeyThatIsNotItsCertificatesFails) {
  Replace("config.yaml", "  token_label", "  issuing_ca_key: audit-log\n  token_label");
  EXPECT_EQ(Run(Doctor()), 1);
  EXPECT_EQ(Finding("key audit-log")["verdict"], "FAIL");
  EXPECT_EQ(Finding("left-over keys")["verdict"], "WARN");  // issuing-ca is a stranger now
}

TEST_F(DoctorCommandTest, TlsCertificateThatEndsSoonIsForItsOwnCaToRenew) {
  const auto key = testing::SoftwareSigningKey::Generate();
  const BioPtr pem(BIO_new_file(Path("tls.pem").c_str(), "w"));
  PEM_write_bio_X509(pem.get(), SelfSigned(*key, "signing.example").get());
  BIO_flush(pem.get());
  Replace("config.yaml", "  plaintext_on_loopback: true\n  plaintext_relying_party: \"demo\"\n",
          "  tls: { certificate_file: tls.pem, private_key_file: tls.key, client_ca_file: tls.pem "
          "}\n");
  Run(Doctor());
  EXPECT_EQ(Finding("TLS validity")["verdict"], "WARN") << Out();
  EXPECT_THAT(Finding("TLS validity")["mend"], HasSubstr("tls.pem"));
  EXPECT_THAT(Finding("TLS validity")["mend"], ::testing::Not(HasSubstr("enkrat init")));
}

TEST_F(DoctorCommandTest, ChainWithoutItsRootFails) {
  Write("chain.pem", Read("issuing-ca.pem"));
  ExpectFailure("issuing CA chain");
}

TEST_F(DoctorCommandTest, OutsideTsaIsJudgedByItsRootsAndByWhatItIsAllowed) {
  Replace("config.yaml", "  own:\n    chain_file: tsu-chain.pem",
          "  outside:\n    url: https://tsa.example/\n    trust_file: root.pem");
  EXPECT_EQ(Run(Doctor()), 0) << Out();
  EXPECT_EQ(Finding("outside TSA's roots")["verdict"], "OK") << Out();
  EXPECT_TRUE(Finding("outside TSA").is_null());
  Replace("config.yaml", "url: https:", "allow_plain_http: true\n    url: http:");
  EXPECT_EQ(Run(Doctor()), 0) << Out();
  EXPECT_THAT(Finding("outside TSA")["detail"], HasSubstr("without TLS"));
  Replace("config.yaml", "url: http:", "allow_private_addresses: true\n    url: https:");
  EXPECT_EQ(Run(Doctor()), 0) << Out();
  EXPECT_THAT(Finding("outside TSA")["detail"], HasSubstr("private addresses"));
}

TEST_F(DoctorCommandTest, OutsideTsaWithoutARootFails) {
  Write("issuing-alone.pem", Read("issuing-ca.pem"));
  Replace("config.yaml", "  own:\n    chain_file: tsu-chain.pem",
          "  outside:\n    url: https://tsa.example/\n    trust_file: issuing-alone.pem");
  ExpectFailure("outside TSA's roots");
}

TEST_F(DoctorCommandTest, UnitUnderAnotherChainFails) {
  Write("tsu-chain.pem", Read("root.pem"));
  EXPECT_EQ(Run(Doctor()), 1);
  EXPECT_EQ(Finding("timestamping unit chain")["verdict"], "FAIL");
  EXPECT_EQ(Finding("key timestamping-unit")["verdict"], "FAIL");
}

TEST_F(DoctorCommandTest, ResponderWhoseKeyIsAnotherFails) {
  ASSERT_EQ(Run(Doctor()), 0) << Out();
  EXPECT_EQ(Finding("key ocsp-responder")["verdict"], "OK");
  Write("ocsp.pem", Read("tsu-chain.pem"));
  EXPECT_EQ(Run(Doctor()), 1);
  EXPECT_EQ(Finding("key ocsp-responder")["verdict"], "FAIL");
}

TEST_F(DoctorCommandTest, LedgerFolderThatOthersCanWriteFails) {
  chmod(Path("").c_str(), 0777);
  ExpectFailure("ledger folder");
  chmod(Path("").c_str(), 0700);
}

TEST_F(DoctorCommandTest, LedgerThatIsNoneFails) {
  Write("ledger.db", "not a database, but longer than a page header would have to be");
  chmod(Path("ledger.db").c_str(), 0600);
  ExpectFailure("ledger");
}

TEST_F(DoctorCommandTest, LedgerOfAnOlderVersionIsNotToBeReplacedByABackup) {
  Write("ledger.db", "");
  chmod(Path("ledger.db").c_str(), 0600);
  {
    const auto writer = store::SqliteConnection::Open(Path("ledger.db"),
                                                      store::SqliteConnection::Use::kWriting, "");
    ASSERT_THAT(writer, testing::IsOk());
    ASSERT_THAT((*writer)->Execute("CREATE TABLE meta (key TEXT); PRAGMA user_version=1;"
                                   "PRAGMA application_id=0x456e6b72"),
                testing::IsOk());
  }
  ExpectFailure("ledger");
  EXPECT_THAT(Finding("ledger")["detail"], HasSubstr("start the service once"));
  EXPECT_THAT(Finding("ledger")["mend"], ::testing::Not(HasSubstr("restore")));
}

TEST_F(DoctorCommandTest, WeakPoliciesAreNamed) {
  Replace("config.yaml", "      - level: advanced\n",
          "      - level: advanced\n        binding: optional\n"
          "        minimal_level_of_assurance: low\n    audiences: [enkrat]\n");
  EXPECT_EQ(Run(Doctor()), 0) << Out();
  EXPECT_THAT(Out(), HasSubstr("LEVEL_ADVANCED asks for less assurance"));
  EXPECT_THAT(Out(), HasSubstr("LEVEL_ADVANCED takes assertions that name no documents"));
}

TEST_F(DoctorCommandTest, FolderOfRelyingPartiesIsLookedAtLikeTheConfiguration) {
  ASSERT_EQ(Run({"rp", "add", "portal", "--san", "DNS:p", "--config", Path("config.yaml")}), 0)
      << Err();
  ASSERT_EQ(Run(Doctor()), 0) << Out();
  EXPECT_EQ(Finding("relying parties folder")["verdict"], "OK");
  EXPECT_THAT(Finding("relying party portal")["detail"].get<std::string>(),
              HasSubstr("as often as it likes"));
  Replace("relying-parties/portal.yaml", "  - level: \"advanced\"\n",
          "  - level: advanced\n    binding: optional\n    minimal_level_of_assurance: low\n"
          "    max_authentication_age: 10m\naudiences: [enkrat]\ncalls_per_second: 5\n"
          "disabled: true\n");
  EXPECT_EQ(Run(Doctor()), 0) << Out();
  for (const char* named : {"asks for less assurance", "name no documents",
                            "logins older than three minutes", "is disabled"}) {
    EXPECT_THAT(Out(), HasSubstr(named));
  }
}

TEST_F(DoctorCommandTest, FolderOfRelyingPartiesInDisorderFails) {
  Write("relying-parties/portal.yaml", "id: portal\ncolour: red\n");
  EXPECT_EQ(Run(Doctor()), 1);
  EXPECT_THAT(Finding("relying parties folder")["detail"].get<std::string>(),
              HasSubstr("portal.yaml: line 2"));
  fs::remove(Path("relying-parties/portal.yaml"));
  chmod(Path("relying-parties").c_str(), 0777);
  EXPECT_EQ(Run(Doctor()), 1);
  EXPECT_EQ(Finding("relying parties folder")["verdict"], "FAIL");
}

TEST_F(DoctorCommandTest, ProviderThatNeedNotSayWhenItAuthenticatedIsNamed) {
  Replace("config.yaml", "    acr_levels:\n",
          "    allow_missing_auth_time: true\n    acr_levels:\n");
  EXPECT_EQ(Run(Doctor()), 0) << Out();
  EXPECT_THAT(Out(), HasSubstr("need not say when the person logged in"));
}

TEST_F(DoctorCommandTest, UnsynchronisedClockFailsOnlyWhereItIsRequired) {
  ASSERT_EQ(Run(Doctor()), 0) << Out();
  const bool synchronised = Finding("clock")["verdict"] == "OK";
  Replace("config.yaml", "chain_file: tsu-chain.pem",
          "chain_file: tsu-chain.pem\n    require_synchronised_clock: true");
  EXPECT_EQ(Run(Doctor()), synchronised ? 0 : 1);
}

TEST(FindingsTest, LineBreaksOfLibrariesStayOnOneLine) {
  Findings findings;
  findings.Fail("token", "first\nOK    second\x1b[31m", "mend it");
  EXPECT_EQ(
      findings.AsText(),
      "FAIL  token: first OK    second [31m -> mend it\n0 in order, 0 warnings, 1 failures\n");
  EXPECT_TRUE(findings.failed());
}

}  // namespace
}  // namespace enkrat::cli
