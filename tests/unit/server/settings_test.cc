#include "server/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/loopback.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/server/fake_auth_context.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeAuthContext;
using ::enkrat::testing::IsOk;
using ::testing::HasSubstr;

constexpr char kGood[] = R"yaml(server:
  plaintext_on_loopback: true
  plaintext_relying_party: demo
hsm:
  module: /usr/lib/softhsm/libsofthsm2.so
  token_label: enkrat
  pin: { file: pin }
certificates:
  chain_file: chain.pem
  profiles:
    - name: natural-person
      level: advanced
      policy_oids: [0.4.0.2042.1.2]
      ca_issuers_url: http://ca.example/issuing-ca.cer
timestamping:
  own: { chain_file: tsu.pem }
store:
  path: ledger.db
identity_providers:
  - issuer: https://idp.example
    audiences: [enkrat]
    acr_levels: { high: high }
    claims: { fixed_country: SI }
relying_parties:
  - id: demo
    certificate_sans: ["DNS:portal.example"]
    levels: [ { level: advanced } ]
)yaml";

constexpr char kOwnUnit[] = "timestamping:\n  own: { chain_file: tsu.pem }\n";

class SettingsTest : public ::testing::Test {
 protected:
  absl::StatusOr<Config> Load(const std::string& yaml) {
    const std::string path = folder_.path() + "/config.yaml";
    std::ofstream(path) << yaml;
    return LoadSettings(path);
  }
  absl::StatusOr<Config> LoadWith(const std::string& from, const std::string& to) {
    return Load(absl::StrReplaceAll(kGood, {{from, to}}));
  }
  std::string Failure(const std::string& from, const std::string& to) {
    const absl::StatusOr<Config> config = LoadWith(from, to);
    const absl::Status status = !config.ok()                  ? config.status()
                                : !IssuersFrom(*config).ok()  ? IssuersFrom(*config).status()
                                : !ProfilesFrom(*config).ok() ? ProfilesFrom(*config).status()
                                                              : CallersFrom(*config).status();
    EXPECT_THAT(status, FailsWith(Reason::kConfigurationInvalid));
    return std::string(status.message());
  }

  const enkrat::testing::ScratchFolder folder_;
};

TEST_F(SettingsTest, GoodFileGetsItsDefaultsAndPaths) {
  ASSERT_OK_AND_ASSIGN(const Config config, Load(kGood));
  EXPECT_EQ(config.server().grpc_listen(), "127.0.0.1:7443");
  EXPECT_EQ(config.server().max_in_flight(), 256u);
  EXPECT_EQ(config.store().path(), folder_.path() + "/ledger.db");
  EXPECT_EQ(config.hsm().module(), "/usr/lib/softhsm/libsofthsm2.so");
  EXPECT_EQ(config.hsm().issuing_ca_key(), "issuing-ca");
  EXPECT_EQ(DurationFrom(config.store().keep_results()), absl::Hours(24));
  ASSERT_OK_AND_ASSIGN(const auto callers, CallersFrom(config));
  ASSERT_OK_AND_ASSIGN(const auto profiles, ProfilesFrom(config));
  EXPECT_EQ(profiles.at("natural-person").spec().validity, absl::Minutes(15));
}

TEST_F(SettingsTest, RelyingPartyGetsTheStrictDefaults) {
  ASSERT_OK_AND_ASSIGN(const Config config, Load(kGood));
  ASSERT_OK_AND_ASSIGN(const auto callers, CallersFrom(config));
  ASSERT_OK_AND_ASSIGN(const CallerDirectory::Party demo,
                       callers->IdentifyByNames({"DNS:portal.example"}));
  const signer::LevelPolicy& policy =
      demo->policies.at({.level = signer::SignatureLevel::kAdvanced});
  EXPECT_TRUE(policy.binding_required);
  EXPECT_EQ(policy.minimal_level_of_assurance, idp_client::LevelOfAssurance::kSubstantial);
  EXPECT_EQ(policy.max_authentication_age, absl::Seconds(180));
  EXPECT_EQ(demo->max_in_flight, 64u);
}

TEST_F(SettingsTest, TokensWithoutAuthTimeAreAllowedOnlyBySaying) {
  EXPECT_TRUE(IssuersFrom(*Load(kGood))->front().auth_time_required);
  ASSERT_OK_AND_ASSIGN(
      const Config lenient,
      LoadWith("audiences: [enkrat]", "audiences: [enkrat]\n    allow_missing_auth_time: true"));
  EXPECT_FALSE(IssuersFrom(lenient)->front().auth_time_required);
}

TEST_F(SettingsTest, MissingFileIsAConfigurationError) {
  EXPECT_THAT(LoadSettings(folder_.path() + "/none.yaml"),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(SettingsTest, EveryErrorBeginsWithTheFileOnce) {
  const std::string file = folder_.path() + "/config.yaml: ";
  for (const auto& [from, to] : {std::pair{"  token_label", "  tokken_label"},
                                 std::pair{"  plaintext_on_loopback: true\n", ""}}) {
    const std::string failure = Failure(from, to);
    EXPECT_THAT(failure, ::testing::StartsWith(file));
    EXPECT_EQ(failure.find(file, 1), std::string::npos) << failure;
  }
}

TEST_F(SettingsTest, AccuracyBeyondTheStandardIsRefused) {
  for (const char* accuracy : {"10s", "1001ms"}) {
    EXPECT_THAT(Failure("chain_file: tsu.pem }",
                        absl::StrCat("chain_file: tsu.pem, accuracy: ", accuracy, " }")),
                HasSubstr("accuracy"))
        << accuracy;
  }
}

TEST_F(SettingsTest, UnitThatIsThereTwiceIsRefused) {
  EXPECT_THAT(Failure("chain_file: tsu.pem }",
                      "chain_file: tsu.pem, further_units: [{ chain_file: tsu.pem, policy_oid: "
                      "1.2.3 }] }"),
              HasSubstr("further_units[0].chain_file"));
}

TEST_F(SettingsTest, UnknownKeyNamesItsLine) {
  EXPECT_THAT(Failure("  token_label", "  tokken_label"), HasSubstr("line 6: unknown key"));
}

TEST_F(SettingsTest, PlaintextOnAnotherAddressIsRefused) {
  EXPECT_THAT(Failure("server:\n", "server:\n  grpc_listen: 0.0.0.0:7443\n"),
              HasSubstr("not a loopback address"));
}

TEST_F(SettingsTest, NoTlsAndNoPlaintextIsRefused) {
  EXPECT_THAT(Failure("  plaintext_on_loopback: true\n", ""), HasSubstr("server.tls"));
}

// A field left over from a trial must not make every certificate that relying party's.
TEST_F(SettingsTest, PlaintextRelyingPartyBesideTlsIsRefused) {
  EXPECT_THAT(Failure("  plaintext_on_loopback: true\n",
                      "  tls: { certificate_file: a, private_key_file: b, client_ca_file: c }\n"),
              HasSubstr("server.plaintext_relying_party"));
}

TEST_F(SettingsTest, NobodyIsThePlaintextCallerWhereTlsIsSpoken) {
  ASSERT_OK_AND_ASSIGN(Config config, Load(kGood));
  config.mutable_server()->set_plaintext_on_loopback(false);
  config.mutable_server()->mutable_tls()->set_certificate_file("server.pem");
  ASSERT_OK_AND_ASSIGN(const auto callers, CallersFrom(config));
  EXPECT_THAT(callers->Identify(
                  FakeAuthContext(FakeAuthContext::Properties{{"peer_dns", "stranger.example"}})),
              FailsWith(Reason::kRelyingPartyUnknown));
  config.mutable_relying_parties(0)->clear_certificate_sans();
  EXPECT_THAT(CallersFrom(config), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(SettingsTest, TimesThatNobodyCanMeanAreRefused) {
  EXPECT_THAT(Failure("server:\n", "server:\n  watchdog_interval: 1ms\n"),
              HasSubstr("server.watchdog_interval"));
  EXPECT_THAT(Failure("server:\n", "server:\n  default_deadline: 0s\n"),
              HasSubstr("server.default_deadline"));
  EXPECT_THAT(Failure("server:\n", "server:\n  drain: 1h\n"), HasSubstr("server.drain"));
  EXPECT_THAT(Failure("server:\n", "server:\n  memory_limit_mb: 8\n"),
              HasSubstr("server.memory_limit_mb"));
}

TEST_F(SettingsTest, EveryCallHasAThreadUnlessConfiguredOtherwise) {
  ASSERT_OK_AND_ASSIGN(Config config, LoadWith("server:\n", "server:\n  max_in_flight: 300\n"));
  EXPECT_EQ(config.server().session_threads(), 300u);
  ASSERT_OK_AND_ASSIGN(config, LoadWith("server:\n", "server:\n  max_in_flight: 3000\n"));
  EXPECT_EQ(config.server().session_threads(), 1024u);
}

TEST_F(SettingsTest, CheckFindsTheModuleAndThePinFileThatAStartWouldMiss) {
  ASSERT_OK_AND_ASSIGN(Config config, LoadWith("/usr/lib/softhsm/libsofthsm2.so", "no-module.so"));
  EXPECT_THAT(std::string(CheckSettings(config, absl::Now()).message()), HasSubstr("hsm.module"));
  std::ofstream(folder_.path() + "/no-module.so") << "x";
  EXPECT_THAT(std::string(CheckSettings(config, absl::Now()).message()),
              HasSubstr(folder_.path() + "/pin"));
  std::ofstream(folder_.path() + "/pin") << "1234";
  chmod((folder_.path() + "/pin").c_str(), 0644);
  EXPECT_THAT(CheckSettings(config, absl::Now()), FailsWith(Reason::kConfigurationInvalid));
  chmod((folder_.path() + "/pin").c_str(), 0400);
  EXPECT_THAT(std::string(CheckSettings(config, absl::Now()).message()), HasSubstr("chain.pem"));
}

TEST_F(SettingsTest, HostNamesAreNotListenAddresses) {
  EXPECT_THAT(Failure("server:\n", "server:\n  http_listen: localhost:80\n"),
              HasSubstr("numeric address"));
}

TEST_F(SettingsTest, QualifiedProfileWithoutTheExplicitClaimIsRefused) {
  EXPECT_THAT(Failure("level: advanced\n      policy_oids", "level: qualified\n      policy_oids"),
              HasSubstr("allow_qualified_claims"));
}

TEST_F(SettingsTest, BindingIsNeverOptionalForQualified) {
  EXPECT_THAT(Failure("levels: [ { level: advanced } ]",
                      "levels: [ { level: qualified, binding: optional } ]"),
              HasSubstr("always REQUIRED"));
}

TEST_F(SettingsTest, AuthenticationOlderThanHalfAnHourCannotBeAllowed) {
  EXPECT_THAT(Failure("levels: [ { level: advanced } ]",
                      "levels: [ { level: advanced, max_authentication_age: 31m } ]"),
              HasSubstr("max_authentication_age"));
}

TEST_F(SettingsTest, IssuerOfAPolicyMustExist) {
  EXPECT_THAT(Failure("levels: [ { level: advanced } ]",
                      "levels: [ { level: advanced, issuers: [https://other.example] } ]"),
              HasSubstr("https://other.example"));
}

TEST_F(SettingsTest, TwoTimestampSourcesAreRefused) {
  EXPECT_THAT(
      Failure("timestamping:\n", "timestamping:\n  outside: { url: https://tsa.example }\n"),
      HasSubstr("exactly one"));
}

std::string WithOutsideTsa(const std::string& settings) {
  return "timestamping:\n  outside: { trust_file: roots.pem, " + settings + " }\n";
}

TEST_F(SettingsTest, OutsideTsaIsAskedOverTlsUnlessTheOperatorAllowsOtherwise) {
  EXPECT_THAT(Failure(kOwnUnit, WithOutsideTsa("url: \"http://tsa.example/\"")),
              HasSubstr("allow_plain_http"));
  EXPECT_THAT(Failure(kOwnUnit, WithOutsideTsa("url: \"ftp://tsa.example/\"")),
              HasSubstr("timestamping.outside.url"));
  for (const char* url : {"url: \"https://tsa.example/\"", "url: \"http://127.0.0.1:1/tsa\"",
                          "allow_plain_http: true, url: \"http://tsa.example/\""}) {
    EXPECT_THAT(LoadWith(kOwnUnit, WithOutsideTsa(url)), IsOk()) << url;
  }
}

TEST_F(SettingsTest, OutsideTsaIsAskedAtPublicAddressesEveryTenMinutesByDefault) {
  ASSERT_OK_AND_ASSIGN(const Config config,
                       LoadWith(kOwnUnit, WithOutsideTsa("url: \"https://tsa.example/\"")));
  const config::v1::OutsideTsa& outside = config.timestamping().outside();
  EXPECT_FALSE(outside.allow_private_addresses());
  EXPECT_EQ(DurationFrom(outside.status_interval()), absl::Minutes(10));
  EXPECT_EQ(DurationFrom(outside.status_timeout()), absl::Seconds(10));
}

TEST_F(SettingsTest, TimesOfAnOutsideTsaHaveBounds) {
  for (const char* wrong : {"timeout: 1ms", "timeout: 61s", "status_interval: 9s",
                            "status_interval: 25h", "status_timeout: 99ms", "status_timeout: 2m"}) {
    EXPECT_THAT(
        Failure(kOwnUnit, WithOutsideTsa(absl::StrCat("url: \"https://tsa.example/\", ", wrong))),
        HasSubstr("is not between"))
        << wrong;
  }
}

TEST_F(SettingsTest, PinInTheFileItselfIsNotASetting) {
  EXPECT_THAT(Failure("pin: { file: pin }", "pin: { value: 1234 }"), HasSubstr("unknown key"));
}

TEST_F(SettingsTest, PinFileThatOthersCanReadIsRefused) {
  const std::string path = folder_.path() + "/pin";
  std::ofstream(path) << "1234";
  chmod(path.c_str(), 0644);
  config::v1::SecretSource source;
  source.set_file(path);
  EXPECT_THAT(SecretFrom(source, ""), FailsWith(Reason::kConfigurationInvalid));
  chmod(path.c_str(), 0400);
  EXPECT_THAT(SecretFrom(source, ""), IsOk());
}

TEST_F(SettingsTest, CredentialComesFromSystemdsFolderOnly) {
  config::v1::SecretSource source;
  source.set_systemd_credential("pin");
  EXPECT_THAT(SecretFrom(source, ""), FailsWith(Reason::kConfigurationInvalid));
  std::ofstream(folder_.path() + "/pin") << "1234";
  chmod((folder_.path() + "/pin").c_str(), 0400);
  EXPECT_THAT(SecretFrom(source, folder_.path()), IsOk());
  source.set_systemd_credential("../" + folder_.path().substr(folder_.path().rfind('/') + 1) +
                                "/pin");
  EXPECT_THAT(SecretFrom(source, folder_.path()), FailsWith(Reason::kConfigurationInvalid));
}

class ListenAddressTest : public ::testing::TestWithParam<const char*> {};

TEST_P(ListenAddressTest, IsRefused) {
  EXPECT_THAT(ParseListenAddress(GetParam()), FailsWith(Reason::kConfigurationInvalid));
}

INSTANTIATE_TEST_SUITE_P(Texts, ListenAddressTest,
                         ::testing::Values("", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                                           "127.0.0.1:-1", "localhost:1", "[::1:80", "1.2.3:4"));

TEST(ParseListenAddressTest, LoopbackIsRecognised) {
  EXPECT_TRUE(IsLoopbackHost(ParseListenAddress("127.8.9.1:1")->host));
  EXPECT_TRUE(IsLoopbackHost(ParseListenAddress("[::1]:1")->host));
  EXPECT_FALSE(IsLoopbackHost(ParseListenAddress("0.0.0.0:1")->host));
  EXPECT_FALSE(IsLoopbackHost(ParseListenAddress("[::]:1")->host));
  EXPECT_FALSE(IsLoopbackHost(ParseListenAddress("10.0.0.1:1")->host));
}

}  // namespace
}  // namespace enkrat::server
