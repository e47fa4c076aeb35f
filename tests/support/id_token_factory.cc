#include "tests/support/id_token_factory.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/random.h"

namespace enkrat::testing {
namespace {

void Must(bool condition, absl::string_view what) {
  if (condition) return;
  std::cerr << "id_token_factory: " << what << " failed\n";
  std::abort();
}

struct Curve {
  const char* name;
  size_t coordinate_size;
};

Curve CurveOf(absl::string_view algorithm) {
  if (algorithm == "ES384") return {"P-384", 48};
  if (algorithm == "ES512") return {"P-521", 66};
  return {"P-256", 32};
}

const EVP_MD* MethodOf(absl::string_view algorithm) {
  if (algorithm == "EdDSA") return nullptr;
  if (absl::EndsWith(algorithm, "384")) return EVP_sha384();
  return absl::EndsWith(algorithm, "512") ? EVP_sha512() : EVP_sha256();
}

std::string Quote(absl::string_view text) { return nlohmann::json(std::string(text)).dump(); }

std::string ParamBase64Url(EVP_PKEY* pkey, const char* name, size_t size) {
  BIGNUM* number = nullptr;
  Must(EVP_PKEY_get_bn_param(pkey, name, &number) == 1, name);
  const BnPtr owner(number);
  Bytes octets(size != 0 ? size : static_cast<size_t>(BN_num_bytes(number)));
  BN_bn2binpad(number, octets.data(), static_cast<int>(octets.size()));
  return Quote(ToBase64Url(octets));
}

std::string ObjectJson(const std::map<std::string, std::string>& members) {
  return absl::StrCat("{",
                      absl::StrJoin(members, ",",
                                    [](std::string* out, const auto& member) {
                                      absl::StrAppend(out, Quote(member.first), ":", member.second);
                                    }),
                      "}");
}

}  // namespace

IdTokenKey::IdTokenKey(Options options) : options_(std::move(options)) {
  const std::string& algorithm = options_.algorithm;
  if (algorithm == "EdDSA") {
    pkey_.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  } else if (absl::StartsWith(algorithm, "ES")) {
    pkey_.reset(EVP_EC_gen(CurveOf(algorithm).name));
  } else {
    pkey_.reset(EVP_RSA_gen(static_cast<unsigned>(options_.rsa_bits)));
  }
  Must(pkey_ != nullptr, "key generation");
}

std::string IdTokenKey::PublicJwk(const std::map<std::string, std::string>& overrides) const {
  std::map<std::string, std::string> members = {
      {"kid", Quote(kid())}, {"alg", Quote(algorithm())}, {"use", "\"sig\""}};
  if (algorithm() == "EdDSA") {
    Bytes x(32);
    size_t size = x.size();
    EVP_PKEY_get_raw_public_key(pkey_.get(), x.data(), &size);
    members.insert({{"kty", "\"OKP\""}, {"crv", "\"Ed25519\""}, {"x", Quote(ToBase64Url(x))}});
  } else if (absl::StartsWith(algorithm(), "ES")) {
    const Curve curve = CurveOf(algorithm());
    members.insert(
        {{"kty", "\"EC\""},
         {"crv", Quote(curve.name)},
         {"x", ParamBase64Url(pkey_.get(), OSSL_PKEY_PARAM_EC_PUB_X, curve.coordinate_size)},
         {"y", ParamBase64Url(pkey_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, curve.coordinate_size)}});
  } else {
    members.insert({{"kty", "\"RSA\""},
                    {"n", ParamBase64Url(pkey_.get(), OSSL_PKEY_PARAM_RSA_N, 0)},
                    {"e", ParamBase64Url(pkey_.get(), OSSL_PKEY_PARAM_RSA_E, 0)}});
  }
  for (const auto& [name, json] : overrides) {
    members[name] = json;
    if (json.empty()) members.erase(name);
  }
  return ObjectJson(members);
}

std::string IdTokenKey::PublicPem() const {
  const BioPtr out(BIO_new(BIO_s_mem()));
  Must(PEM_write_bio_PUBKEY(out.get(), pkey_.get()) == 1, "PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

std::string IdTokenKey::Header() const {
  return absl::StrCat("{\"alg\":", Quote(algorithm()), ",\"kid\":", Quote(kid()),
                      ",\"typ\":\"JWT\"}");
}

Bytes IdTokenKey::SignDer(absl::string_view signing_input) const {
  const EvpMdCtxPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;  // belongs to the context
  Must(EVP_DigestSignInit(context.get(), &settings, MethodOf(algorithm()), nullptr, pkey_.get()) ==
           1,
       "EVP_DigestSignInit");
  if (absl::StartsWith(algorithm(), "PS")) {
    EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST);
  }
  const ByteSpan input = AsSpan(signing_input);
  size_t size = 0;
  EVP_DigestSign(context.get(), nullptr, &size, input.data(), input.size());
  Bytes signature(size);
  Must(EVP_DigestSign(context.get(), signature.data(), &size, input.data(), input.size()) == 1,
       "EVP_DigestSign");
  signature.resize(size);
  return signature;
}

Bytes IdTokenKey::Sign(absl::string_view signing_input) const {
  const Bytes signature = SignDer(signing_input);
  if (!absl::StartsWith(algorithm(), "ES")) return signature;
  const unsigned char* cursor = signature.data();
  const EcdsaSigPtr pair(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(signature.size())));
  Must(pair != nullptr, "d2i_ECDSA_SIG");
  const int half = static_cast<int>(CurveOf(algorithm()).coordinate_size);
  Bytes raw(static_cast<size_t>(2 * half));
  BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), raw.data(), half);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), raw.data() + half, half);
  return raw;
}

std::string Jwks(const std::vector<std::string>& jwks) {
  return absl::StrCat("{\"keys\":[", absl::StrJoin(jwks, ","), "]}");
}

std::string SigningInput(absl::string_view header_json, absl::string_view payload_json) {
  return absl::StrCat(ToBase64Url(AsSpan(header_json)), ".", ToBase64Url(AsSpan(payload_json)));
}

std::string CompactToken(absl::string_view header_json, absl::string_view payload_json,
                         ByteSpan signature) {
  return absl::StrCat(SigningInput(header_json, payload_json), ".", ToBase64Url(signature));
}

std::string SignToken(const IdTokenKey& key, absl::string_view payload_json) {
  return SignToken(key, key.Header(), payload_json);
}

std::string SignToken(const IdTokenKey& key, absl::string_view header_json,
                      absl::string_view payload_json) {
  return CompactToken(header_json, payload_json, key.Sign(SigningInput(header_json, payload_json)));
}

IdTokenClaims::IdTokenClaims(absl::Time now) {
  Text("iss", kTestIssuer).Text("aud", kTestAudience).Text("sub", "person-1");
  Time("iat", now).Time("auth_time", now).Time("exp", now + absl::Minutes(5));
  Text("jti", ToHex(RandomBytes(16))).Text("acr", kTestAcrHigh);
  Text("given_name", "Ana").Text("family_name", "Novak");
}

IdTokenClaims& IdTokenClaims::Text(const std::string& name, absl::string_view text) {
  return Raw(name, Quote(text));
}

IdTokenClaims& IdTokenClaims::Number(const std::string& name, int64_t value) {
  return Raw(name, absl::StrCat(value));
}

IdTokenClaims& IdTokenClaims::Time(const std::string& name, absl::Time value) {
  return Number(name, absl::ToUnixSeconds(value));
}

IdTokenClaims& IdTokenClaims::Raw(const std::string& name, const std::string& json) {
  members_[name] = json;
  return *this;
}

IdTokenClaims& IdTokenClaims::Remove(const std::string& name) {
  members_.erase(name);
  return *this;
}

std::string IdTokenClaims::Json() const { return ObjectJson(members_); }

}  // namespace enkrat::testing
