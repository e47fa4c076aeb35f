// enkratd's word on configuration files, before anything is started.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/integration/running_service.h"
#include "tests/support/service_certificates.h"

namespace enkrat::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// The folder of a service that is never started.
class ConfigurationTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { service_ = std::make_unique<ServiceEnvironment>(); }
  static void TearDownTestSuite() { service_.reset(); }

  static ServiceEnvironment& service() { return *service_; }

  static ProgramOutcome Check(const std::string& yaml) {
    WriteText(service().File("enkratd.yaml"), yaml);
    ProgramCall call = service().DaemonCall();
    call.argv.push_back("--check-config");
    return RunProgram(std::move(call));
  }
  static ProgramOutcome CheckWith(const ServiceSettings& changes) {
    return Check(ToYaml(Merge(service().settings(), changes)));
  }

 private:
  static inline std::unique_ptr<ServiceEnvironment> service_;
};

TEST_F(ConfigurationTest, GoodFileIsSaidToBeOk) {
  const ProgramOutcome outcome = CheckWith({});
  EXPECT_THAT(outcome, Succeeds());
  EXPECT_THAT(outcome.out, HasSubstr("enkratd.yaml: OK\n"));
}

TEST_F(ConfigurationTest, FileOfTheCeremonyIsOk) {
  ProgramCall call = service().DaemonCall();
  call.argv = {call.argv[0], "--config", service().ServiceFile("config.yaml"), "--check-config"};
  EXPECT_THAT(RunProgram(std::move(call)), Succeeds());
}

TEST_F(ConfigurationTest, TlsKeyMustBeTheCertificates) {
  const ServiceCertificates tls(service().File("tls"));
  tls.Issue("server", "DNS:localhost");
  tls.Issue("other", "DNS:localhost");
  const auto check_with_key = [&](const std::string& name) {
    return CheckWith(
        {{"server.plaintext_on_loopback", ""},
         {"server.plaintext_relying_party", ""},
         {"server.tls", absl::StrCat("{ certificate_file: ", tls.CertificateFile("server"),
                                     ", private_key_file: ", tls.KeyFile(name),
                                     ", client_ca_file: ", tls.CaFile(), " }")},
         {"relying_parties",
          "[{id: demo, certificate_sans: [\"DNS:a.example\"], levels: [{level: advanced}]}]"}});
  };
  EXPECT_THAT(check_with_key("server"), Succeeds());
  const ProgramOutcome outcome = check_with_key("other");
  EXPECT_THAT(outcome, ExitsWith(1));
  EXPECT_THAT(outcome.err, HasSubstr("is not the key of certificate_file"));
}

TEST_F(ConfigurationTest, UnknownKeyIsNamedWithItsLine) {
  const std::string yaml = ToYaml(service().settings());
  const auto lines = std::count(yaml.begin(), yaml.end(), '\n');
  const ProgramOutcome outcome = Check(yaml + "# a comment\nservr:\n  reflection: true\n");
  EXPECT_THAT(outcome, ExitsWith(1));
  EXPECT_THAT(outcome.err, HasSubstr(absl::StrCat("line ", lines + 2, ": unknown key 'servr'")));
}

TEST_F(ConfigurationTest, UnknownKeyInASectionIsNamedWithItsLine) {
  const std::string yaml = ToYaml(Merge(service().settings(), {{"hsm.pins", "x"}}));
  const std::string before = yaml.substr(0, yaml.find("  pins:"));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  EXPECT_THAT(Check(yaml).err, HasSubstr(absl::StrCat("line ", line, ": unknown key 'pins'")));
}

TEST_F(ConfigurationTest, PlaintextOnAnAddressOfTheNetworkIsRefused) {
  for (const char* address : {"0.0.0.0:0", "192.0.2.1:7443", "\"[::]:0\""}) {
    const ProgramOutcome outcome = CheckWith({{"server.grpc_listen", address}});
    EXPECT_THAT(outcome, ExitsWith(1)) << address;
    EXPECT_THAT(outcome.err, HasSubstr("server.plaintext_on_loopback")) << address;
  }
}

TEST_F(ConfigurationTest, PlaintextOnIpv6LoopbackIsAllowed) {
  EXPECT_THAT(CheckWith({{"server.grpc_listen", "\"[::1]:0\""}}), Succeeds());
}

TEST_F(ConfigurationTest, NeitherTlsNorPlaintextIsRefused) {
  const ProgramOutcome outcome =
      CheckWith({{"server.plaintext_on_loopback", ""}, {"server.plaintext_relying_party", ""}});
  EXPECT_THAT(outcome, ExitsWith(1));
  EXPECT_THAT(outcome.err, HasSubstr("server.tls"));
}

struct BadSetting {
  const char* name;
  const char* setting;
  const char* value;
  const char* message;
};

void PrintTo(const BadSetting& bad, std::ostream* stream) { *stream << bad.name; }

class BadSettingTest : public ConfigurationTest, public ::testing::WithParamInterface<BadSetting> {
 protected:
  static void SetUpTestSuite() { ConfigurationTest::SetUpTestSuite(); }
};

TEST_P(BadSettingTest, IsRefusedAndNamed) {
  const ProgramOutcome outcome = CheckWith({{GetParam().setting, GetParam().value}});
  EXPECT_THAT(outcome, ExitsWith(1));
  EXPECT_THAT(outcome.err, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadSettingTest,
    ::testing::Values(
        BadSetting{"NoChain", "certificates.chain_file", "no-such.pem", "no-such.pem"},
        BadSetting{"NoProfiles", "certificates.profiles", "[]", "profiles"},
        BadSetting{"NoParties", "relying_parties", "[]", "relying_parties"},
        BadSetting{"NoProviders", "identity_providers", "[]", "identity_providers"},
        BadSetting{"NoStore", "store.path", "", "store.path"},
        BadSetting{"NoPin", "hsm.pin", "{}", "hsm.pin"},
        BadSetting{"HostNameToListenOn", "server.grpc_listen", "localhost:7443", "localhost"},
        BadSetting{"PinInTheFile", "hsm.pin", "\"1234\"", "line"},
        BadSetting{"ProviderOverHttp", "identity_providers",
                   "[{issuer: \"http://idp.example\", audiences: [enkrat], acr_levels: {x: high}, "
                   "claims: {fixed_country: SI}}]",
                   "identity provider '"},
        BadSetting{"SymmetricAlgorithm", "identity_providers",
                   "[{issuer: \"https://idp.example\", audiences: [enkrat], algorithms: [HS256], "
                   "acr_levels: {x: high}, claims: {fixed_country: SI}}]",
                   "identity provider '"},
        BadSetting{"PartyWithoutLevels", "relying_parties", "[{id: demo}]", "levels"},
        BadSetting{"QualifiedWithoutIntent", "certificates.profiles",
                   "[{name: q, level: qualified, policy_oids: [1.2.3], ca_issuers_url: "
                   "\"http://x.example/ca.cer\"}]",
                   "profiles[0]"}),
    [](const auto& one) { return one.param.name; });

TEST_F(ConfigurationTest, FileThatIsNotThereIsNamed) {
  ProgramCall call = service().DaemonCall();
  call.argv = {call.argv[0], "--config", service().File("none.yaml"), "--check-config"};
  const ProgramOutcome outcome = RunProgram(std::move(call));
  EXPECT_THAT(outcome, ExitsWith(1));
  EXPECT_THAT(outcome.err, HasSubstr("none.yaml"));
}

TEST_F(ConfigurationTest, UnknownOptionIsAUsageError) {
  ProgramCall call = service().DaemonCall();
  call.argv.push_back("--pin=1234");
  EXPECT_THAT(RunProgram(std::move(call)), ExitsWith(64));
}

}  // namespace
}  // namespace enkrat::testing
