// ID tokens from the demo's identity provider (tools/demo_idp), which asks nobody for a password.
#ifndef ENKRAT_CLI_DEMO_LOGIN_H_
#define ENKRAT_CLI_DEMO_LOGIN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace enkrat::cli {

struct LoginArguments {
  std::string idp_url = {};  // http or https on this machine
  std::string subject = "demo-signer";
  std::string nonce = {};  // the binding
  std::string audience = "enkrat";
  std::string acr = "urn:enkrat:loa:high";
  std::string given_name = {};
  std::string family_name = {};
  std::string country = {};
  std::string mandate = {};  // an organisation's identifier
  std::string amr = {};      // authentication method (RFC 8176)
};

// application/x-www-form-urlencoded, empty fields left out.
std::string LoginForm(const LoginArguments& arguments);

// The token in compact form. A usage error for a URL that is not on this machine: an ID token is
// as good as a signature. Unavailable if the provider cannot be reached, kRequestMalformed if it
// refuses or its answer is none.
absl::StatusOr<std::string> Login(const LoginArguments& arguments, absl::Duration timeout);

// One token for each nonce, in one call; `arguments.nonce` is not used. At most 10 000.
absl::StatusOr<std::vector<std::string>> LoginMany(const LoginArguments& arguments,
                                                   const std::vector<std::string>& nonces,
                                                   absl::Duration timeout);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_DEMO_LOGIN_H_
