// The validation part of the configuration: defaults, and what is refused.
#include "server/validation_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/reason.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::HasSubstr;

class ValidationSettingsTest : public ::testing::Test {
 protected:
  ValidationSettingsTest() {
    config_.mutable_server()->set_max_spooled_mb(2048);
    FillValidationDefaults(validation_, 100);
  }
  void ExpectRefusal(const std::string& field) {
    const absl::Status status = CheckValidation(config_);
    EXPECT_THAT(status, FailsWith(Reason::kConfigurationInvalid));
    EXPECT_THAT(std::string(status.message()), HasSubstr(field));
  }

  Config config_;
  config::v1::ValidationConfig& validation_ = *config_.mutable_validation();
};

TEST_F(ValidationSettingsTest, DefaultsAreAccepted) {
  EXPECT_EQ(validation_.max_document_mb(), 100u);
  EXPECT_EQ(validation_.max_in_flight(), 4u);
  EXPECT_FALSE(validation_.fetch());
  EXPECT_THAT(CheckValidation(config_), IsOk());
}

TEST_F(ValidationSettingsTest, DocumentsOverHalfOfTheSpoolAreRefused) {
  config_.mutable_server()->set_max_spooled_mb(199);
  ExpectRefusal("validation.max_document_mb");
}

TEST_F(ValidationSettingsTest, TooManyAtOnceAreRefused) {
  validation_.set_max_in_flight(65);
  ExpectRefusal("validation.max_in_flight");
}

TEST_F(ValidationSettingsTest, TimeoutOutOfRangeIsRefused) {
  validation_.mutable_timeout()->set_seconds(301);
  ExpectRefusal("validation.timeout");
  validation_.mutable_timeout()->set_seconds(0);
  ExpectRefusal("validation.timeout");
}

TEST_F(ValidationSettingsTest, ListWithoutSourceIsRefused) {
  validation_.add_trusted_lists()->set_signer_certificates_file("signers.pem");
  ExpectRefusal("validation.trusted_lists[0]");
}

TEST_F(ValidationSettingsTest, ListWithoutSignersIsRefused) {
  validation_.add_trusted_lists()->set_file("list.xml");
  ExpectRefusal("validation.trusted_lists[0].signer_certificates_file");
}

TEST_F(ValidationSettingsTest, ListFromAnUnprotectedUrlIsRefused) {
  auto& list = *validation_.add_trusted_lists();
  list.set_url("http://list.example/list.xml");
  list.set_signer_certificates_file("signers.pem");
  ExpectRefusal("validation.trusted_lists[0].url");
}

TEST_F(ValidationSettingsTest, CacheOfAFileIsRefused) {
  auto& list = *validation_.add_trusted_lists();
  list.set_file("list.xml");
  list.set_signer_certificates_file("signers.pem");
  list.set_cache_file("cache.xml");
  ExpectRefusal("validation.trusted_lists[0].cache_file");
}

TEST_F(ValidationSettingsTest, PathsAreRelativeToTheConfiguration) {
  validation_.add_trust_files("partners.pem");
  auto& list = *validation_.add_trusted_lists();
  list.set_url("https://list.example/list.xml");
  list.set_signer_certificates_file("signers.pem");
  ResolveValidationPaths("/etc/enkrat", validation_);
  EXPECT_EQ(validation_.trust_files(0), "/etc/enkrat/partners.pem");
  EXPECT_EQ(list.signer_certificates_file(), "/etc/enkrat/signers.pem");
  EXPECT_EQ(list.cache_file(), "");
}

TEST_F(ValidationSettingsTest, MissingTrustFileIsToldByTheCheckOfFiles) {
  validation_.add_trust_files("/nowhere/at/all.pem");
  EXPECT_THAT(CheckValidationFiles(config_), FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::server
