#include "tools/demo_idp/provider.h"

#include <cjose/cjose.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace enkrat::demo_idp {
namespace {

using nlohmann::json;
using testing::FailsWith;

class ProviderTest : public ::testing::TestWithParam<std::string> {
 protected:
  void Start(const std::string& algorithm) {
    auto provider = Provider::Create(algorithm, clock_);
    ASSERT_THAT(provider, testing::IsOk());
    provider_ = *std::move(provider);
    provider_->SetIssuer("http://127.0.0.1:1");
  }

  server::HttpResponse Call(const std::string& method, const std::string& path,
                            const std::string& body = "") {
    return provider_->Answer(
        {.method = method, .path = path, .content_type = "", .body = ToBytes(body)});
  }

  json Body(const server::HttpResponse& response) { return json::parse(ToString(response.body)); }

  // Whether the token verifies under one of the published keys with the token's kid.
  bool Verifies(const std::string& token) {
    const json jwks = Body(Call("GET", "/jwks"));
    cjose_err error{};
    cjose_jws_t* jws = cjose_jws_import(token.data(), token.size(), &error);
    const std::string kid = cjose_header_get(cjose_jws_get_protected(jws), "kid", &error);
    bool verifies = false;
    for (const json& key : jwks["keys"]) {
      if (key["kid"] != kid) continue;
      const std::string text = key.dump();
      cjose_jwk_t* jwk = cjose_jwk_import(text.data(), text.size(), &error);
      verifies = cjose_jws_verify(jws, jwk, &error);
      cjose_jwk_release(jwk);
    }
    cjose_jws_release(jws);
    return verifies;
  }

  testing::FakeClock clock_;
  std::unique_ptr<Provider> provider_;
};

TEST_P(ProviderTest, TokenVerifiesUnderThePublishedKey) {
  Start(GetParam());
  const auto response = Call("POST", "/token", "sub=alice&nonce=n");
  ASSERT_EQ(response.status, 200);
  EXPECT_TRUE(Verifies(Body(response)["id_token"]));
  const json key = Body(Call("GET", "/jwks"))["keys"][0];
  EXPECT_EQ(key["alg"], GetParam());
  EXPECT_FALSE(key.contains("d"));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, ProviderTest, ::testing::Values("ES256", "ES384", "PS256"));

TEST_F(ProviderTest, DiscoveryNamesTheIssuerAndItsKeys) {
  Start("ES256");
  const json discovery = Body(Call("GET", "/.well-known/openid-configuration"));
  EXPECT_EQ(discovery["issuer"], "http://127.0.0.1:1");
  EXPECT_EQ(discovery["jwks_uri"], "http://127.0.0.1:1/jwks");
}

TEST_F(ProviderTest, AfterRotationOldAndNewTokensVerify) {
  Start("ES256");
  const std::string before = Body(Call("POST", "/token", "sub=a"))["id_token"];
  EXPECT_EQ(Call("POST", "/rotate").status, 200);
  EXPECT_TRUE(Verifies(before));
  EXPECT_TRUE(Verifies(Body(Call("POST", "/token", "sub=a"))["id_token"]));
}

TEST_F(ProviderTest, AfterTwoRotationsTheFirstKeyIsForgotten) {
  Start("ES256");
  const std::string before = Body(Call("POST", "/token", "sub=a"))["id_token"];
  Call("POST", "/rotate");
  Call("POST", "/rotate");
  EXPECT_FALSE(Verifies(before));
}

TEST_F(ProviderTest, ForeignKidIsPutIntoTheHeader) {
  Start("ES256");
  EXPECT_FALSE(Verifies(Body(Call("POST", "/token", "sub=a&kid=nobody"))["id_token"]));
}

TEST_F(ProviderTest, ManyTokensAreMadeAtOnceAndDiffer) {
  Start("ES256");
  const auto response =
      Call("POST", "/tokens", R"([{"sub":"a","nonce":"1"},{"sub":"a","exp_in":60}])");
  ASSERT_EQ(response.status, 200);
  const std::vector<std::string> tokens = Body(response)["id_tokens"];
  EXPECT_EQ(std::set<std::string>(tokens.begin(), tokens.end()).size(), 2u);
  EXPECT_TRUE(Verifies(tokens[1]));
}

TEST_F(ProviderTest, MalformedListsAreRefused) {
  Start("ES256");
  for (const char* body : {"", "{}", "[]", "[1]", R"([{"sub":["a"]}])", R"([{"nonce":"n"}])",
                           R"([{"sub":"a","exp_in":1.5}])"}) {
    EXPECT_EQ(Call("POST", "/tokens", body).status, 400) << body;
  }
}

TEST_F(ProviderTest, ListBeyondTheLimitIsRefused) {
  Start("ES256");
  json list = json::array();
  for (size_t i = 0; i <= Provider::kMaxTokensPerCall; ++i) list.push_back({{"sub", "a"}});
  EXPECT_EQ(Call("POST", "/tokens", list.dump()).status, 400);
}

TEST_F(ProviderTest, TokenRequestWithoutSubIsRefused) {
  Start("ES256");
  const auto response = Call("POST", "/token", "nonce=n");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(Body(response)["error"], "invalid_request");
}

TEST_F(ProviderTest, UnknownPathAndWrongMethodAreRefused) {
  Start("ES256");
  EXPECT_EQ(Call("GET", "/authorize").status, 404);
  EXPECT_EQ(Call("GET", "/token").status, 405);
  EXPECT_EQ(Call("POST", "/jwks").status, 405);
  EXPECT_EQ(Call("DELETE", "/token").status, 405);
}

TEST_F(ProviderTest, UnknownAlgorithmIsRefusedAtTheStart) {
  EXPECT_THAT(Provider::Create("HS256", clock_), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(Provider::Create("none", clock_), FailsWith(Reason::kRequestMalformed));
}

}  // namespace
}  // namespace enkrat::demo_idp
