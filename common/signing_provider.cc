// The provider's dispatch tables: key management (import of a Slot, export of the public half,
// match) and signature (hash here, SigningKey::SignDigest for the rest). Longer than usual: OpenSSL
// calls all of it through one table each, and the pieces make no sense apart.
#include "common/signing_provider.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>

#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "common/digest.h"
#include "common/status_macros.h"

namespace enkrat {

// What an EVP_PKEY of this provider points to. The last error of the key travels beside OpenSSL's
// queue, which cannot carry a Status.
struct internal_signing::Slot {
  SigningKey* key = nullptr;
  absl::Status failure;
};

namespace {

constexpr char kProviderName[] = "enkrat-signing";
constexpr char kProperties[] = "provider=enkrat-signing";
constexpr char kSignatureName[] = "ENKRAT-SIGNATURE";
constexpr char kSlotParam[] = "enkrat-slot";

using internal_signing::Slot;

// The provider's key object: a borrowed Slot.
struct ProviderKey {
  Slot* slot = nullptr;
};

const PublicKey& PublicOf(const ProviderKey* key) { return key->slot->key->public_key(); }

// ---- key management ----

void* KeyNew(void*) { return new ProviderKey; }
void KeyFree(void* key) { delete static_cast<ProviderKey*>(key); }
void* KeyDup(const void* key, int) {
  return new ProviderKey(*static_cast<const ProviderKey*>(key));
}

int KeyImport(void* key, int, const OSSL_PARAM params[]) {
  const OSSL_PARAM* param = OSSL_PARAM_locate_const(params, kSlotParam);
  if (param == nullptr || param->data_size != sizeof(Slot*)) return 0;
  std::memcpy(&static_cast<ProviderKey*>(key)->slot, param->data, sizeof(Slot*));
  return 1;
}

const OSSL_PARAM* KeyImportTypes(int) {
  static const OSSL_PARAM types[] = {OSSL_PARAM_octet_string(kSlotParam, nullptr, 0),
                                     OSSL_PARAM_END};
  return types;
}

int KeyHas(const void* key, int) { return static_cast<const ProviderKey*>(key)->slot != nullptr; }

int KeyMatch(const void* left, const void* right, int) {
  return EVP_PKEY_eq(PublicOf(static_cast<const ProviderKey*>(left)).evp_pkey(),
                     PublicOf(static_cast<const ProviderKey*>(right)).evp_pkey()) == 1;
}

int KeyExport(void* key, int selection, OSSL_CALLBACK* callback, void* arg) {
  if ((selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0) return 0;  // there is none to give
  OSSL_PARAM* params = nullptr;
  if (EVP_PKEY_todata(PublicOf(static_cast<ProviderKey*>(key)).evp_pkey(), EVP_PKEY_PUBLIC_KEY,
                      &params) != 1) {
    return 0;
  }
  const int result = callback(params, arg);
  OSSL_PARAM_free(params);
  return result;
}

const OSSL_PARAM* KeyExportTypes(int) {
  static const OSSL_PARAM types[] = {OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, nullptr, 0),
                                     OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, nullptr, 0),
                                     OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, nullptr, 0),
                                     OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, nullptr, 0),
                                     OSSL_PARAM_END};
  return types;
}

const OSSL_PARAM* KeyGettable(void*) {
  static const OSSL_PARAM params[] = {
      OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, nullptr),
      OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, nullptr),
      OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, nullptr),
      OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, nullptr, 0), OSSL_PARAM_END};
  return params;
}

int SetInt(OSSL_PARAM params[], const char* name, int value) {
  OSSL_PARAM* param = OSSL_PARAM_locate(params, name);
  return param == nullptr || OSSL_PARAM_set_int(param, value) == 1;
}

int KeyGet(void* key, OSSL_PARAM params[]) {
  const PublicKey& public_key = PublicOf(static_cast<ProviderKey*>(key));
  EVP_PKEY* pkey = public_key.evp_pkey();
  OSSL_PARAM* digest = OSSL_PARAM_locate(params, OSSL_PKEY_PARAM_DEFAULT_DIGEST);
  const EVP_MD* method = DigestMethod(DefaultDigest(public_key.algorithm()));
  return SetInt(params, OSSL_PKEY_PARAM_BITS, EVP_PKEY_get_bits(pkey)) == 1 &&
         SetInt(params, OSSL_PKEY_PARAM_SECURITY_BITS, EVP_PKEY_get_security_bits(pkey)) == 1 &&
         SetInt(params, OSSL_PKEY_PARAM_MAX_SIZE, EVP_PKEY_get_size(pkey)) == 1 &&
         (digest == nullptr || OSSL_PARAM_set_utf8_string(digest, EVP_MD_get0_name(method)) == 1);
}

const char* KeyOperation(int operation) {
  return operation == OSSL_OP_SIGNATURE ? kSignatureName : nullptr;
}

using Function = void (*)(void);
template <typename F>
Function Erase(F* function) {
  return reinterpret_cast<Function>(function);
}

const OSSL_DISPATCH* KeyFunctions() {
  static const OSSL_DISPATCH functions[] = {
      {OSSL_FUNC_KEYMGMT_NEW, Erase(KeyNew)},
      {OSSL_FUNC_KEYMGMT_FREE, Erase(KeyFree)},
      {OSSL_FUNC_KEYMGMT_DUP, Erase(KeyDup)},
      {OSSL_FUNC_KEYMGMT_IMPORT, Erase(KeyImport)},
      {OSSL_FUNC_KEYMGMT_IMPORT_TYPES, Erase(KeyImportTypes)},
      {OSSL_FUNC_KEYMGMT_HAS, Erase(KeyHas)},
      {OSSL_FUNC_KEYMGMT_MATCH, Erase(KeyMatch)},
      {OSSL_FUNC_KEYMGMT_EXPORT, Erase(KeyExport)},
      {OSSL_FUNC_KEYMGMT_EXPORT_TYPES, Erase(KeyExportTypes)},
      {OSSL_FUNC_KEYMGMT_GET_PARAMS, Erase(KeyGet)},
      {OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, Erase(KeyGettable)},
      {OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, Erase(KeyOperation)},
      {0, nullptr}};
  return functions;
}

// ---- signature ----

struct SignContext {
  Slot* slot = nullptr;
  std::optional<DigestAlgorithm> digest;
  EvpMdCtxPtr hash;
};

void* SignNew(void*, const char*) { return new SignContext; }
void SignFree(void* context) { delete static_cast<SignContext*>(context); }

void* SignDup(void* context) {
  const auto* source = static_cast<SignContext*>(context);
  auto copy = std::make_unique<SignContext>();
  copy->slot = source->slot;
  copy->digest = source->digest;
  if (source->hash != nullptr) {
    copy->hash.reset(EVP_MD_CTX_new());
    if (copy->hash == nullptr || EVP_MD_CTX_copy_ex(copy->hash.get(), source->hash.get()) != 1) {
      return nullptr;
    }
  }
  return copy.release();
}

bool SetDigest(SignContext* context, const char* name) {
  for (const DigestAlgorithm algorithm :
       {DigestAlgorithm::kSha256, DigestAlgorithm::kSha384, DigestAlgorithm::kSha512}) {
    if (EVP_MD_is_a(DigestMethod(algorithm), name) == 1) {
      context->digest = algorithm;
      return true;
    }
  }
  return false;
}

int SignSetParams(void* context, const OSSL_PARAM params[]) {
  if (params == nullptr) return 1;
  const OSSL_PARAM* digest = OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_DIGEST);
  if (digest != nullptr &&
      (digest->data_type != OSSL_PARAM_UTF8_STRING ||
       !SetDigest(static_cast<SignContext*>(context), static_cast<const char*>(digest->data)))) {
    return 0;
  }
  // Padding is not a choice here: RSA keys sign with PSS (common/signing_key.h). Asking for another
  // is refused.
  const OSSL_PARAM* padding = OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_PAD_MODE);
  int mode = RSA_PKCS1_PSS_PADDING;
  if (padding != nullptr && padding->data_type == OSSL_PARAM_INTEGER) {
    return OSSL_PARAM_get_int(padding, &mode) == 1 && mode == RSA_PKCS1_PSS_PADDING;
  }
  return padding == nullptr ||
         (padding->data_type == OSSL_PARAM_UTF8_STRING &&
          absl::string_view(static_cast<const char*>(padding->data)) == OSSL_PKEY_RSA_PAD_MODE_PSS);
}

const OSSL_PARAM* SignSettable(void*, void*) {
  static const OSSL_PARAM params[] = {
      OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, nullptr, 0),
      OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, nullptr, 0), OSSL_PARAM_END};
  return params;
}

int SignGetParams(void* context, OSSL_PARAM params[]) {
  const auto* sign = static_cast<SignContext*>(context);
  if (sign->slot == nullptr) return 0;
  const KeyAlgorithm algorithm = sign->slot->key->public_key().algorithm();
  OSSL_PARAM* identifier = OSSL_PARAM_locate(params, OSSL_SIGNATURE_PARAM_ALGORITHM_ID);
  if (identifier != nullptr) {
    const Bytes der =
        SignatureAlgorithmIdentifier(algorithm, sign->digest.value_or(DefaultDigest(algorithm)));
    if (OSSL_PARAM_set_octet_string(identifier, der.data(), der.size()) != 1) return 0;
  }
  OSSL_PARAM* padding = OSSL_PARAM_locate(params, OSSL_SIGNATURE_PARAM_PAD_MODE);
  if (padding != nullptr) {
    if (IsEcdsa(algorithm)) return 0;
    if (padding->data_type == OSSL_PARAM_INTEGER) {
      return OSSL_PARAM_set_int(padding, RSA_PKCS1_PSS_PADDING);
    }
    return OSSL_PARAM_set_utf8_string(padding, OSSL_PKEY_RSA_PAD_MODE_PSS);
  }
  return 1;
}

const OSSL_PARAM* SignGettable(void*, void*) {
  static const OSSL_PARAM params[] = {
      OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, nullptr, 0),
      OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, nullptr, 0), OSSL_PARAM_END};
  return params;
}

int SignInit(void* context, void* key, const OSSL_PARAM params[]) {
  auto* sign = static_cast<SignContext*>(context);
  if (key != nullptr) sign->slot = static_cast<ProviderKey*>(key)->slot;
  return sign->slot != nullptr && SignSetParams(context, params) == 1;
}

int DigestSignInit(void* context, const char* digest_name, void* key, const OSSL_PARAM params[]) {
  auto* sign = static_cast<SignContext*>(context);
  if (SignInit(context, key, params) != 1) return 0;
  if (digest_name != nullptr && digest_name[0] != '\0') {
    if (!SetDigest(sign, digest_name)) return 0;
  } else if (!sign->digest.has_value()) {
    sign->digest = DefaultDigest(sign->slot->key->public_key().algorithm());
  }
  sign->hash.reset(EVP_MD_CTX_new());
  return sign->hash != nullptr &&
         EVP_DigestInit_ex2(sign->hash.get(), DigestMethod(*sign->digest), nullptr) == 1;
}

int DigestSignUpdate(void* context, const unsigned char* data, size_t size) {
  return EVP_DigestUpdate(static_cast<SignContext*>(context)->hash.get(), data, size);
}

int Sign(void* context, unsigned char* signature, size_t* signature_size, size_t capacity,
         const unsigned char* digest, size_t digest_size) {
  auto* sign = static_cast<SignContext*>(context);
  const PublicKey& public_key = sign->slot->key->public_key();
  const size_t bound = static_cast<size_t>(EVP_PKEY_get_size(public_key.evp_pkey()));
  if (signature == nullptr) {
    *signature_size = bound;
    return 1;
  }
  absl::StatusOr<Bytes> made = sign->slot->key->SignDigest(
      sign->digest.value_or(DefaultDigest(public_key.algorithm())), ByteSpan(digest, digest_size));
  if (!made.ok()) {
    sign->slot->failure = made.status();
    return 0;
  }
  if (made->size() > capacity) return 0;
  std::memcpy(signature, made->data(), made->size());
  *signature_size = made->size();
  return 1;
}

int DigestSignFinal(void* context, unsigned char* signature, size_t* signature_size,
                    size_t capacity) {
  auto* sign = static_cast<SignContext*>(context);
  if (signature == nullptr) return Sign(context, nullptr, signature_size, 0, nullptr, 0);
  Bytes digest(DigestSize(*sign->digest));
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(sign->hash.get(), digest.data(), &size) != 1) return 0;
  return Sign(context, signature, signature_size, capacity, digest.data(), digest.size());
}

const OSSL_DISPATCH* SignatureFunctions() {
  static const OSSL_DISPATCH functions[] = {
      {OSSL_FUNC_SIGNATURE_NEWCTX, Erase(SignNew)},
      {OSSL_FUNC_SIGNATURE_FREECTX, Erase(SignFree)},
      {OSSL_FUNC_SIGNATURE_DUPCTX, Erase(SignDup)},
      {OSSL_FUNC_SIGNATURE_SIGN_INIT, Erase(SignInit)},
      {OSSL_FUNC_SIGNATURE_SIGN, Erase(Sign)},
      {OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, Erase(DigestSignInit)},
      {OSSL_FUNC_SIGNATURE_DIGEST_SIGN_UPDATE, Erase(DigestSignUpdate)},
      {OSSL_FUNC_SIGNATURE_DIGEST_SIGN_FINAL, Erase(DigestSignFinal)},
      {OSSL_FUNC_SIGNATURE_GET_CTX_PARAMS, Erase(SignGetParams)},
      {OSSL_FUNC_SIGNATURE_GETTABLE_CTX_PARAMS, Erase(SignGettable)},
      {OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, Erase(SignSetParams)},
      {OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, Erase(SignSettable)},
      {0, nullptr}};
  return functions;
}

// ---- the provider itself ----

const OSSL_ALGORITHM* Query(void*, int operation, int* no_cache) {
  *no_cache = 0;
  // The names of OpenSSL's own key types, so that EVP_PKEY_is_a(pkey, "EC") holds and builders pick
  // their rules.
  static const OSSL_ALGORITHM keys[] = {
      {"EC:id-ecPublicKey:1.2.840.10045.2.1", kProperties, KeyFunctions(), "one SigningKey"},
      {"RSA:rsaEncryption:1.2.840.113549.1.1.1", kProperties, KeyFunctions(), "one SigningKey"},
      {nullptr, nullptr, nullptr, nullptr}};
  static const OSSL_ALGORITHM signatures[] = {
      {kSignatureName, kProperties, SignatureFunctions(), "signs with a SigningKey"},
      {nullptr, nullptr, nullptr, nullptr}};
  if (operation == OSSL_OP_KEYMGMT) return keys;
  if (operation == OSSL_OP_SIGNATURE) return signatures;
  return nullptr;
}

int InitProvider(const OSSL_CORE_HANDLE* handle, const OSSL_DISPATCH*, const OSSL_DISPATCH** out,
                 void** context) {
  static const OSSL_DISPATCH functions[] = {{OSSL_FUNC_PROVIDER_QUERY_OPERATION, Erase(Query)},
                                            {0, nullptr}};
  *out = functions;
  *context = const_cast<OSSL_CORE_HANDLE*>(handle);
  return 1;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SigningProvider>> SigningProvider::Create() {
  std::unique_ptr<SigningProvider> provider(new SigningProvider(OSSL_LIB_CTX_new()));
  if (provider->context_ == nullptr ||
      OSSL_PROVIDER_add_builtin(provider->context_, kProviderName, InitProvider) != 1 ||
      OSSL_PROVIDER_load(provider->context_, "default") == nullptr ||
      OSSL_PROVIDER_load(provider->context_, kProviderName) == nullptr) {
    return OpenSslError(Reason::kInternal, "cannot load the signing provider into OpenSSL");
  }
  return provider;
}

// Freeing the context alone would leak what OSSL_PROVIDER_load holds.
SigningProvider::~SigningProvider() {
  if (context_ == nullptr) return;  // which would mean the process's own context
  std::vector<OSSL_PROVIDER*> loaded;
  OSSL_PROVIDER_do_all(
      context_,
      [](OSSL_PROVIDER* each, void* list) {
        static_cast<std::vector<OSSL_PROVIDER*>*>(list)->push_back(each);
        return 1;
      },
      &loaded);
  for (OSSL_PROVIDER* each : loaded) OSSL_PROVIDER_unload(each);
  OSSL_LIB_CTX_free(context_);
}

absl::StatusOr<BoundPkey> BoundPkey::Bind(const SigningProvider& provider, SigningKey& key) {
  auto slot = std::make_unique<Slot>();
  slot->key = &key;
  Slot* pointer = slot.get();
  OSSL_PARAM params[] = {OSSL_PARAM_octet_string(kSlotParam, &pointer, sizeof(pointer)),
                         OSSL_PARAM_END};
  const char* type = IsEcdsa(key.public_key().algorithm()) ? "EC" : "RSA";
  EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(provider.context(), type, kProperties));
  EVP_PKEY* pkey = nullptr;
  if (context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &pkey, EVP_PKEY_KEYPAIR, params) != 1) {
    return OpenSslError(Reason::kInternal, "cannot bind a key to the signing provider");
  }
  return BoundPkey(std::move(slot), EvpPkeyPtr(pkey));
}

BoundPkey::BoundPkey(std::unique_ptr<Slot> slot, EvpPkeyPtr pkey)
    : slot_(std::move(slot)), pkey_(std::move(pkey)) {}
BoundPkey::BoundPkey(BoundPkey&&) noexcept = default;
BoundPkey& BoundPkey::operator=(BoundPkey&&) noexcept = default;
BoundPkey::~BoundPkey() = default;

absl::Status BoundPkey::Failure(absl::string_view attempted) const {
  if (slot_->failure.ok()) return OpenSslError(Reason::kInternal, attempted);
  DrainOpenSslErrors();
  return WithContext(slot_->failure, attempted);
}

}  // namespace enkrat
