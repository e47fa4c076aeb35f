// Settings that cannot be right are refused before anybody logs in.
#include "idp_client/saml_settings.h"

#include <functional>

#include "tests/unit/idp_client/saml_fixture.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

class SamlSettingsTest : public SamlFixture {
 protected:
  absl::Status Create(const std::function<void(SamlVerifier::Options&)>& change) {
    SamlVerifier::Options options;
    options.providers = {settings_};
    options.fetcher = &fetcher_;
    options.clock = &clock_;
    change(options);
    return SamlVerifier::Create(std::move(options)).status();
  }
  absl::Status CreateWith(const std::function<void(SamlIdentityProvider&)>& change) {
    return Create([&](SamlVerifier::Options& options) { change(options.providers.front()); });
  }
};

TEST_F(SamlSettingsTest, GoodSettingsAreAccepted) {
  EXPECT_THAT(CreateWith([](auto&) {}), IsOk());
  EXPECT_TRUE(fetcher_.requests().empty());
}

TEST_F(SamlSettingsTest, SettingsThatLeaveAHoleAreRefused) {
  const std::vector<std::pair<const char*, std::function<void(SamlIdentityProvider&)>>> rows = {
      {"no entity id", [](auto& p) { p.entity_id = ""; }},
      {"no audience", [](auto& p) { p.audiences = {}; }},
      {"empty audience", [](auto& p) { p.audiences = {""}; }},
      {"no recipient", [](auto& p) { p.recipients = {}; }},
      {"empty recipient", [](auto& p) { p.recipients = {""}; }},
      {"no metadata", [](auto& p) { p.metadata_url = ""; }},
      {"metadata twice", [](auto& p) { p.metadata_file = "/metadata.xml"; }},
      {"metadata without TLS", [](auto& p) { p.metadata_url = "http://saml-idp.example/m"; }},
      {"metadata of nobody", [](auto& p) { p.metadata_signer_file = ""; }},
      {"no level", [](auto& p) { p.context_levels = {}; }},
      {"level of nothing", [](auto& p) { p.context_levels[""] = LevelOfAssurance::kHigh; }},
      {"negative skew", [](auto& p) { p.skew = -absl::Seconds(1); }},
      {"long skew", [](auto& p) { p.skew = absl::Seconds(61); }},
      {"no names", [](auto& p) { p.attributes.given_name = p.attributes.surname = ""; }},
      {"no country", [](auto& p) { p.attributes.fixed_country = ""; }},
      {"two countries", [](auto& p) { p.attributes.country = "c"; }},
      {"bad country", [](auto& p) { p.attributes.fixed_country = "si"; }},
      {"bad identifier type",
       [](auto& p) {
         p.attributes.identifier = "x";
         p.attributes.identifier_type = "XYZ";
       }},
      {"names of nothing", [](auto& p) { p.attributes.organization = "o"; }},
  };
  for (const auto& [what, change] : rows) {
    EXPECT_THAT(CreateWith(change), FailsWith(Reason::kConfigurationInvalid)) << what;
  }
}

TEST_F(SamlSettingsTest, NumberOfProvidersIsBoundedAndTheirNamesDiffer) {
  EXPECT_THAT(Create([](auto& o) { o.providers.clear(); }),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(Create([](auto& o) { o.providers.push_back(o.providers.front()); }),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(Create([](auto& o) { o.providers.resize(65, o.providers.front()); }),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(SamlSettingsTest, ClockFetcherAndIntervalsAreNeeded) {
  EXPECT_THAT(Create([](auto& o) { o.clock = nullptr; }), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(Create([](auto& o) { o.fetcher = nullptr; }),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(Create([](auto& o) { o.min_refresh_interval = absl::ZeroDuration(); }),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(Create([](auto& o) { o.max_key_age = absl::Minutes(1); }),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(SamlSettingsTest, FilesThatCannotBeReadAreRefusedAtTheStart) {
  EXPECT_THAT(CreateWith([&](auto& p) { p.metadata_signer_file = folder_.File("none.pem"); }),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(CreateWith([&](auto& p) { p.metadata_signer_file = WriteText("bad.pem", "x"); }),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(CreateWith([&](auto& p) {
                p.metadata_url = "";
                p.metadata_file = folder_.File("none.xml");
              }),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(CreateWith([&](auto& p) {
                p.metadata_url = "";
                p.metadata_file = WriteText("unsigned.xml", testing::SamlMetadataText{}.Xml());
              }),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(SamlSettingsTest, UnsignedFileIsBelievedIfNoSignerIsNamed) {
  EXPECT_THAT(CreateWith([&](auto& p) {
                p.metadata_url = "";
                p.metadata_signer_file = "";
                p.metadata_file = WriteText(
                    "metadata.xml",
                    testing::SamlMetadataText{.certificates = {key_.CertificateBase64()}}.Xml());
              }),
              IsOk());
}

}  // namespace
}  // namespace enkrat::idp_client
