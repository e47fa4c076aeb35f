#include "ades/signer_checks.h"

#include <openssl/rsa.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "common/der_writer.h"

namespace enkrat::ades {
namespace {

constexpr size_t kMostAttributes = 64;  // of one signer

// The value of the attribute, if it occurs once with one value of that type; null otherwise.
const void* OnlyValue(CMS_SignerInfo* signer, int attribute_nid, int value_type) {
  const int at = CMS_signed_get_attr_by_NID(signer, attribute_nid, -1);
  if (at < 0 || CMS_signed_get_attr_by_NID(signer, attribute_nid, at) >= 0) return nullptr;
  X509_ATTRIBUTE* attribute = CMS_signed_get_attr(signer, at);
  if (X509_ATTRIBUTE_count(attribute) != 1) return nullptr;
  const void* value = X509_ATTRIBUTE_get0_data(attribute, 0, value_type, nullptr);
  DrainOpenSslErrors();
  return value;
}

int NidOf(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(oid);
}

// RSASSA-PSS parameters with this digest everywhere (RFC 4055 3.1). Absent fields mean SHA-1.
bool IsPssWith(const X509_ALGOR* algorithm, int digest_nid) {
  using PssPtr = std::unique_ptr<RSA_PSS_PARAMS, OpenSslDeleter<RSA_PSS_PARAMS_free>>;
  const void* packed = nullptr;
  int type = V_ASN1_UNDEF;
  X509_ALGOR_get0(nullptr, &type, &packed, algorithm);
  if (type != V_ASN1_SEQUENCE) return false;
  PssPtr parameters(static_cast<RSA_PSS_PARAMS*>(
      ASN1_item_unpack(static_cast<const ASN1_STRING*>(packed), ASN1_ITEM_rptr(RSA_PSS_PARAMS))));
  if (parameters == nullptr || parameters->hashAlgorithm == nullptr ||
      parameters->maskGenAlgorithm == nullptr || NidOf(parameters->hashAlgorithm) != digest_nid ||
      NidOf(parameters->maskGenAlgorithm) != NID_mgf1) {
    return false;
  }
  X509_ALGOR_get0(nullptr, &type, &packed, parameters->maskGenAlgorithm);
  if (type != V_ASN1_SEQUENCE) return false;
  X509AlgorPtr mask_digest(static_cast<X509_ALGOR*>(
      ASN1_item_unpack(static_cast<const ASN1_STRING*>(packed), ASN1_ITEM_rptr(X509_ALGOR))));
  return mask_digest != nullptr && NidOf(mask_digest.get()) == digest_nid;
}

// Whether the signatureAlgorithm is one for this key over this digest. OpenSSL looks at neither for
// ECDSA.
bool AlgorithmFits(const X509_ALGOR* algorithm, EVP_PKEY* key, DigestAlgorithm digest) {
  const int digest_nid = DigestNid(digest);
  const int nid = NidOf(algorithm);
  if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS")) {
    if (nid == NID_rsassaPss) return IsPssWith(algorithm, digest_nid);
    if (nid == NID_rsaEncryption) return EVP_PKEY_is_a(key, "RSA");
  }
  if (EVP_PKEY_is_a(key, "ED25519")) {  // RFC 8419 3.1: SHA-512 for the attributes' digest
    return nid == NID_ED25519 && digest == DigestAlgorithm::kSha512;
  }
  int named_digest = NID_undef;
  int named_key = NID_undef;
  if (OBJ_find_sigid_algs(nid, &named_digest, &named_key) != 1 || named_digest != digest_nid) {
    return false;
  }
  return (named_key == NID_X9_62_id_ecPublicKey && EVP_PKEY_is_a(key, "EC")) ||
         (named_key == NID_rsaEncryption && EVP_PKEY_is_a(key, "RSA"));
}

// DER of the attributes, with the explicit SET OF tag that is signed (RFC 5652 5.4).
Bytes SignedAttributesDer(CMS_SignerInfo* signer) {
  std::vector<Bytes> attributes;
  const int count = CMS_signed_get_attr_count(signer);
  for (int i = 0; i < count; ++i) {
    attributes.push_back(
        EncodeDer<i2d_X509_ATTRIBUTE>(CMS_signed_get_attr(signer, i)).value_or(Bytes{}));
  }
  return DerSetOf(der_tag::kSet, std::move(attributes));
}

// What OpenSSL 3.0's CMS cannot: the algorithm digests for itself (RFC 8032).
bool VerifiesWithEd25519(const SignedMessage& message, EVP_PKEY* key) {
  const Bytes signed_octets = SignedAttributesDer(message.signer());
  const ByteSpan value = message.signature_value();
  EvpMdCtxPtr context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), value.data(), value.size(), signed_octets.data(),
                          signed_octets.size()) == 1;
}

}  // namespace

Finding CheckSingleSigner(const SignedMessage& message) {
  if (message.signer_count() == 1) return Good("There is one signer.");
  return Bad(absl::StrCat("There are ", message.signer_count(),
                          " signers; the verdict is about one only."));
}

Finding CheckContentType(const SignedMessage& message, int content_type_nid) {
  const auto* attribute = static_cast<const ASN1_OBJECT*>(
      OnlyValue(message.signer(), NID_pkcs9_contentType, V_ASN1_OBJECT));
  if (attribute == nullptr) return Bad("There is not one content-type attribute.");
  if (message.content_type_nid() != content_type_nid ||
      OBJ_obj2nid(attribute) != content_type_nid) {
    return Bad("The signed content is of another type.");
  }
  return Good(absl::StrCat("The signed content is ", OBJ_nid2sn(content_type_nid), "."));
}

Finding CheckAttributesOccurOnce(const SignedMessage& message) {
  std::vector<const ASN1_OBJECT*> seen;
  const int count = CMS_signed_get_attr_count(message.signer());
  for (int i = 0; i < count; ++i) {
    const ASN1_OBJECT* type = X509_ATTRIBUTE_get0_object(CMS_signed_get_attr(message.signer(), i));
    for (const ASN1_OBJECT* earlier : seen) {
      if (OBJ_cmp(earlier, type) != 0) continue;
      return Bad(absl::StrCat("There are two attributes ", OBJ_nid2sn(OBJ_obj2nid(type)), "."));
    }
    seen.push_back(type);
    if (seen.size() > kMostAttributes) return Bad("There are too many signed attributes.");
  }
  return Good("No signed attribute occurs twice.");
}

Finding CheckSignedAttributes(const SignedMessage& message) {
  if (Finding once = CheckAttributesOccurOnce(message); !once.passed) return once;
  for (int nid : {NID_pkcs9_contentType, NID_pkcs9_messageDigest, NID_pkcs9_signingTime}) {
    const int at = CMS_signed_get_attr_by_NID(message.signer(), nid, -1);
    if (at < 0) return Bad(absl::StrCat("There is no attribute ", OBJ_nid2sn(nid), "."));
    if (X509_ATTRIBUTE_count(CMS_signed_get_attr(message.signer(), at)) != 1) {
      return Bad(absl::StrCat("The attribute ", OBJ_nid2sn(nid), " has not one value."));
    }
  }
  return Good("The signed attributes of the baseline are there, each once.");
}

Finding CheckMessageDigest(const SignedMessage& message, ByteSpan digest) {
  const auto* attribute = static_cast<const ASN1_OCTET_STRING*>(
      OnlyValue(message.signer(), NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING));
  if (attribute == nullptr) return Bad("There is not one message-digest attribute.");
  if (ByteSpan(ASN1_STRING_get0_data(attribute),
               static_cast<size_t>(ASN1_STRING_length(attribute))) != digest) {
    return Bad("The content is not what was signed: its digest is another.");
  }
  return Good("The content is what was signed: its digest is the same.");
}

Finding CheckSignatureAlgorithm(const SignedMessage& message, int least_security_bits) {
  const std::optional<DigestAlgorithm> digest = message.digest_algorithm();
  if (!digest.has_value()) return Bad("The digest algorithm is weak or unknown.");
  if (message.signer_certificate() == nullptr) return Bad("There is no certificate of the signer.");
  EVP_PKEY* key = X509_get0_pubkey(message.signer_certificate());
  if (key == nullptr || EVP_PKEY_get_security_bits(key) < least_security_bits) {
    DrainOpenSslErrors();
    return Bad("The signer's key is weak or of an unknown kind.");
  }
  X509_ALGOR* algorithm = nullptr;
  CMS_SignerInfo_get0_algs(message.signer(), nullptr, nullptr, nullptr, &algorithm);
  const bool fits = AlgorithmFits(algorithm, key, *digest);
  DrainOpenSslErrors();
  if (!fits) return Bad("The signature algorithm does not fit the key and the digest algorithm.");
  return Good(absl::StrCat("The signature is by ", EVP_PKEY_get0_type_name(key), " with ",
                           EVP_PKEY_get_bits(key), " bits over ", DigestName(*digest), "."));
}

Finding CheckSignatureValue(const SignedMessage& message) {
  if (message.signer_certificate() == nullptr) return Bad("There is no certificate of the signer.");
  if (CMS_signed_get_attr_count(message.signer()) <= 0) {
    return Bad("The signature is not made over signed attributes.");
  }
  EVP_PKEY* key = X509_get0_pubkey(message.signer_certificate());
  bool good = false;
  if (key != nullptr && EVP_PKEY_is_a(key, "ED25519")) {
    good = VerifiesWithEd25519(message, key);
  } else {
    CMS_SignerInfo_set1_signer_cert(message.signer(), message.signer_certificate());
    good = CMS_SignerInfo_verify(message.signer()) == 1;
  }
  DrainOpenSslErrors();
  return good ? Good("The signature was made with the key of the signer's certificate.")
              : Bad("The signature was not made with the key of the signer's certificate.");
}

}  // namespace enkrat::ades
