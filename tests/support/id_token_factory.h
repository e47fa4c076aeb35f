// ID tokens for tests: an identity provider's keys made at run time, and tokens with any text in
// them, right or wrong.
//
//   IdTokenKey key({.kid = "k1"});
//   const std::string token = SignToken(key, IdTokenClaims(clock.Now()).Text("nonce", sad).Json());
//   verifier options: jwks = Jwks({key.PublicJwk()})
#ifndef ENKRAT_TESTS_SUPPORT_ID_TOKEN_FACTORY_H_
#define ENKRAT_TESTS_SUPPORT_ID_TOKEN_FACTORY_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"

namespace enkrat::testing {

// What the tokens say unless a test changes it.
inline constexpr char kTestIssuer[] = "https://idp.example";
inline constexpr char kTestAudience[] = "enkrat-test";
inline constexpr char kTestAcrHigh[] = "http://eidas.europa.eu/LoA/high";
inline constexpr char kTestAcrSubstantial[] = "http://eidas.europa.eu/LoA/substantial";

// A signing key of an identity provider.
class IdTokenKey {
 public:
  struct Options {
    // ES256, ES384, ES512, RS256, RS384, RS512, PS256, PS384, PS512 or EdDSA.
    std::string algorithm = "ES256";
    std::string kid = "k1";
    int rsa_bits = 2048;
  };
  explicit IdTokenKey(Options options);
  IdTokenKey() : IdTokenKey(Options{}) {}

  const std::string& kid() const { return options_.kid; }
  const std::string& algorithm() const { return options_.algorithm; }

  // JSON object with kty, kid, use, alg and the public key; `overrides` are members (JSON text)
  // that replace those or come on top; an empty text takes a member away.
  std::string PublicJwk(const std::map<std::string, std::string>& overrides = {}) const;
  // SubjectPublicKeyInfo as PEM.
  std::string PublicPem() const;
  // {"alg":...,"kid":...,"typ":"JWT"}
  std::string Header() const;

  // Signature over the octets, as JWS wants it (RFC 7518 3.3-3.5) or, ECDSA only, in DER.
  Bytes Sign(absl::string_view signing_input) const;
  Bytes SignDer(absl::string_view signing_input) const;

 private:
  Options options_;
  EvpPkeyPtr pkey_;
};

// {"keys":[...]}
std::string Jwks(const std::vector<std::string>& jwks);

// header.payload in base64url, without and with a signature.
std::string SigningInput(absl::string_view header_json, absl::string_view payload_json);
std::string CompactToken(absl::string_view header_json, absl::string_view payload_json,
                         ByteSpan signature);
// Signed with the key, under its own header or any other.
std::string SignToken(const IdTokenKey& key, absl::string_view payload_json);
std::string SignToken(const IdTokenKey& key, absl::string_view header_json,
                      absl::string_view payload_json);

// The claims of a good token at `now`: iss, aud, sub, iat, auth_time, exp (5 min), jti (fresh), acr
// high, given_name "Ana", family_name "Novak". Setters replace or add.
class IdTokenClaims {
 public:
  explicit IdTokenClaims(absl::Time now);

  IdTokenClaims& Text(const std::string& name, absl::string_view text);  // escaped as needed
  IdTokenClaims& Number(const std::string& name, int64_t value);
  IdTokenClaims& Time(const std::string& name, absl::Time value);
  IdTokenClaims& Raw(const std::string& name, const std::string& json);
  IdTokenClaims& Remove(const std::string& name);
  std::string Json() const;

 private:
  std::map<std::string, std::string> members_;  // name -> JSON text
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_ID_TOKEN_FACTORY_H_
