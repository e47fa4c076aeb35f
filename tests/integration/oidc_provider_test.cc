// Real logins at the certified OpenID provider `oidc-provider`, and what the service makes of them.
#include "tests/integration/oidc_provider.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/bytes.h"
#include "tests/integration/running_service.h"
#include "tests/integration/sign_calls.h"
#include "tests/support/oidc_client.h"

namespace enkrat::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr int kUnavailable = 14;
constexpr int kUnauthenticated = 16;
// More than ten seconds pass between two requests for the provider's keys.
constexpr absl::Duration kLongestRefresh = absl::Seconds(40);

// What a relying party asks for: the names and the country, and when the person logged in.
constexpr char kClaims[] =
    R"({"id_token":{"given_name":{"essential":true},"family_name":{"essential":true},)"
    R"("country":{"essential":true},"auth_time":{"essential":true}}})";

std::string Settings(const std::string& issuer) {
  return absl::StrCat(
      "[{issuer: \"", issuer,
      "\", audiences: [enkrat-es256, enkrat-ps256, enkrat-rs256, enkrat-eddsa], "
      "algorithms: [ES256, PS256, RS256, EdDSA], allow_loopback_http: true, acr_levels: {\"",
      kAcrHigh, "\": high, \"", kAcrSubstantial, "\": substantial, \"", kAcrLow,
      "\": low}, claims: {country: country}}]");
}

std::string KidOf(const std::string& token) {
  const std::string header = token.substr(0, token.find('.'));
  return json::parse(ToString(FromBase64Url(header).value()))["kid"].get<std::string>();
}

class OidcProviderTest : public RunningService {
 protected:
  static void SetUpTestSuite() {
    provider_ = std::make_unique<OidcProvider>();
    StartService(
        {.settings = {
             {"identity_providers", Settings(provider_->issuer())},
             {"relying_parties",
              "[{id: demo, max_in_flight: 256, levels: "
              "[{level: advanced, minimal_level_of_assurance: high, amr: [pwd, hwk]}]}]"}}});
  }
  static void TearDownTestSuite() {
    RunningService::TearDownTestSuite();
    provider_.reset();
  }

  static OidcProvider& provider() { return *provider_; }

  // A login that is good enough for `request`, until a test changes it.
  OidcLogin LoginFor(const v1::SignRequest& request) const {
    return {.client_id = "enkrat-es256",
            .nonce = NonceOf(*caller_, request),
            .acr_values = {kAcrHigh},
            .max_age = absl::Seconds(180),
            .claims = kClaims};
  }

  // What to send as authorization_details.
  std::string DetailsOf(const v1::SignRequest& request) const {
    v1::ComputeBindingRequest question;
    *question.mutable_intent() = request.intent();
    v1::ComputeBindingResponse answer;
    EXPECT_THAT(caller_->Call(kComputeBinding, question, &answer), IsGranted());
    return answer.authorization_details();
  }

  // Logs in as told and sends the request with what comes out.
  CallOutcome SignAfter(const OidcLogin& login, v1::SignRequest& request) {
    return SignAfter(browser_, *caller_, login, request);
  }
  static CallOutcome SignAfter(OidcClient& browser, const GrpcCaller& caller,
                               const OidcLogin& login, v1::SignRequest& request) {
    const absl::StatusOr<OidcTokens> tokens = browser.Login(login);
    EXPECT_THAT(tokens, IsOk());
    if (!tokens.ok()) return {};
    request.set_assertion(tokens->id_token);
    return caller.Call(kSign, request.SerializeAsString());
  }

  // What the evidence says of the rejection of this request; the relying party is told nothing.
  static std::string WhyRejected(const v1::SignRequest& request) {
    const ProgramOutcome outcome =
        service().Enkrat({"evidence", "rejected", "--store", service().File("ledger.db")});
    EXPECT_THAT(outcome, Succeeds());
    std::string why;
    for (const absl::string_view line : absl::StrSplit(outcome.out, '\n')) {
      if (absl::StrContains(line, request.intent().request_id())) absl::StrAppend(&why, line);
    }
    return why;
  }

  // New logins until one signs; before, the provider's new keys may not be known yet.
  void SignUntilKeysAreKnown() {
    const absl::Time end = absl::Now() + kLongestRefresh;
    CallOutcome outcome;
    do {
      v1::SignRequest request = UnboundRequest();
      outcome = SignAfter(LoginFor(request), request);
      EXPECT_THAT(outcome,
                  ::testing::AnyOf(IsGranted(), Refuses(kUnavailable, "IDP_KEYS_UNAVAILABLE")));
    } while (outcome.code == kUnavailable && absl::Now() < end);
    EXPECT_THAT(outcome, IsGranted());
  }

  // The service has a new port after it was restarted.
  void Reconnect() {
    caller_ = std::make_unique<GrpcCaller>(GrpcCaller::Options{.target = service().grpc_target()});
  }

  std::unique_ptr<GrpcCaller> caller_ =
      std::make_unique<GrpcCaller>(GrpcCaller::Options{.target = service().grpc_target()});
  OidcClient browser_{provider().issuer()};

 private:
  static inline std::unique_ptr<OidcProvider> provider_;
};

TEST_F(OidcProviderTest, LoginWithEachAlgorithmSigns) {
  for (const char* algorithm : {"ES256", "PS256", "RS256", "EdDSA"}) {
    v1::SignRequest request = UnboundRequest(2);
    OidcLogin login = LoginFor(request);
    login.client_id = absl::StrCat("enkrat-", absl::AsciiStrToLower(algorithm));
    EXPECT_THAT(SignAfter(login, request), IsGranted()) << algorithm;
    const std::string header = request.assertion().substr(0, request.assertion().find('.'));
    EXPECT_EQ(json::parse(ToString(FromBase64Url(header).value()))["alg"], algorithm);
  }
}

TEST_F(OidcProviderTest, TokenIsGoodForOneSession) {
  v1::SignRequest request = UnboundRequest();
  ASSERT_THAT(SignAfter(LoginFor(request), request), IsGranted());
  request.mutable_intent()->set_request_id(NewRequestId());
  EXPECT_THAT(caller_->Call(kSign, request.SerializeAsString()),
              Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
}

TEST_F(OidcProviderTest, TokenForOtherDocumentsIsRejected) {
  v1::SignRequest request = UnboundRequest();
  const OidcLogin login = LoginFor(request);
  request.mutable_intent()->mutable_documents(0)->set_digest(std::string(32, 'z'));
  EXPECT_THAT(SignAfter(login, request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  EXPECT_THAT(WhyRejected(request), HasSubstr("nonce is another one"));
}

TEST_F(OidcProviderTest, TokenWithoutNonceIsRejected) {
  v1::SignRequest request = UnboundRequest();
  OidcLogin login = LoginFor(request);
  login.nonce = "";
  EXPECT_THAT(SignAfter(login, request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  EXPECT_THAT(WhyRejected(request), HasSubstr("nonce is missing"));
}

TEST_F(OidcProviderTest, TokenOfAnotherClientIsRejected) {
  v1::SignRequest request = UnboundRequest();
  OidcLogin login = LoginFor(request);
  login.client_id = "stranger";
  EXPECT_THAT(SignAfter(login, request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  EXPECT_THAT(WhyRejected(request), HasSubstr("aud is not ours"));
}

TEST_F(OidcProviderTest, TokenWithoutTheClaimsThatWereNotAskedForIsRejected) {
  v1::SignRequest request = UnboundRequest();
  OidcLogin login = LoginFor(request);
  login.claims = "";
  EXPECT_THAT(SignAfter(login, request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  EXPECT_THAT(WhyRejected(request), HasSubstr("token names nobody"));
}

TEST_F(OidcProviderTest, AuthorizationDetailsBindWithANonceOfTheClientsOwn) {
  v1::SignRequest request = UnboundRequest(3);
  OidcLogin login = LoginFor(request);
  login.nonce = "random-of-the-client";
  login.authorization_details = DetailsOf(request);
  EXPECT_THAT(SignAfter(login, request), IsGranted());
  const json claims = json::parse(PayloadOf(request.assertion()));
  EXPECT_EQ(claims["nonce"], "random-of-the-client");
  EXPECT_EQ(claims["authorization_details"], json::parse(login.authorization_details));
}

TEST_F(OidcProviderTest, AuthorizationDetailsOfOtherDocumentsAreRejectedEvenWithTheRightNonce) {
  v1::SignRequest request = UnboundRequest();
  v1::SignRequest other = request;
  other.mutable_intent()->mutable_documents(0)->set_digest(std::string(32, 'z'));
  OidcLogin login = LoginFor(request);
  login.authorization_details = DetailsOf(other);
  EXPECT_THAT(SignAfter(login, request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  EXPECT_THAT(WhyRejected(request), HasSubstr("authorization_details authorises another act"));
}

TEST_F(OidcProviderTest, MethodThatThePolicyDoesNotCountSaysWhichWould) {
  v1::SignRequest request = UnboundRequest();
  OidcLogin login = LoginFor(request);
  login.answer["amr"] = "sms";
  const CallOutcome refusal = SignAfter(login, request);
  ASSERT_THAT(refusal, Refuses(kUnauthenticated, "AUTHENTICATION_METHOD_INSUFFICIENT"));
  EXPECT_EQ(refusal.metadata.at("amr"), "pwd hwk");
  login.answer["amr"] = "otp hwk";
  login.max_age = absl::ZeroDuration();  // log in, whatever session there is
  EXPECT_THAT(SignAfter(login, request), IsGranted());
}

TEST_F(OidcProviderTest, TooLowALevelSaysWhatToAskForAndTheNextLoginSigns) {
  v1::SignRequest request = UnboundRequest();
  OidcLogin login = LoginFor(request);
  login.acr_values = {kAcrSubstantial};
  const CallOutcome refusal = SignAfter(login, request);
  ASSERT_THAT(refusal, Refuses(kUnauthenticated, "LEVEL_OF_ASSURANCE_TOO_LOW"));
  ASSERT_EQ(refusal.metadata.count("acr_values"), 1u);
  EXPECT_EQ(refusal.metadata.at("acr_values"), kAcrHigh);
  int64_t max_age = 0;
  ASSERT_TRUE(absl::SimpleAtoi(refusal.metadata.at("max_age"), &max_age));

  // RFC 9470 5: the same request, with what the refusal says; the session is there still.
  login.acr_values = absl::StrSplit(refusal.metadata.at("acr_values"), ' ');
  login.max_age = absl::Seconds(max_age);
  ASSERT_OK_AND_ASSIGN(const OidcTokens tokens, browser_.Login(login));
  EXPECT_EQ(tokens.pages, 1);
  request.set_assertion(tokens.id_token);
  EXPECT_THAT(caller_->Call(kSign, request.SerializeAsString()), IsGranted());
}

TEST_F(OidcProviderTest, SingleSignOnSignsWhileTheLoginIsFresh) {
  v1::SignRequest first = UnboundRequest();
  ASSERT_THAT(SignAfter(LoginFor(first), first), IsGranted());
  v1::SignRequest second = UnboundRequest();
  ASSERT_OK_AND_ASSIGN(const OidcTokens tokens, browser_.Login(LoginFor(second)));
  EXPECT_EQ(tokens.pages, 0);
  second.set_assertion(tokens.id_token);
  EXPECT_THAT(caller_->Call(kSign, second.SerializeAsString()), IsGranted());
}

TEST_F(OidcProviderTest, NewTokenOfAnOldSessionIsRejectedUntilThePersonLogsInAgain) {
  v1::SignRequest request = UnboundRequest();
  OidcLogin login = LoginFor(request);
  login.max_age = absl::InfiniteDuration();
  login.answer["authenticated_ago"] = "600";
  EXPECT_THAT(SignAfter(login, request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  login.answer.erase("authenticated_ago");
  EXPECT_THAT(SignAfter(login, request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"))
      << "single sign-on: the token is new, the login is not";
  EXPECT_THAT(WhyRejected(request), HasSubstr("authentication is too long ago"));
  login.max_age = absl::Seconds(180);
  ASSERT_OK_AND_ASSIGN(const OidcTokens tokens, browser_.Login(login));
  EXPECT_EQ(tokens.pages, 1);
  request.set_assertion(tokens.id_token);
  EXPECT_THAT(caller_->Call(kSign, request.SerializeAsString()), IsGranted());
}

// Somebody who logs in and signs, again and again, until told to stop.
class BusySigner {
 public:
  BusySigner(std::string issuer, std::string target)
      : issuer_(std::move(issuer)),
        caller_({.target = std::move(target)}),
        thread_([this] { Work(); }) {}
  ~BusySigner() { Stop(); }

  void Stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  // Until that many signatures were made with tokens of keys that `known` does not name.
  bool WaitForSignatures(int count, const std::set<std::string>& known) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, absl::ToChronoSeconds(kLongestRefresh), [&] {
      int sum = 0;
      for (const auto& [kid, signatures] : signatures_by_kid_) {
        if (known.count(kid) == 0) sum += signatures;
      }
      return sum >= count;
    });
  }
  std::set<std::string> Kids() {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::set<std::string> kids;
    for (const auto& [kid, signatures] : signatures_by_kid_) kids.insert(kid);
    return kids;
  }

 private:
  void Work() {
    OidcClient browser(issuer_);
    while (!stop_) {
      v1::SignRequest request = UnboundRequest();
      const absl::StatusOr<OidcTokens> tokens = browser.Login({.client_id = "enkrat-es256",
                                                               .nonce = NonceOf(caller_, request),
                                                               .acr_values = {kAcrHigh},
                                                               .max_age = absl::Seconds(180),
                                                               .claims = kClaims});
      ASSERT_THAT(tokens, IsOk());
      request.set_assertion(tokens->id_token);
      const CallOutcome outcome = caller_.Call(kSign, request.SerializeAsString());
      if (!outcome.ok()) {
        ASSERT_THAT(outcome, Refuses(kUnavailable, "IDP_KEYS_UNAVAILABLE"));
        ASSERT_TRUE(outcome.has_retry_delay);
        continue;
      }
      const std::lock_guard<std::mutex> lock(mutex_);
      ++signatures_by_kid_[KidOf(tokens->id_token)];
      changed_.notify_all();
    }
  }

  const std::string issuer_;
  const GrpcCaller caller_;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> signatures_by_kid_;
  std::thread thread_;  // last: it uses all of the above
};

TEST_F(OidcProviderTest, KeysChangeWhileSigningGoesOn) {
  BusySigner signer(provider().issuer(), service().grpc_target());
  ASSERT_TRUE(signer.WaitForSignatures(3, {}));
  v1::SignRequest of_the_old_key = UnboundRequest();
  ASSERT_OK_AND_ASSIGN(const OidcTokens old, browser_.Login(LoginFor(of_the_old_key)));
  of_the_old_key.set_assertion(old.id_token);

  const std::set<std::string> before = signer.Kids();
  provider().RotateKeys();
  EXPECT_TRUE(signer.WaitForSignatures(3, before)) << "no signature with the new key";
  EXPECT_THAT(caller_->Call(kSign, of_the_old_key.SerializeAsString()), IsGranted());
  signer.Stop();
  EXPECT_EQ(signer.Kids().size(), before.size() + 1);
}

TEST_F(OidcProviderTest, KeysInHandOutliveTheProvider) {
  v1::SignRequest request = UnboundRequest();
  ASSERT_OK_AND_ASSIGN(const OidcTokens tokens, browser_.Login(LoginFor(request)));
  request.set_assertion(tokens.id_token);
  provider().Stop();
  EXPECT_THAT(caller_->Call(kSign, request.SerializeAsString()), IsGranted());
  provider().Restart();
  SignUntilKeysAreKnown();
}

TEST_F(OidcProviderTest, ServiceWithoutAnyKeysSaysSoAndFindsThemLater) {
  v1::SignRequest request = UnboundRequest();
  ASSERT_OK_AND_ASSIGN(const OidcTokens tokens, browser_.Login(LoginFor(request)));
  request.set_assertion(tokens.id_token);
  provider().Stop();
  ASSERT_THAT(service().Restart(), IsOk());
  Reconnect();
  const CallOutcome refusal = caller_->Call(kSign, request.SerializeAsString());
  EXPECT_THAT(refusal, Refuses(kUnavailable, "IDP_KEYS_UNAVAILABLE"));
  EXPECT_TRUE(refusal.has_retry_delay);
  provider().Restart();
  SignUntilKeysAreKnown();
  // The provider has no session and no key of before: what it said then counts no more.
  EXPECT_THAT(caller_->Call(kSign, request.SerializeAsString()),
              ::testing::AnyOf(Refuses(kUnauthenticated, "ASSERTION_REJECTED"),
                               Refuses(kUnavailable, "IDP_KEYS_UNAVAILABLE")));
}

// Last, for the service is another one afterwards.
TEST_F(OidcProviderTest, NumericScaleAndMappedClaimsMustBeInTheToken) {
  service().settings()["identity_providers"] = absl::StrCat(
      "[{issuer: \"", provider().issuer(),
      "\", audiences: [enkrat-es256], allow_loopback_http: true, level_claim: loa, acr_levels: "
      "{\"30\": high, \"10\": low}, claims: {country: country, date_of_birth: birthdate, "
      "pseudonym: nickname, mandates: mandates}}]");
  ASSERT_THAT(service().Restart(), IsOk());
  Reconnect();
  v1::SignRequest request = UnboundRequest();
  OidcLogin login = LoginFor(request);
  EXPECT_THAT(SignAfter(login, request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  EXPECT_THAT(WhyRejected(request), HasSubstr("claim nickname is missing"));

  login.claims =
      R"({"id_token":{"given_name":null,"family_name":null,"country":null,"nickname":null,)"
      R"("birthdate":null,"mandates":null}})";
  EXPECT_THAT(SignAfter(login, request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  EXPECT_THAT(WhyRejected(request), HasSubstr("loa is missing"));

  login.claims =
      R"({"id_token":{"given_name":null,"family_name":null,"country":null,"nickname":null,)"
      R"("birthdate":null,"mandates":null,"loa":null}})";
  EXPECT_THAT(SignAfter(login, request), IsGranted());
}

}  // namespace
}  // namespace enkrat::testing
