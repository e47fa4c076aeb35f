#include "xml/pss_transform.h"

#include <openssl/rsa.h>
#include <xmlsec/buffer.h>
#include <xmlsec/keys.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmlsec.h>

#include <new>

#include "common/digest.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"

namespace enkrat::xml {
namespace {

// What a transform of this kind remembers; lies behind xmlsec's own part of the object.
struct PssState {
  DigestAlgorithm digest = DigestAlgorithm::kSha256;
  EvpPkeyPtr key;
  Bytes signed_octets;
};

// xmlsec's allocator gives memory aligned for any type, and the size of its own part is a multiple
// of a pointer's.
static_assert(sizeof(xmlSecTransform) % alignof(PssState) == 0);

PssState& StateOf(xmlSecTransformPtr transform) {
  return *reinterpret_cast<PssState*>(transform + 1);
}

template <DigestAlgorithm kDigest>
int Initialize(xmlSecTransformPtr transform) {
  new (&StateOf(transform)) PssState{.digest = kDigest, .key = nullptr, .signed_octets = {}};
  return 0;
}

void Finalize(xmlSecTransformPtr transform) { StateOf(transform).~PssState(); }

int SetKeyRequirements(xmlSecTransformPtr, xmlSecKeyReqPtr demands) {
  demands->keyId = xmlSecOpenSSLKeyDataRsaId;
  demands->keyType = xmlSecKeyDataTypePublic;
  demands->keyUsage = xmlSecKeyUsageVerify;
  return 0;
}

int SetKey(xmlSecTransformPtr transform, xmlSecKeyPtr key) {
  EVP_PKEY* const pkey = xmlSecOpenSSLEvpKeyDataGetEvp(xmlSecKeyGetValue(key));
  if (pkey == nullptr || EVP_PKEY_is_a(pkey, "RSA") != 1 || EVP_PKEY_up_ref(pkey) != 1) return -1;
  StateOf(transform).key.reset(pkey);
  return 0;
}

// The last transform of its chain: takes everything in, gives nothing on.
int Execute(xmlSecTransformPtr transform, int last, xmlSecTransformCtxPtr) {
  const xmlSecSize size = xmlSecBufferGetSize(&transform->inBuf);
  const xmlSecByte* const octets = xmlSecBufferGetData(&transform->inBuf);
  if (size > 0) Append(StateOf(transform).signed_octets, ByteSpan(octets, size));
  if (size > 0 && xmlSecBufferRemoveHead(&transform->inBuf, size) != 0) return -1;
  transform->status = last != 0 ? xmlSecTransformStatusFinished : xmlSecTransformStatusWorking;
  return 0;
}

bool IsSignature(const PssState& state, ByteSpan signature) {
  const EVP_MD* const method = DigestMethod(state.digest);
  const EvpMdCtxPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;  // belongs to the context
  const bool good =
      context != nullptr && state.key != nullptr &&
      EVP_DigestVerifyInit(context.get(), &settings, method, nullptr, state.key.get()) == 1 &&
      EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
      EVP_PKEY_CTX_set_rsa_mgf1_md(settings, method) == 1 &&
      EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                       state.signed_octets.data(), state.signed_octets.size()) == 1;
  DrainOpenSslErrors();
  return good;
}

int Verify(xmlSecTransformPtr transform, const xmlSecByte* octets, xmlSecSize size,
           xmlSecTransformCtxPtr) {
  transform->status = IsSignature(StateOf(transform), ByteSpan(octets, size))
                          ? xmlSecTransformStatusOk
                          : xmlSecTransformStatusFail;
  return 0;
}

template <DigestAlgorithm kDigest>
struct _xmlSecTransformKlass PssClass(const char* name, const char* uri) {
  struct _xmlSecTransformKlass transform = {};
  transform.klassSize = sizeof(xmlSecTransformKlass);
  transform.objSize = sizeof(xmlSecTransform) + sizeof(PssState);
  transform.name = reinterpret_cast<const xmlChar*>(name);
  transform.href = reinterpret_cast<const xmlChar*>(uri);
  transform.usage = xmlSecTransformUsageSignatureMethod;
  transform.initialize = Initialize<kDigest>;
  transform.finalize = Finalize;
  transform.setKeyReq = SetKeyRequirements;
  transform.setKey = SetKey;
  transform.verify = Verify;
  transform.getDataType = xmlSecTransformDefaultGetDataType;
  transform.pushBin = xmlSecTransformDefaultPushBin;
  transform.popBin = xmlSecTransformDefaultPopBin;
  transform.execute = Execute;
  return transform;
}

}  // namespace

absl::Status RegisterPssTransforms() {
  // xmlsec1 keeps the addresses for as long as the process lives.
  static const xmlSecTransformKlass kClasses[] = {
      PssClass<DigestAlgorithm::kSha256>("rsa-pss-sha256",
                                         "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"),
      PssClass<DigestAlgorithm::kSha384>("rsa-pss-sha384",
                                         "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1"),
      PssClass<DigestAlgorithm::kSha512>("rsa-pss-sha512",
                                         "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1"),
  };
  for (const xmlSecTransformKlass& transform : kClasses) {
    if (xmlSecTransformIdsRegister(&transform) < 0) {
      return MakeError(Reason::kInternal, "xmlsec1 does not take a transform");
    }
  }
  return absl::OkStatus();
}

}  // namespace enkrat::xml
