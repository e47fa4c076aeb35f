// A browser without a person: logs in at an OpenID provider by the authorization-code flow with
// PKCE, as a relying party and its user do together (OpenID Connect Core 1.0 section 3.1, RFC 7636,
// RFC 9207).
//
//   OidcClient browser(provider_url);
//   const OidcLogin login = {.client_id = "enkrat", .nonce = nonce, .acr_values = {"high"}};
//   ASSERT_OK_AND_ASSIGN(const OidcTokens tokens, browser.Login(login));
#ifndef ENKRAT_TESTS_SUPPORT_OIDC_CLIENT_H_
#define ENKRAT_TESTS_SUPPORT_OIDC_CLIENT_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace enkrat::testing {

// One authorization request, and what the person answers.
struct OidcLogin {
  std::string client_id;
  std::string redirect_uri = "http://127.0.0.1/callback";  // nobody listens there
  std::string nonce = {};
  std::vector<std::string> acr_values = {};
  absl::Duration max_age = absl::InfiniteDuration();  // infinite: not asked for
  std::string claims = {};                            // JSON (OpenID Connect Core 1.0 5.5)
  std::string authorization_details = {};             // JSON (RFC 9396)
  // Fields that the person fills into every page that the provider shows.
  std::map<std::string, std::string> answer = {{"sub", "ana"}};
};

struct OidcTokens {
  std::string id_token;
  int pages = 0;  // that the person had to answer; 0: single sign-on
};

// Not thread-safe. Keeps cookies, and with them the provider's session, for as long as it lives.
class OidcClient {
 public:
  explicit OidcClient(std::string issuer);
  ~OidcClient();

  OidcClient(const OidcClient&) = delete;
  OidcClient& operator=(const OidcClient&) = delete;

  // kInternal, with what the provider said, if there is no ID token in the end.
  absl::StatusOr<OidcTokens> Login(const OidcLogin& login);

 private:
  struct Page;
  absl::StatusOr<Page> Fetch(const std::string& url, const std::string* form);
  absl::Status Discover();
  // The redirect to the client, with the answer to the request.
  absl::StatusOr<std::string> Authorize(const OidcLogin& login, const std::string& url, int& pages);
  absl::StatusOr<std::string> Exchange(const OidcLogin& login, const std::string& code,
                                       const std::string& verifier);

  const std::string issuer_;
  std::string authorization_endpoint_;
  std::string token_endpoint_;
  void* curl_;  // CURL
};

// The payload of a compact JWS, not verified; empty if there is none.
std::string PayloadOf(const std::string& token);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_OIDC_CLIENT_H_
