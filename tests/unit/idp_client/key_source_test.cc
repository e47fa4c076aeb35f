// Keys from a file, and from where the provider's own document says they are.
#include "idp_client/key_source.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/fake_http_fetcher.h"
#include "tests/support/id_token_factory.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeHttpFetcher;
using ::enkrat::testing::IdTokenKey;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::Jwks;

constexpr char kDiscoveryUrl[] = "https://idp.example/.well-known/openid-configuration";
constexpr char kKeysUrl[] = "https://keys.idp.example/jwks";

class DiscoveredKeySourceTest : public ::testing::Test {
 protected:
  DiscoveredKeySourceTest() {
    fetcher_.Answer(kKeysUrl, Jwks({key_.PublicJwk()}));
    Discover("https://idp.example", kKeysUrl);
  }

  void Discover(const std::string& issuer, const std::string& jwks_uri) {
    fetcher_.Answer(kDiscoveryUrl, absl::StrCat("{\"issuer\":\"", issuer, "\",\"jwks_uri\":\"",
                                                jwks_uri, "\",\"scopes_supported\":[\"openid\"]}"));
  }

  absl::StatusOr<KeySet> Fetch(bool allow_loopback_http = false,
                               const std::string& issuer = "https://idp.example") {
    DiscoveredKeySource source({.issuer = issuer,
                                .tls_ca_file = "/roots.pem",
                                .allow_loopback_http = allow_loopback_http,
                                .fetcher = &fetcher_});
    return source.Fetch(absl::Seconds(8));
  }

  const IdTokenKey key_;
  FakeHttpFetcher fetcher_;
};

TEST_F(DiscoveredKeySourceTest, KeysAreFoundThroughTheDocument) {
  ASSERT_OK_AND_ASSIGN(const KeySet keys, Fetch());
  EXPECT_EQ(keys.size(), 1u);
}

TEST_F(DiscoveredKeySourceTest, RequestsAreBounded) {
  ASSERT_THAT(Fetch(), IsOk());
  ASSERT_EQ(fetcher_.requests().size(), 2u);
  absl::Duration total;
  for (const HttpRequest& request : fetcher_.requests()) {
    EXPECT_LE(request.max_response_size, 256u * 1024);
    EXPECT_EQ(request.tls_ca_file, "/roots.pem");
    EXPECT_EQ(request.plain_http, PlainHttp::kRefused);
    total += request.timeout;
  }
  EXPECT_LE(total, absl::Seconds(8));
}

TEST_F(DiscoveredKeySourceTest, SlashAtTheEndOfTheIssuerIsNotDoubled) {
  Discover("https://idp.example/", kKeysUrl);
  EXPECT_THAT(Fetch(false, "https://idp.example/"), IsOk());
}

TEST_F(DiscoveredKeySourceTest, DocumentOfAnotherIssuerIsRefused) {
  for (const char* issuer : {"https://evil.example", "https://idp.example/", ""}) {
    Discover(issuer, kKeysUrl);
    EXPECT_FALSE(Fetch().ok()) << issuer;
  }
  EXPECT_EQ(fetcher_.CountOf(kKeysUrl), 0u);
}

TEST_F(DiscoveredKeySourceTest, JwksUriThatIsNotHttpsIsRefused) {
  for (const char* uri : {"http://127.0.0.1/keys", "http://keys.idp.example/jwks", "file:///keys",
                          "HTTPS//x", "", "/jwks"}) {
    Discover("https://idp.example", uri);
    EXPECT_FALSE(Fetch().ok()) << uri;
  }
  EXPECT_EQ(fetcher_.requests().size(), 6u);  // the documents only
}

TEST_F(DiscoveredKeySourceTest, PlainHttpGoesToTheFetcherAsLoopbackOnly) {
  Discover("https://idp.example", "http://127.0.0.1/keys");
  fetcher_.Answer("http://127.0.0.1/keys", Jwks({key_.PublicJwk()}));
  ASSERT_THAT(Fetch(true), IsOk());
  EXPECT_EQ(fetcher_.requests().back().plain_http, PlainHttp::kOnLoopback);
}

TEST_F(DiscoveredKeySourceTest, DocumentWithoutJwksUriIsRefused) {
  for (const char* text :
       {"{\"issuer\":\"https://idp.example\"}",
        "{\"issuer\":\"https://idp.example\",\"jwks_uri\":1}", "[]", "", "<html></html>",
        "{\"issuer\":\"https://idp.example\",\"jwks_uri\":\"https://a\",\"jwks_uri\":\"https://"
        "b\"}"}) {
    fetcher_.Answer(kDiscoveryUrl, text);
    EXPECT_FALSE(Fetch().ok()) << text;
  }
}

TEST_F(DiscoveredKeySourceTest, AnyStatusBut200IsAFailure) {
  for (const int status : {204, 302, 404, 500}) {
    fetcher_.Answer(kKeysUrl, status, Jwks({key_.PublicJwk()}));
    EXPECT_FALSE(Fetch().ok()) << status;
  }
}

TEST_F(DiscoveredKeySourceTest, KeysThatAreTooLongAreAFailure) {
  fetcher_.Answer(kKeysUrl, absl::StrCat("{\"keys\":[]", std::string(256 * 1024, ' '), "}"));
  EXPECT_FALSE(Fetch().ok());
}

TEST_F(DiscoveredKeySourceTest, UnreachableProviderIsAFailure) {
  fetcher_.SetDown(true);
  EXPECT_FALSE(Fetch().ok());
}

class FileKeySourceTest : public ::testing::Test {
 protected:
  void Write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }
  absl::StatusOr<KeySet> Fetch() { return FileKeySource(path_).Fetch(absl::Seconds(1)); }

  const enkrat::testing::ScratchFolder folder_;
  const std::string path_ = folder_.File("keys.json");
};

TEST_F(FileKeySourceTest, KeysAreRead) {
  Write(Jwks({IdTokenKey().PublicJwk()}));
  EXPECT_EQ(Fetch()->size(), 1u);
}

TEST_F(FileKeySourceTest, MissingFileIsAFailure) {
  EXPECT_THAT(Fetch(), FailsWith(Reason::kIdpKeysUnavailable));
}

TEST_F(FileKeySourceTest, FileThatIsNotAKeySetIsAFailure) {
  Write(IdTokenKey().PublicPem());
  EXPECT_FALSE(Fetch().ok());
}

TEST_F(FileKeySourceTest, FileThatIsTooLongIsAFailure) {
  Write(absl::StrCat("{\"keys\":[]", std::string(256 * 1024, ' '), "}"));
  EXPECT_THAT(Fetch(), FailsWith(Reason::kLimitExceeded));
}

TEST_F(FileKeySourceTest, FolderIsAFailure) {
  EXPECT_FALSE(FileKeySource(folder_.path()).Fetch(absl::Seconds(1)).ok());
}

}  // namespace
}  // namespace enkrat::idp_client
