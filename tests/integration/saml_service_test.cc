// The whole service with SimpleSAMLphp: a login there signs, once, for its documents.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/bytes.h"
#include "tests/integration/running_service.h"
#include "tests/integration/saml_provider.h"
#include "tests/integration/sign_calls.h"

namespace enkrat::testing {
namespace {

constexpr int kUnavailable = 14;
constexpr int kUnauthenticated = 16;
// More than ten seconds pass between two requests for the provider's metadata.
constexpr absl::Duration kLongestRefresh = absl::Seconds(40);

std::string SamlSettings(const SamlProvider& provider) {
  return absl::StrCat(
      "[{entity_id: \"", provider.entity_id(), "\", audiences: [\"", kSamlServiceEntityId,
      "\"], recipients: [\"", kSamlServiceRecipient, "\"], metadata_url: \"", provider.entity_id(),
      "\", metadata_signer_file: \"", provider.metadata_signer_file(),
      "\", allow_loopback_http: true, context_levels: {\"http://eidas.europa.eu/LoA/high\": high}, "
      "attributes: {country: country}}]");
}

class SamlServiceTest : public RunningService {
 protected:
  static void SetUpTestSuite() {
    provider_ = std::make_unique<SamlProvider>();
    StartService({.settings = {{"saml_identity_providers", SamlSettings(*provider_)}}});
  }
  static void TearDownTestSuite() {
    RunningService::TearDownTestSuite();
    provider_.reset();
  }
  static SamlProvider& provider() { return *provider_; }

  // The ID that the AuthnRequest has to have.
  std::string RequestIdOf(const v1::SignRequest& request) const {
    v1::ComputeBindingRequest question;
    *question.mutable_intent() = request.intent();
    v1::ComputeBindingResponse answer;
    EXPECT_THAT(caller_.Call(kComputeBinding, question, &answer), IsGranted());
    return answer.authn_request_id();
  }
  // UnboundRequest with a login of its own.
  v1::SignRequest LoggedIn(int documents = 1) const {
    v1::SignRequest request = UnboundRequest(documents);
    const absl::StatusOr<std::string> response = provider().Login(RequestIdOf(request));
    EXPECT_THAT(response, IsOk());
    request.set_assertion(response.value_or(""));
    request.set_assertion_type(v1::ASSERTION_TYPE_SAML_RESPONSE);
    return request;
  }
  CallOutcome Sign(const v1::SignRequest& request) const {
    return caller_.Call(kSign, request.SerializeAsString());
  }

  const GrpcCaller caller_{{.target = service().grpc_target()}};

 private:
  static inline std::unique_ptr<SamlProvider> provider_;
};

TEST_F(SamlServiceTest, LoginSignsTheDocumentsThatItWasMadeFor) {
  EXPECT_THAT(Sign(LoggedIn(3)), IsGranted());
}

TEST_F(SamlServiceTest, ResponseIsGoodForOneSession) {
  v1::SignRequest request = LoggedIn();
  ASSERT_THAT(Sign(request), IsGranted());
  EXPECT_THAT(Sign(request), IsGranted());  // the same request: the same answer
  request.mutable_intent()->set_request_id(NewRequestId());
  EXPECT_THAT(Sign(request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
}

TEST_F(SamlServiceTest, ResponseForOtherDocumentsIsRejected) {
  v1::SignRequest request = LoggedIn();
  request.mutable_intent()->mutable_documents(0)->set_digest(std::string(32, 'z'));
  EXPECT_THAT(Sign(request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
}

TEST_F(SamlServiceTest, AlteredAndWrappedResponsesAreRejected) {
  v1::SignRequest request = LoggedIn();
  const std::string good = ToString(FromBase64(request.assertion()).value());
  const size_t begin = good.find("<saml:Assertion");
  const std::string assertion = good.substr(begin, good.find("</samlp:Response>") - begin);
  const std::string evil = absl::StrReplaceAll(assertion, {{">ana-0001<", ">bor-0002<"}});
  const std::string twin = absl::StrReplaceAll(evil, {{" ID=\"_", " ID=\"_x"}});
  for (const std::string& forged :
       {absl::StrReplaceAll(good, {{assertion, evil}}),
        absl::StrReplaceAll(good, {{assertion, twin + assertion}}),
        absl::StrReplaceAll(good, {{">ana-0001<", ">ana<!-- -->-0001<"}}),
        "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + good}) {
    request.set_assertion(forged);
    EXPECT_THAT(Sign(request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  }
  request.set_assertion(good);
  EXPECT_THAT(Sign(request), IsGranted());
}

TEST_F(SamlServiceTest, AssertionOfOtherTypeThanItSaysIsRejected) {
  v1::SignRequest request = LoggedIn();
  request.set_assertion_type(v1::ASSERTION_TYPE_OIDC_ID_TOKEN);
  request.set_assertion(ToString(FromBase64(request.assertion()).value()).substr(0, 4000));
  EXPECT_THAT(Sign(request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  v1::SignRequest token = BoundRequest(service(), caller_);
  token.set_assertion_type(v1::ASSERTION_TYPE_SAML_RESPONSE);
  EXPECT_THAT(Sign(token), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  token.set_assertion_type(v1::ASSERTION_TYPE_OIDC_ID_TOKEN);
  EXPECT_THAT(Sign(token), IsGranted());
}

TEST_F(SamlServiceTest, SigningGoesOnWhileKeysChangeAndTheProviderIsAway) {
  ASSERT_THAT(Sign(LoggedIn()), IsGranted());
  v1::SignRequest before_the_outage = LoggedIn();
  provider().Stop();
  EXPECT_THAT(Sign(before_the_outage), IsGranted());
  provider().RotateKey();
  const absl::Time end = absl::Now() + kLongestRefresh;
  const v1::SignRequest with_the_new_key = LoggedIn();
  CallOutcome outcome;
  do {
    outcome = Sign(with_the_new_key);  // the same login does, once the key is known
    EXPECT_THAT(outcome,
                ::testing::AnyOf(IsGranted(), Refuses(kUnavailable, "IDP_KEYS_UNAVAILABLE")));
  } while (outcome.code == kUnavailable && absl::Now() < end);
  EXPECT_THAT(outcome, IsGranted());
}

}  // namespace
}  // namespace enkrat::testing
