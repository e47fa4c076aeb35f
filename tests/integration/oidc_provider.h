// The certified OpenID provider `oidc-provider` as a child of the test
// (oidc_provider/provider.mjs).
#ifndef ENKRAT_TESTS_INTEGRATION_OIDC_PROVIDER_H_
#define ENKRAT_TESTS_INTEGRATION_OIDC_PROVIDER_H_

#include <memory>
#include <string>

#include "tests/support/subprocess.h"

namespace enkrat::testing {

inline constexpr char kAcrLow[] = "urn:example:loa:low";
inline constexpr char kAcrSubstantial[] = "urn:example:loa:substantial";
inline constexpr char kAcrHigh[] = "urn:example:loa:high";

// Not thread-safe.
class OidcProvider {
 public:
  // On a free port. Ends the test program, saying why, if the provider does not start (such as
  // without tools/install_deps.sh).
  OidcProvider();

  const std::string& issuer() const { return issuer_; }  // http://127.0.0.1:PORT

  // New signing keys, at once; the ones before stay in the key set.
  void RotateKeys();
  void Stop();
  // Where it was, with new keys and without any session.
  void Restart();

 private:
  void Start(const std::string& port);

  std::unique_ptr<Subprocess> program_;
  std::string issuer_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_INTEGRATION_OIDC_PROVIDER_H_
