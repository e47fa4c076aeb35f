// Sign requests, each with an ID token that the test signs itself: no identity provider runs.
//
// The tokens carry no nonce, so nothing binds them to their request: that a token cannot be used
// twice rests on the ledger of spent assertions alone, which is what the fault tests try to break.
#ifndef ENKRAT_TESTS_FAULT_REQUEST_MAKER_H_
#define ENKRAT_TESTS_FAULT_REQUEST_MAKER_H_

#include <cstddef>
#include <string>

#include "enkrat/v1/signing_service.pb.h"
#include "tests/support/id_token_factory.h"
#include "tests/support/service_configuration.h"

namespace enkrat::testing {

// Thread-safe.
class RequestMaker {
 public:
  // The service's settings for one relying party, "demo", that may send what is made here; the
  // tokens' key is expected in the JWK Set file.
  static ServiceSettings Settings(const std::string& jwks_file);
  std::string JwkSet() const { return Jwks({key_.PublicJwk()}); }

  // Fresh request_id, fresh token.
  v1::SignRequest Make(size_t documents = 1) const;
  // Another session that wants to spend the same token.
  static v1::SignRequest WithSameAssertion(const v1::SignRequest& request);

 private:
  IdTokenKey key_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_FAULT_REQUEST_MAKER_H_
