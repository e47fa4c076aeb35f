#include "server/config_loader.h"

#include <gtest/gtest.h>

#include "enkrat/config/v1/config.pb.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::HasSubstr;

absl::Status Read(const std::string& yaml, config::v1::Config* config = nullptr) {
  config::v1::Config scratch;
  return ReadYaml(yaml, config != nullptr ? *config : scratch);
}

TEST(ConfigLoaderTest, ReadsEveryKindOfValue) {
  config::v1::Config config;
  ASSERT_THAT(Read(R"(
server:
  grpc_listen: "127.0.0.1:0"
  reflection: true
  max_in_flight: 12
  default_deadline: 1500ms
hsm:
  recycle_after_keys: 300000
relying_parties:
  - id: bank
    certificate_sans: ["DNS:a.example", "DNS:b.example"]
    levels:
      - level: advanced_with_qualified_certificate
identity_providers:
  - issuer: https://idp.example
    acr_levels:
      "http://eidas.europa.eu/LoA/high": high
)",
                   &config),
              IsOk());
  EXPECT_EQ(config.server().grpc_listen(), "127.0.0.1:0");
  EXPECT_TRUE(config.server().reflection());
  EXPECT_EQ(config.server().max_in_flight(), 12u);
  EXPECT_EQ(config.server().default_deadline().seconds(), 1);
  EXPECT_EQ(config.server().default_deadline().nanos(), 500'000'000);
  EXPECT_EQ(config.hsm().recycle_after_keys(), 300'000u);
  ASSERT_EQ(config.relying_parties_size(), 1);
  EXPECT_EQ(config.relying_parties(0).certificate_sans(1), "DNS:b.example");
  EXPECT_EQ(config.relying_parties(0).levels(0).level(),
            config::v1::LEVEL_ADVANCED_WITH_QUALIFIED_CERTIFICATE);
  EXPECT_EQ(config.identity_providers(0).acr_levels().at("http://eidas.europa.eu/LoA/high"),
            config::v1::LEVEL_OF_ASSURANCE_HIGH);
}

struct BadFile {
  const char* what;
  const char* yaml;
  const char* message;
};

class BadConfigTest : public ::testing::TestWithParam<BadFile> {};

TEST_P(BadConfigTest, IsRejectedWithItsLine) {
  const absl::Status status = Read(GetParam().yaml);
  EXPECT_THAT(status, FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadConfigTest,
    ::testing::Values(
        BadFile{"UnknownKey", "server:\n  grpc_lisen: x\n", "line 2: unknown key 'grpc_lisen'"},
        BadFile{"UnknownTopKey", "\n\nservr:\n  a: b\n", "line 3: unknown key 'servr'"},
        BadFile{"RepeatedKey", "store:\n  path: a\n  path: b\n",
                "line 3: key 'path' is there twice"},
        BadFile{"TextForNumber", "server:\n  max_in_flight: many\n",
                "line 2: expected a whole number"},
        BadFile{"NegativeNumber", "server:\n  max_in_flight: -1\n",
                "line 2: expected a whole number"},
        BadFile{"TextForBool", "server:\n  reflection: yes\n", "line 2: expected true or false"},
        BadFile{"NumberWithoutUnit", "server:\n  drain: 30\n", "line 2: '30' is not a duration"},
        BadFile{"NegativeDuration", "server:\n  drain: -3s\n", "line 2: '-3s' is not a duration"},
        BadFile{"UnknownEnum", "relying_parties:\n  - levels:\n      - level: supreme\n",
                "line 3: 'supreme' is not one of: advanced, advanced_with_qualified_certificate, "
                "qualified"},
        BadFile{"UnspecifiedEnum", "relying_parties:\n  - levels:\n      - level: unspecified\n",
                "line 3: 'unspecified' is not one of"},
        BadFile{"ListForScalar", "store:\n  path: [a]\n", "line 2: 'path' takes a single value"},
        BadFile{"ScalarForList", "relying_parties: a\n", "line 1: 'relying_parties' takes a list"},
        BadFile{"ScalarForMapping", "store: a\n", "line 1: 'store' takes a mapping"},
        BadFile{"EmptyValue", "store:\n  path:\n", "line 2: 'path' has no value"},
        BadFile{"BrokenYaml", "store: {path: a\n", "line "},
        BadFile{"NotAMapping", "- a\n", "line 1: the configuration is not a mapping"}),
    [](const auto& suite) { return suite.param.what; });

TEST(ConfigLoaderTest, OversizedFileIsRejected) {
  EXPECT_THAT(Read(std::string(2 * 1024 * 1024, '#')), FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::server
