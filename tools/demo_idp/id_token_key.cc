#include "tools/demo_idp/id_token_key.h"

#include <cjose/cjose.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/bytes.h"
#include "common/random.h"
#include "common/reason.h"

namespace enkrat::demo_idp {
namespace {

struct HeaderRelease {
  void operator()(cjose_header_t* header) const { cjose_header_release(header); }
};
struct JwsRelease {
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
};
struct Free {
  void operator()(char* text) const { std::free(text); }
};

absl::Status JoseError(absl::string_view attempted, const cjose_err& error) {
  return MakeError(Reason::kInternal,
                   absl::StrCat(attempted, ": ", error.message != nullptr ? error.message : "?"));
}

cjose_jwk_t* NewKey(absl::string_view algorithm, cjose_err* error) {
  if (algorithm == "ES256") return cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, error);
  if (algorithm == "ES384") return cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_384, error);
  static constexpr uint8_t kExponent[] = {1, 0, 1};
  return cjose_jwk_create_RSA_random(3072, kExponent, sizeof kExponent, error);
}

}  // namespace

absl::StatusOr<std::unique_ptr<IdTokenKey>> IdTokenKey::Generate(absl::string_view algorithm) {
  if (algorithm != "ES256" && algorithm != "ES384" && algorithm != "PS256" &&
      algorithm != "RS256") {
    return MakeError(Reason::kRequestMalformed, "the algorithm is none of ES256 ES384 PS256 RS256");
  }
  cjose_err error{};
  cjose_jwk_t* key = NewKey(algorithm, &error);
  if (key == nullptr) return JoseError("generating a key", error);
  const std::string id = ToHex(RandomBytes(8));
  const std::unique_ptr<char, Free> exported(cjose_jwk_to_json(key, /*priv=*/false, &error));
  if (exported == nullptr) {
    cjose_jwk_release(key);
    return JoseError("exporting a key", error);
  }
  nlohmann::json jwk = nlohmann::json::parse(exported.get());
  jwk["kid"] = id;
  jwk["alg"] = std::string(algorithm);
  jwk["use"] = "sig";
  return std::unique_ptr<IdTokenKey>(new IdTokenKey(key, id, std::string(algorithm), jwk.dump()));
}

IdTokenKey::IdTokenKey(_cjose_jwk_int* key, std::string id, std::string algorithm,
                       std::string public_jwk)
    : key_(key),
      id_(std::move(id)),
      algorithm_(std::move(algorithm)),
      public_jwk_(std::move(public_jwk)) {}

IdTokenKey::~IdTokenKey() { cjose_jwk_release(key_); }

absl::StatusOr<std::string> IdTokenKey::Sign(absl::string_view payload,
                                             absl::string_view kid) const {
  cjose_err error{};
  const std::unique_ptr<cjose_header_t, HeaderRelease> header(cjose_header_new(&error));
  if (header == nullptr ||
      !cjose_header_set(header.get(), CJOSE_HDR_ALG, algorithm_.c_str(), &error) ||
      !cjose_header_set(header.get(), CJOSE_HDR_KID, std::string(kid).c_str(), &error) ||
      !cjose_header_set(header.get(), "typ", "JWT", &error)) {
    return JoseError("making the header", error);
  }
  const std::unique_ptr<cjose_jws_t, JwsRelease> jws(
      cjose_jws_sign(key_, header.get(), reinterpret_cast<const uint8_t*>(payload.data()),
                     payload.size(), &error));
  const char* compact = nullptr;
  if (jws == nullptr || !cjose_jws_export(jws.get(), &compact, &error)) {
    return JoseError("signing the token", error);
  }
  return std::string(compact);
}

}  // namespace enkrat::demo_idp
