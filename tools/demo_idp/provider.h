// The provider's endpoints, as a function from HTTP request to HTTP response. For demonstrations
// and tests: whoever can reach it gets a token for any name they like.
//
//   GET  /.well-known/openid-configuration  discovery (OpenID Connect Discovery 1.0, 3)
//   GET  /jwks                              the current key and the one before it
//   POST /token                             form -> {"id_token": "..."}; fields: token_claims.h
//   POST /tokens                            JSON array of such field objects -> {"id_tokens": [..]}
//   POST /rotate                            makes a new signing key -> {"kid": "..."}
#ifndef ENKRAT_TOOLS_DEMO_IDP_PROVIDER_H_
#define ENKRAT_TOOLS_DEMO_IDP_PROVIDER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "server/http_server.h"
#include "tools/demo_idp/form.h"
#include "tools/demo_idp/id_token_key.h"

namespace enkrat::demo_idp {

// Thread-safe.
class Provider {
 public:
  static constexpr size_t kMaxTokensPerCall = 10'000;

  // `clock` is not owned. Errors as IdTokenKey::Generate.
  static absl::StatusOr<std::unique_ptr<Provider>> Create(const std::string& algorithm,
                                                          const Clock& clock);

  // Must be set before the first request: the port is known only once the server listens.
  void SetIssuer(const std::string& issuer) ABSL_LOCKS_EXCLUDED(mutex_);

  server::HttpResponse Answer(const server::HttpRequest& request) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using KeyPtr = std::shared_ptr<const IdTokenKey>;

  Provider(KeyPtr key, const Clock& clock) : clock_(clock), key_(std::move(key)) {}

  server::HttpResponse Discovery() const ABSL_LOCKS_EXCLUDED(mutex_);
  server::HttpResponse Jwks() const ABSL_LOCKS_EXCLUDED(mutex_);
  server::HttpResponse OneToken(const Bytes& body) const;
  server::HttpResponse ManyTokens(const Bytes& body) const;
  server::HttpResponse Rotate() ABSL_LOCKS_EXCLUDED(mutex_);
  absl::StatusOr<std::string> Mint(const Form& fields) const ABSL_LOCKS_EXCLUDED(mutex_);

  const Clock& clock_;
  mutable Mutex mutex_;
  std::string issuer_ ABSL_GUARDED_BY(mutex_);
  KeyPtr key_ ABSL_GUARDED_BY(mutex_);
  KeyPtr previous_key_ ABSL_GUARDED_BY(mutex_);  // null before the first rotation
};

}  // namespace enkrat::demo_idp

#endif  // ENKRAT_TOOLS_DEMO_IDP_PROVIDER_H_
