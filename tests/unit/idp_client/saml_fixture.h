// One SAML provider, one relying party's demands, one clock: what the tests of the whole verifier
// share.
#ifndef ENKRAT_TESTS_UNIT_IDP_CLIENT_SAML_FIXTURE_H_
#define ENKRAT_TESTS_UNIT_IDP_CLIENT_SAML_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/file.h"
#include "idp_client/saml_verifier.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http_fetcher.h"
#include "tests/support/saml_response_factory.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::idp_client {

inline constexpr char kMetadataUrl[] = "https://saml-idp.example/metadata";

// A provider that is configured well and whose assertions pass, until a test changes something.
inline SamlIdentityProvider TestSamlSettings() {
  SamlIdentityProvider provider;
  provider.entity_id = testing::kTestEntityId;
  provider.audiences = {testing::kTestServiceEntityId, "https://enkrat.example/other"};
  provider.recipients = {testing::kTestRecipient};
  provider.metadata_url = kMetadataUrl;
  provider.context_levels = {{testing::kTestContextHigh, LevelOfAssurance::kHigh},
                             {testing::kTestContextSubstantial, LevelOfAssurance::kSubstantial}};
  provider.attributes.fixed_country = "SI";
  return provider;
}

class SamlFixture : public ::testing::Test {
 protected:
  SamlFixture() {
    settings_.metadata_signer_file = WriteText("signer.pem", metadata_key_.certificate_pem());
    Publish({.certificates = {key_.CertificateBase64()}});
  }

  std::string WriteText(const std::string& name, const std::string& text) {
    const std::string path = folder_.File(name);
    WriteFile(path, AsSpan(text), {.overwrite = true}).value();
    return path;
  }
  // What the provider's URL answers from now on.
  void Publish(const testing::SamlMetadataText& metadata) {
    fetcher_.Answer(kMetadataUrl, testing::SignSaml(metadata_key_, metadata.Xml()));
  }

  // Made at the first use, so that tests can change settings_ before.
  SamlVerifier& verifier() {
    if (verifier_ == nullptr) {
      SamlVerifier::Options options;
      options.providers = {settings_};
      options.fetcher = &fetcher_;
      options.clock = &clock_;
      verifier_ = SamlVerifier::Create(std::move(options)).value();
    }
    return *verifier_;
  }

  testing::SamlAssertion GoodAssertion() const { return testing::SamlAssertion(clock_.Now()); }
  // Signed by the provider, in a response.
  std::string Respond(const testing::SamlAssertion& assertion) const {
    return testing::SamlResponseAround(testing::SignSaml(key_, assertion.Xml()));
  }
  std::string GoodResponse() const { return Respond(GoodAssertion()); }

  absl::StatusOr<VerifiedIdentity> Verify(const std::string& response) {
    AssertionCheck check = demands_;
    check.assertion = AsSpan(response);
    return verifier().Verify(check);
  }
  absl::StatusOr<VerifiedIdentity> VerifyAssertion(const testing::SamlAssertion& assertion) {
    return Verify(Respond(assertion));
  }

  testing::ScratchFolder folder_;
  testing::FakeClock clock_;
  testing::FakeHttpFetcher fetcher_;
  testing::SamlSigningPair key_;
  testing::SamlSigningPair metadata_key_;
  SamlIdentityProvider settings_ = TestSamlSettings();
  AssertionCheck demands_{.type = AssertionType::kSamlResponse,
                          .assertion = {},
                          .expected_nonce = {},
                          .expected_in_response_to = testing::kTestInResponseTo,
                          .accepted_issuers = {}};

 private:
  std::unique_ptr<SamlVerifier> verifier_;
};

// Rejected, and for this reason: an attack that fails for another one proves nothing.
MATCHER_P(IsRejectedSaying, why, "is rejected, saying '" + std::string(why) + "'") {
  const absl::Status status = testing::StatusOf(arg);
  *result_listener << status.ToString();
  return !status.ok() && ReasonOf(status) == Reason::kAssertionRejected &&
         std::string(status.message()).find(why) != std::string::npos;
}

}  // namespace enkrat::idp_client

#endif  // ENKRAT_TESTS_UNIT_IDP_CLIENT_SAML_FIXTURE_H_
