#include "xml/signature.h"

#include <libxml/tree.h>
#include <libxml/valid.h>
// errors.h needs what xmlsec.h defines, and does not include it.
// clang-format off
#include <xmlsec/xmlsec.h>
#include <xmlsec/errors.h>
// clang-format on
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>

#include <memory>
#include <string>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "xml/pss_transform.h"
#include "xml/signature_form.h"

namespace enkrat::xml {
namespace {

struct FreeContext {
  void operator()(xmlSecDSigCtx* context) const { xmlSecDSigCtxDestroy(context); }
};
using ContextPtr = std::unique_ptr<xmlSecDSigCtx, FreeContext>;

absl::Status Refuse(absl::string_view why) { return MakeError(Reason::kRequestMalformed, why); }
absl::Status Broken(absl::string_view what) { return MakeError(Reason::kInternal, what); }

absl::Status InitialiseXmlsec() {
  if (xmlSecInit() < 0) return Broken("xmlsec1 cannot be initialised");
  if (xmlSecCheckVersion() != 1) return Broken("xmlsec1 is of another version");
  if (xmlSecOpenSSLInit() < 0) return Broken("xmlsec1 cannot use OpenSSL");
  // Its messages may hold pieces of documents, and would go to standard error.
  xmlSecErrorsSetCallback(nullptr);
  return RegisterPssTransforms();
}

// Once a process; never undone, for nobody knows who else uses it.
absl::Status RequireXmlsec() {
  static const absl::Status kStatus = InitialiseXmlsec();
  return kStatus;
}

xmlSecTransformId TransformOf(absl::string_view uri) {
  return xmlSecTransformIdListFindByHref(xmlSecTransformIdsGet(),
                                         reinterpret_cast<const xmlChar*>(std::string(uri).c_str()),
                                         xmlSecTransformUsageAny);
}

// Lets the element be found by its ID: nothing is an ID in XML without a DTD but what we say.
absl::Status RegisterId(Element element, const std::string& attribute_name) {
  xmlNode* const node = element.node();
  xmlAttr* const attribute =
      xmlHasNsProp(node, reinterpret_cast<const xmlChar*>(attribute_name.c_str()), nullptr);
  const std::string id = element.Attribute(attribute_name.c_str()).value_or("");
  const auto* const name = reinterpret_cast<const xmlChar*>(id.c_str());
  const xmlAttr* const known = xmlGetID(node->doc, name);
  if (attribute == nullptr || (known != nullptr && known != attribute)) {
    return Refuse("signature: two elements have one ID");
  }
  if (known == nullptr && xmlAddID(nullptr, node->doc, name, attribute) == nullptr) {
    return Broken("an ID cannot be registered");
  }
  return absl::OkStatus();
}

absl::Status AdoptKey(const SignatureKey& key, xmlSecDSigCtx* context) {
  if (EVP_PKEY_up_ref(key.pkey()) != 1) return Broken("EVP_PKEY_up_ref");
  EvpPkeyPtr pkey(key.pkey());
  xmlSecKeyDataPtr value = xmlSecOpenSSLEvpKeyAdopt(pkey.get());
  if (value == nullptr) return Broken("xmlsec1 does not take a key");
  pkey.release();  // the value owns it now
  context->signKey = xmlSecKeyCreate();
  if (context->signKey == nullptr || xmlSecKeySetValue(context->signKey, value) < 0) {
    xmlSecKeyDataDestroy(value);
    return Broken("xmlsec1 does not take a key");
  }
  return absl::OkStatus();
}

// A context that knows one key and no other way to get one, and only what the form allows.
absl::StatusOr<ContextPtr> MakeContext(const SignatureForm& form, const SignatureKey& key) {
  ContextPtr context(xmlSecDSigCtxCreate(nullptr));
  if (context == nullptr) return Broken("xmlSecDSigCtxCreate");
  context->flags =
      XMLSEC_DSIG_FLAGS_IGNORE_MANIFESTS | XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES;
  context->enabledReferenceUris =
      form.by_id ? xmlSecTransformUriTypeSameDocument : xmlSecTransformUriTypeEmpty;
  if (!form.own_parts.empty()) context->enabledReferenceUris |= xmlSecTransformUriTypeSameDocument;
  // Canonical XML 1.0 is enabled for all, since a reference without transforms means it: the form
  // says who may use it.
  for (const xmlSecTransformId id :
       {xmlSecTransformEnvelopedId, xmlSecTransformExclC14NId, xmlSecTransformInclC14NId,
        xmlSecOpenSSLTransformSha256Id, xmlSecOpenSSLTransformSha384Id,
        xmlSecOpenSSLTransformSha512Id}) {
    if (xmlSecDSigCtxEnableReferenceTransform(context.get(), id) < 0) return Broken("transforms");
  }
  for (const xmlSecTransformId id :
       {xmlSecTransformExclC14NId, xmlSecTransformInclC14NId, TransformOf(form.method->uri)}) {
    if (xmlSecDSigCtxEnableSignatureTransform(context.get(), id) < 0) return Broken("transforms");
  }
  ENKRAT_RETURN_IF_ERROR(AdoptKey(key, context.get()));
  return context;
}

absl::StatusOr<Bytes> OctetsOf(const xmlSecDSigReferenceCtx& reference) {
  const xmlSecBufferPtr buffer =
      xmlSecDSigReferenceCtxGetPreDigestBuffer(const_cast<xmlSecDSigReferenceCtx*>(&reference));
  if (buffer == nullptr || xmlSecBufferGetSize(buffer) == 0) return Broken("no signed octets");
  return ToBytes(ByteSpan(xmlSecBufferGetData(buffer), xmlSecBufferGetSize(buffer)));
}

const xmlSecDSigReferenceCtx* ReferenceAt(xmlSecPtrListPtr references, xmlSecSize place) {
  return static_cast<const xmlSecDSigReferenceCtx*>(xmlSecPtrListGetItem(references, place));
}

// As VerifyEnvelopedSignature, with one key.
absl::StatusOr<std::optional<Bytes>> VerifyWith(const SignatureForm& form,
                                                const SignatureKey& key) {
  ENKRAT_ASSIGN_OR_RETURN(const ContextPtr context, MakeContext(form, key));
  const int outcome = xmlSecDSigCtxVerify(context.get(), form.signature.node());
  DrainOpenSslErrors();
  const xmlSecPtrListPtr references = &context->signedInfoReferences;
  if (xmlSecPtrListGetSize(references) != 1 + form.own_parts.size()) {
    return Refuse("signature: cannot be processed");
  }
  for (xmlSecSize i = 0; i < xmlSecPtrListGetSize(references); ++i) {
    if (ReferenceAt(references, i)->status != xmlSecDSigStatusSucceeded) {
      return Refuse("signature: what it signs has been altered");
    }
  }
  // A value of the wrong length for the key is an error to xmlsec1; to us another key's.
  if (outcome != 0 || context->status != xmlSecDSigStatusSucceeded) return std::nullopt;
  ENKRAT_ASSIGN_OR_RETURN(
      Bytes octets,
      OctetsOf(*ReferenceAt(references, static_cast<xmlSecSize>(form.main_reference))));
  return octets;
}

}  // namespace

absl::StatusOr<std::optional<SignedOctets>> VerifyEnvelopedSignature(
    Element element, const std::vector<SignatureKey>& keys, const SignatureRules& rules) {
  ENKRAT_RETURN_IF_ERROR(RequireXmlsec());
  ENKRAT_ASSIGN_OR_RETURN(const SignatureForm form, CheckSignatureForm(element, rules));
  if (TransformOf(form.method->uri) == xmlSecTransformIdUnknown) {
    return Broken("xmlsec1 does not know a signature method");
  }
  const QuietParser quiet;
  if (form.by_id) ENKRAT_RETURN_IF_ERROR(RegisterId(element, rules.id_attribute));
  for (const Element part : form.own_parts) ENKRAT_RETURN_IF_ERROR(RegisterId(part, "Id"));
  for (size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].is_rsa() != form.method->rsa) continue;
    ENKRAT_ASSIGN_OR_RETURN(std::optional<Bytes> octets, VerifyWith(form, keys[i]));
    if (octets.has_value()) return SignedOctets{*std::move(octets), i};
  }
  return std::nullopt;
}

}  // namespace enkrat::xml
