// enkrat certificates renew, reissue, issue, revoke, export, list, show on a SoftHSM installation;
// what they make is judged by openssl and certtool.
#include "tests/support/subprocess.h"
#include "tests/unit/cli/ceremony_fixture.h"

namespace enkrat::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CertificateLifeCommandsTest : public CeremonyTest {
 protected:
  void SetUp() override { ASSERT_EQ(Run(Init()), 0) << Err(); }

  // `enkrat --json certificates <words> --config FILE`.
  int Certificates(std::vector<std::string> words) {
    words.insert(words.begin(), {"--json", "certificates"});
    words.insert(words.end(), {"--config", Path("config.yaml")});
    return Run(std::move(words));
  }
  // A member of the only certificate of that role in that state.
  std::string Listed(const std::string& role, const std::string& state, const char* member) {
    EXPECT_EQ(Certificates({"list"}), 0) << Err();
    for (const auto& each : Json()) {
      if (each["role"] == role && each["state"] == state) return each[member];
    }
    return "";
  }
  static testing::ProgramOutcome Execute(std::vector<std::string> argv) {
    return testing::RunProgram({.argv = std::move(argv)});
  }
  std::string MakeRequest(const std::string& name) {
    const auto made = Execute({"openssl", "req", "-new", "-newkey", "ec", "-pkeyopt",
                               "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=ignored",
                               "-keyout", Path(name + ".key"), "-out", Path(name + ".csr")});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    return Path(name + ".csr");
  }
};

TEST_F(CertificateLifeCommandsTest, RenewedUnitsChainVerifiesWithOpenssl) {
  ASSERT_EQ(Certificates({"renew", "timestamping-unit", "--why", "its key ends"}), 0) << Err();
  EXPECT_EQ(Json()["done"], "renewed");
  EXPECT_EQ(Json()["key_label"], "timestamping-unit-2");
  for (const std::string& chain :
       {Path("tsu-chain.pem"),
        Path("tsu-chain-" + Json()["predecessor"].get<std::string>() + ".pem")}) {
    EXPECT_EQ(Execute({"openssl", "verify", "-x509_strict", "-purpose", "timestampsign", "-CAfile",
                       Path("root.pem"), "-untrusted", chain, chain})
                  .exit_code,
              0)
        << chain;
    EXPECT_EQ(Execute({"certtool", "--certificate-info", "--infile", chain}).exit_code, 0);
  }
  EXPECT_NE(Listed("timestamping-unit", "active", "serial_number"), "");
  EXPECT_NE(Listed("timestamping-unit", "superseded", "serial_number"), "");
}

TEST_F(CertificateLifeCommandsTest, DoctorIsContentAfterARenewal) {
  ASSERT_EQ(Certificates({"renew", "timestamping-unit"}), 0) << Err();
  ASSERT_EQ(Certificates({"renew", "issuing-ca"}), 0) << Err();
  ASSERT_EQ(Certificates({"renew", "ocsp-responder"}), 0) << Err();
  EXPECT_THAT(Json()["next_steps"].dump(), HasSubstr("no restart is needed"));
  EXPECT_EQ(Run(Doctor()), 0) << Out();
  EXPECT_THAT(Out(), Not(HasSubstr("private keys that are not Enkrat's")));
  ASSERT_EQ(Run(Init()), 0) << Err();
  EXPECT_THAT(Out(), HasSubstr("Nothing to do: all is there already."));
}

TEST_F(CertificateLifeCommandsTest, RenewedCaNeedsTheRootsToken) {
  const auto files = AllFiles();
  EXPECT_EQ(Certificates({"renew", "issuing-ca", "--root-token-label", "in the safe"}), 2);
  EXPECT_THAT(Err(), HasSubstr("--root-token-label"));
  EXPECT_EQ(Certificates({"renew", "issuing-ca", "--root-pin-file", Path("none")}), 2);
  EXPECT_EQ(AllFiles(), files);
}

TEST_F(CertificateLifeCommandsTest, ChangedDataIsReissuedOnly) {
  EXPECT_EQ(Certificates({"renew", "timestamping-unit", "--organization", "Other d.o.o."}), 1);
  EXPECT_THAT(Err(), AllOf(HasSubstr("organizationName"), HasSubstr("use reissue")));
  EXPECT_EQ(Certificates({"reissue", "timestamping-unit"}), 1);
  EXPECT_THAT(Err(), HasSubstr("use renew"));
  EXPECT_EQ(Certificates({"reissue", "timestamping-unit", "--organization", "Other d.o.o."}), 0)
      << Err();
  EXPECT_THAT(Json()["subject"].get<std::string>(), HasSubstr("Other d.o.o."));
}

TEST_F(CertificateLifeCommandsTest, DryRunChangesNothing) {
  const auto files = AllFiles();
  EXPECT_EQ(Run({"certificates", "renew", "timestamping-unit", "--dry-run", "--config",
                 Path("config.yaml")}),
            0);
  EXPECT_THAT(Out(), AllOf(HasSubstr("would be renewed"), HasSubstr("timestamping-unit-2 (new)")));
  EXPECT_EQ(AllFiles(), files);
}

TEST_F(CertificateLifeCommandsTest, RevocationAsksForYes) {
  const auto files = AllFiles();
  EXPECT_EQ(Certificates({"revoke", "timestamping-unit", "--reason", "keyCompromise"}), 64);
  EXPECT_THAT(Err(), HasSubstr("--yes"));
  EXPECT_EQ(Certificates({"revoke", "timestamping-unit", "--reason", "certificateHold", "--yes"}),
            64);
  EXPECT_EQ(AllFiles(), files);
}

TEST_F(CertificateLifeCommandsTest, RevokedUnitIsReportedAndReplacedByANewIssue) {
  ASSERT_EQ(Certificates({"revoke", "timestamping-unit", "--reason", "keyCompromise", "--why",
                          "token lost", "--yes"}),
            0)
      << Err();
  EXPECT_EQ(Certificates({"renew", "timestamping-unit"}), 1);
  EXPECT_THAT(Err(), AllOf(HasSubstr("revoked on "), HasSubstr("keyCompromise")));
  EXPECT_EQ(Certificates({"reissue", "timestamping-unit"}), 1);
  ASSERT_EQ(Certificates({"show", "timestamping-unit"}), 0);
  EXPECT_EQ(Json()["state"], "revoked");
  EXPECT_EQ(Json()["actions"].back()["why"], "token lost");
  EXPECT_EQ(Run(Doctor()), 1);
  EXPECT_THAT(Out(), HasSubstr("enkrat certificates issue timestamping-unit"));
  ASSERT_EQ(Certificates({"issue", "timestamping-unit"}), 0) << Err();
  EXPECT_EQ(Run(Doctor()), 0) << Out();
}

// A service that was not restarted since the renewal works with the old one.
TEST_F(CertificateLifeCommandsTest, RevocationAfterARenewalNamesTheUnitThatIsNotRevoked) {
  ASSERT_EQ(Certificates({"renew", "timestamping-unit"}), 0) << Err();
  const std::string old = Json()["predecessor"];
  EXPECT_EQ(Certificates({"revoke", "timestamping-unit", "--reason", "keyCompromise"}), 64);
  EXPECT_THAT(Err(), HasSubstr(old));
  ASSERT_EQ(Certificates({"revoke", "timestamping-unit", "--reason", "keyCompromise", "--yes"}), 0);
  EXPECT_EQ(Json()["others_in_force"], nlohmann::json::array({old}));
  ASSERT_EQ(Certificates({"revoke", old, "--reason", "keyCompromise", "--yes"}), 0) << Err();
  EXPECT_EQ(Json()["others_in_force"], nlohmann::json::array());
}

TEST_F(CertificateLifeCommandsTest, CutOffSwitchIsCompletedAndNothingElseBegun) {
  const std::string old = Read("tsu-chain.pem");
  ASSERT_EQ(Certificates({"renew", "timestamping-unit"}), 0) << Err();
  const std::string renewed = Read("tsu-chain.pem");
  Write("tsu-chain.pem", old);
  EXPECT_EQ(Run(Doctor()), 0);
  EXPECT_THAT(Out(), HasSubstr("a renewal was cut off"));
  ASSERT_EQ(Certificates({"renew", "timestamping-unit"}), 0) << Err();
  EXPECT_EQ(Json()["done"], "completed");
  EXPECT_EQ(Read("tsu-chain.pem"), renewed);
}

TEST_F(CertificateLifeCommandsTest, EveryFormatIsReadByOpenssl) {
  const std::string file = Path("exported");
  const auto exported = [&](const std::string& format) {
    EXPECT_EQ(Certificates({"export", "--role", "timestamping-unit", "--format", format, "-o", file,
                            "--force"}),
              0)
        << Err();
  };
  exported("pem");
  EXPECT_EQ(Execute({"openssl", "x509", "-in", file, "-noout"}).exit_code, 0);
  exported("der");
  EXPECT_EQ(Execute({"openssl", "x509", "-inform", "DER", "-in", file, "-noout"}).exit_code, 0);
  exported("chain");
  EXPECT_EQ(Read("exported"), Read("tsu-chain.pem"));
  exported("p7c");
  const auto printed =
      Execute({"openssl", "pkcs7", "-inform", "DER", "-in", file, "-print_certs", "-noout"});
  EXPECT_EQ(printed.exit_code, 0);
  EXPECT_THAT(printed.out, AllOf(HasSubstr("Timestamping Unit 1"), HasSubstr("Root CA")));
}

TEST_F(CertificateLifeCommandsTest, ExportNeverReplacesAFileUnasked) {
  Write("exported", "mine");
  EXPECT_EQ(Certificates({"export", "--role", "issuing-ca", "-o", Path("exported")}), 64);
  EXPECT_EQ(Read("exported"), "mine");
  EXPECT_EQ(Certificates({"export", "-o", Path("exported")}), 64);
  EXPECT_EQ(Certificates({"export", "--serial", "00", "-o", Path("other")}), 1);
  EXPECT_EQ(Run({"certificates", "export", "--role", "issuing-ca", "-o", Path("other")}), 64);
}

TEST_F(CertificateLifeCommandsTest, InternalTlsCertificateIsOverTheRequestsKey) {
  const std::string request = MakeRequest("db");
  ASSERT_EQ(Certificates({"issue", "--profile", "internal-tls", "--csr", request, "--common-name",
                          "db1", "--dns", "db1.example.org", "--ip", "10.0.0.7", "--days", "90",
                          "-o", Path("db.pem")}),
            0)
      << Err();
  EXPECT_EQ(Execute({"openssl", "verify", "-x509_strict", "-purpose", "sslserver",
                     "-verify_hostname", "db1.example.org", "-CAfile", Path("root.pem"),
                     "-untrusted", Path("db.pem"), Path("db.pem")})
                .exit_code,
            0);
  EXPECT_EQ(Execute({"openssl", "x509", "-in", Path("db.pem"), "-noout", "-pubkey"}).out,
            Execute({"openssl", "pkey", "-in", Path("db.key"), "-pubout"}).out);
}

TEST_F(CertificateLifeCommandsTest, RequestIssuedCertificateIsRenewedWithANewRequestOnly) {
  const std::string first = MakeRequest("first");
  const std::string second = MakeRequest("second");
  ASSERT_EQ(Certificates({"issue", "--profile", "internal-tls", "--csr", first, "--common-name",
                          "db1", "--dns", "db1.example.org"}),
            0)
      << Err();
  const std::string serial = Json()["serial_number"];
  EXPECT_EQ(Certificates({"renew", serial}), 1);
  EXPECT_THAT(Err(), HasSubstr("--csr"));
  EXPECT_EQ(Certificates({"renew", serial, "--csr", first}), 1);
  EXPECT_THAT(Err(), HasSubstr("certified already"));
  ASSERT_EQ(Certificates({"renew", serial, "--csr", second, "-o", Path("renewed.pem")}), 0)
      << Err();
  EXPECT_THAT(Execute({"openssl", "x509", "-in", Path("renewed.pem"), "-noout", "-text"}).out,
              HasSubstr("DNS:db1.example.org"));
}

TEST_F(CertificateLifeCommandsTest, ElectronicAuthenticationCertificateIsATlsClients) {
  ASSERT_EQ(Certificates({"issue", "--profile", "e-authentication", "--csr", MakeRequest("client"),
                          "--common-name", "Portal", "-o", Path("client.pem")}),
            0)
      << Err();
  EXPECT_EQ(Execute({"openssl", "verify", "-purpose", "sslclient", "-CAfile", Path("root.pem"),
                     "-untrusted", Path("client.pem"), Path("client.pem")})
                .exit_code,
            0);
}

TEST_F(CertificateLifeCommandsTest, WrongUseIsSaid) {
  EXPECT_EQ(Certificates({"renew"}), 64);
  EXPECT_EQ(Certificates({"renew", "notary"}), 1);
  EXPECT_EQ(Certificates(
                {"issue", "--profile", "notary", "--csr", MakeRequest("x"), "--common-name", "x"}),
            64);
  EXPECT_EQ(Certificates({"issue", "--profile", "internal-tls", "--common-name", "x"}), 64);
  Write("broken.csr",
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n");
  EXPECT_EQ(Certificates({"issue", "--profile", "internal-tls", "--csr", Path("broken.csr"),
                          "--common-name", "x", "--dns", "x.example.org"}),
            1);
  EXPECT_EQ(Run({"certificates", "renew", "timestamping-unit"}), 64);  // no --config
}

}  // namespace
}  // namespace enkrat::cli
