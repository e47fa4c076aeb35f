// FakeToken's keys: generating them and signing with them, by OpenSSL.
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "common/random.h"
#include "hsm/token_public_key.h"
#include "tests/support/fake_token.h"

namespace enkrat::testing {
namespace {

const EVP_MD* PssDigest(CK_MECHANISM_TYPE mechanism) {
  if (mechanism == CKM_SHA384) return EVP_sha384();
  return mechanism == CKM_SHA512 ? EVP_sha512() : EVP_sha256();
}

Bytes Unsigned(const BIGNUM* number) {
  Bytes octets(static_cast<size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, octets.data());
  return octets;
}

BnPtr Parameter(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  return BnPtr(number);
}

const char* CurveName(const Bytes& parameters) {
  const ByteSpan span(parameters);
  if (span == hsm::CurveParameters(KeyAlgorithm::kEcdsaP256)) return "P-256";
  return span == hsm::CurveParameters(KeyAlgorithm::kEcdsaP384) ? "P-384" : nullptr;
}

CK_RV MakeEcPair(FakeObject& public_key, FakeObject& private_key, bool raw_point) {
  const char* curve = CurveName(public_key.attributes[CKA_EC_PARAMS]);
  if (curve == nullptr) return CKR_DOMAIN_PARAMS_INVALID;
  private_key.key.reset(EVP_EC_gen(curve));
  size_t size = 0;
  EVP_PKEY_get_octet_string_param(private_key.key.get(), "pub", nullptr, 0, &size);
  Bytes point(size);
  EVP_PKEY_get_octet_string_param(private_key.key.get(), "pub", point.data(), size, &size);
  Bytes wrapped = {0x04, static_cast<uint8_t>(point.size())};
  Append(wrapped, point);
  public_key.attributes[CKA_EC_POINT] = raw_point ? point : wrapped;
  private_key.attributes[CKA_EC_PARAMS] = public_key.attributes[CKA_EC_PARAMS];
  private_key.attributes[CKA_VALUE] = Unsigned(Parameter(private_key.key.get(), "priv").get());
  return CKR_OK;
}

CK_RV MakeRsaPair(FakeObject& public_key, FakeObject& private_key) {
  CK_ULONG bits = 0;
  const Bytes& asked = public_key.attributes[CKA_MODULUS_BITS];
  if (asked.size() != sizeof(bits)) return CKR_TEMPLATE_INCOMPLETE;
  std::memcpy(&bits, asked.data(), sizeof(bits));
  private_key.key.reset(EVP_RSA_gen(bits));
  public_key.attributes[CKA_MODULUS] = Unsigned(Parameter(private_key.key.get(), "n").get());
  public_key.attributes[CKA_PUBLIC_EXPONENT] =
      Unsigned(Parameter(private_key.key.get(), "e").get());
  private_key.attributes[CKA_PRIVATE_EXPONENT] =
      Unsigned(Parameter(private_key.key.get(), "d").get());
  return CKR_OK;
}

Bytes SignEcdsa(EVP_PKEY* key, ByteSpan digest) {
  EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(key, nullptr));
  EVP_PKEY_sign_init(context.get());
  Bytes der(256);
  size_t size = der.size();
  EVP_PKEY_sign(context.get(), der.data(), &size, digest.data(), digest.size());
  const unsigned char* cursor = der.data();
  EcdsaSigPtr signature(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(size)));
  const size_t half = static_cast<size_t>(EVP_PKEY_get_bits(key) + 7) / 8;
  Bytes r_and_s(2 * half);
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), r_and_s.data(), static_cast<int>(half));
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), r_and_s.data() + half, static_cast<int>(half));
  return r_and_s;
}

Bytes SignPss(EVP_PKEY* key, const CK_RSA_PKCS_PSS_PARAMS& pss, ByteSpan digest) {
  EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(key, nullptr));
  EVP_PKEY_sign_init(context.get());
  EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING);
  EVP_PKEY_CTX_set_signature_md(context.get(), PssDigest(pss.hashAlg));
  EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), static_cast<int>(pss.sLen));
  size_t size = static_cast<size_t>(EVP_PKEY_get_size(key));
  Bytes signature(size);
  if (EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) != 1) {
    return {};
  }
  return signature;
}

}  // namespace

CK_RV FakeToken::CheckMayCreate(CK_SESSION_HANDLE session, const FakeObject& object) {
  if (object.Flag(CKA_PRIVATE) && user_ != CKU_USER) return CKR_USER_NOT_LOGGED_IN;
  if (object.Flag(CKA_TOKEN) && !sessions_[session].read_write) return CKR_SESSION_READ_ONLY;
  return CKR_OK;
}

CK_OBJECT_HANDLE FakeToken::Store(CK_SESSION_HANDLE session, FakeObject object) {
  object.session = object.Flag(CKA_TOKEN) ? CK_INVALID_HANDLE : session;
  const CK_OBJECT_HANDLE handle = next_handle_++;
  objects_[handle] = std::move(object);
  return handle;
}

void FakeToken::ApplyLies(FakeObject& key) const {
  auto& attributes = key.attributes;
  attributes[CKA_LOCAL] = AttributeFlag(!lies_.not_local);
  if (lies_.extractable) attributes[CKA_EXTRACTABLE] = AttributeFlag(true);
  if (lies_.not_sensitive) {
    attributes[CKA_SENSITIVE] = AttributeFlag(false);
    attributes[CKA_EXTRACTABLE] = AttributeFlag(true);
  }
  attributes[CKA_ALWAYS_SENSITIVE] = attributes[CKA_SENSITIVE];
  attributes[CKA_NEVER_EXTRACTABLE] =
      AttributeFlag(!key.Flag(CKA_EXTRACTABLE) && !lies_.were_extractable);
  if (lies_.stored_in_token) attributes[CKA_TOKEN] = AttributeFlag(true);
  if (lies_.hides_generation_mechanism) attributes.erase(CKA_KEY_GEN_MECHANISM);
}

CK_RV FakeToken::GenerateKey(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE mechanism,
                             const CK_ATTRIBUTE* entries, CK_ULONG count, CK_OBJECT_HANDLE& key) {
  if (mechanism != CKM_GENERIC_SECRET_KEY_GEN && mechanism != CKM_AES_KEY_GEN) {
    return CKR_MECHANISM_INVALID;
  }
  FakeObject object;
  object.attributes = AttributesOf(entries, count);
  if (const CK_RV rv = CheckMayCreate(session, object); rv != CKR_OK) return rv;
  object.attributes[CKA_VALUE] = RandomBytes(32);
  object.attributes[CKA_KEY_GEN_MECHANISM] = AttributeNumber(mechanism);
  ApplyLies(object);
  key = Store(session, std::move(object));
  return CKR_OK;
}

CK_RV FakeToken::GenerateKeyPair(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE mechanism,
                                 const CK_ATTRIBUTE* public_entries, CK_ULONG public_count,
                                 const CK_ATTRIBUTE* private_entries, CK_ULONG private_count,
                                 CK_OBJECT_HANDLE& public_key, CK_OBJECT_HANDLE& private_key) {
  const bool ec = mechanism == CKM_EC_KEY_PAIR_GEN;
  if (!ec && mechanism != CKM_RSA_PKCS_KEY_PAIR_GEN) return CKR_MECHANISM_INVALID;
  FakeObject public_object;
  public_object.attributes = AttributesOf(public_entries, public_count);
  FakeObject private_object;
  private_object.attributes = AttributesOf(private_entries, private_count);
  for (const FakeObject* object : {&public_object, &private_object}) {
    if (const CK_RV rv = CheckMayCreate(session, *object); rv != CKR_OK) return rv;
  }
  for (FakeObject* object : {&public_object, &private_object}) {
    object->attributes[CKA_KEY_TYPE] = AttributeNumber(ec ? CKK_EC : CKK_RSA);
    object->attributes[CKA_KEY_GEN_MECHANISM] = AttributeNumber(mechanism);
    object->attributes[CKA_LOCAL] = AttributeFlag(true);
  }
  public_object.attributes[CKA_CLASS] = AttributeNumber(CKO_PUBLIC_KEY);
  private_object.attributes[CKA_CLASS] = AttributeNumber(CKO_PRIVATE_KEY);
  const CK_RV rv = ec ? MakeEcPair(public_object, private_object, options_.raw_ec_point)
                      : MakeRsaPair(public_object, private_object);
  if (rv != CKR_OK) return rv;
  ApplyLies(private_object);
  public_key = Store(session, std::move(public_object));
  private_key = Store(session, std::move(private_object));
  return CKR_OK;
}

CK_RV FakeToken::SignInit(FakeSession& session, const CK_MECHANISM& mechanism,
                          CK_OBJECT_HANDLE key) const {
  if (session.signing.has_value()) return CKR_OPERATION_ACTIVE;
  const FakeObject* object = Visible(key);
  if (object == nullptr) return CKR_KEY_HANDLE_INVALID;
  if (!object->Flag(CKA_SIGN)) return CKR_KEY_FUNCTION_NOT_PERMITTED;
  FakeSession::Signing signing = {.key = key, .mechanism = mechanism.mechanism, .pss = {}};
  if (mechanism.mechanism == CKM_RSA_PKCS_PSS) {
    if (mechanism.ulParameterLen != sizeof(signing.pss)) return CKR_MECHANISM_PARAM_INVALID;
    std::memcpy(&signing.pss, mechanism.pParameter, sizeof(signing.pss));
  } else if (mechanism.mechanism != CKM_ECDSA && mechanism.mechanism != CKM_SHA256_HMAC) {
    return CKR_MECHANISM_INVALID;
  }
  if ((mechanism.mechanism == CKM_SHA256_HMAC) != (object->key == nullptr)) {
    return CKR_KEY_TYPE_INCONSISTENT;
  }
  session.signing = signing;
  return CKR_OK;
}

CK_RV FakeToken::Sign(FakeSession& session, ByteSpan message, CK_BYTE* signature,
                      CK_ULONG& size) const {
  if (!session.signing.has_value()) return CKR_OPERATION_NOT_INITIALIZED;
  const FakeSession::Signing signing = *session.signing;
  const FakeObject* object = Visible(signing.key);
  if (object == nullptr) return CKR_KEY_HANDLE_INVALID;
  Bytes input = ToBytes(message);
  if (lies_.wrong_signatures && !input.empty()) input[0] ^= 1;
  Bytes made;
  if (signing.mechanism == CKM_SHA256_HMAC) {
    const Bytes& secret = object->attributes.at(CKA_VALUE);
    made.resize(32);
    unsigned int written = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), input.data(), input.size(),
         made.data(), &written);
  } else if (signing.mechanism == CKM_ECDSA) {
    made = SignEcdsa(object->key.get(), input);
  } else {
    made = SignPss(object->key.get(), signing.pss, input);
  }
  if (signature == nullptr || size < made.size()) {
    size = made.size();
    return signature == nullptr ? CKR_OK : CKR_BUFFER_TOO_SMALL;
  }
  session.signing.reset();
  if (made.empty()) return CKR_DATA_LEN_RANGE;
  std::copy(made.begin(), made.end(), signature);
  size = made.size();
  return CKR_OK;
}

}  // namespace enkrat::testing
