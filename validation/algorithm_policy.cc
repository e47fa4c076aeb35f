#include "validation/algorithm_policy.h"

#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace enkrat::validation {
namespace {

using PssPtr = std::unique_ptr<RSA_PSS_PARAMS, OpenSslDeleter<RSA_PSS_PARAMS_free>>;

absl::Time StartOf(int year, int month, int day) {
  return absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone());
}

const absl::Time kNever = absl::InfinitePast();
const absl::Time kNoEnd = absl::InfiniteFuture();

int NidOf(const X509_ALGOR* algorithm) {
  return algorithm == nullptr ? NID_undef : OBJ_obj2nid(algorithm->algorithm);
}

// RFC 4055 3.1: without a field, SHA-1. NID_undef for parameters that are damaged, or whose mask
// generation is with another digest.
int PssDigest(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* oid = nullptr;
  int type = 0;
  const void* value = nullptr;
  X509_ALGOR_get0(&oid, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE) return NID_undef;
  const PssPtr pss(static_cast<RSA_PSS_PARAMS*>(
      ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), ASN1_ITEM_rptr(RSA_PSS_PARAMS))));
  if (pss == nullptr) {
    DrainOpenSslErrors();
    return NID_undef;
  }
  const int digest = pss->hashAlgorithm == nullptr ? NID_sha1 : NidOf(pss->hashAlgorithm);
  int mask_digest = NID_sha1;
  if (pss->maskGenAlgorithm != nullptr) {
    X509_ALGOR_get0(&oid, &type, &value, pss->maskGenAlgorithm);
    if (OBJ_obj2nid(oid) != NID_mgf1 || type != V_ASN1_SEQUENCE) return NID_undef;
    const X509AlgorPtr mask(static_cast<X509_ALGOR*>(
        ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), ASN1_ITEM_rptr(X509_ALGOR))));
    mask_digest = NidOf(mask.get());
  }
  return digest == mask_digest ? digest : NID_undef;
}

bool HasDigestOfItsOwn(int nid) { return nid == NID_ED25519 || nid == NID_ED448; }

// NID_undef for what is unknown.
int DigestOf(const X509_ALGOR* algorithm) {
  const int nid = NidOf(algorithm);
  if (nid == NID_rsassaPss) return PssDigest(algorithm);
  int digest = NID_undef;
  int key_type = NID_undef;
  if (OBJ_find_sigid_algs(nid, &digest, &key_type) != 1) return NID_undef;
  return digest;
}

// By name: parameters spelt out could be anybody's curve (RFC 5480 2.1.1).
absl::Time CurveAcceptableUntil(const EVP_PKEY* key) {
  int spelt_out = 0;
  char name[64];
  if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &spelt_out) !=
          1 ||
      spelt_out != 0 || EVP_PKEY_get_group_name(key, name, sizeof name, nullptr) != 1) {
    DrainOpenSslErrors();
    return kNever;
  }
  for (const absl::string_view curve : {"prime256v1", "secp384r1", "secp521r1", "brainpoolP256r1",
                                        "brainpoolP384r1", "brainpoolP512r1"}) {
    if (curve == name) return kNoEnd;
  }
  for (const absl::string_view curve : {"secp224r1", "brainpoolP224r1"}) {
    if (curve == name) return StartOf(2021, 10, 1);
  }
  return kNever;
}

}  // namespace

absl::Time DigestAcceptableUntil(int digest_nid) {
  switch (digest_nid) {
    case NID_sha1:
      return StartOf(2012, 8, 1);
    case NID_sha224:
    case NID_sha3_224:
      return StartOf(2029, 1, 1);
    case NID_sha256:
    case NID_sha384:
    case NID_sha512:
    case NID_sha512_256:
    case NID_sha3_256:
    case NID_sha3_384:
    case NID_sha3_512:
      return kNoEnd;
    default:
      return kNever;
  }
}

absl::Time KeyAcceptableUntil(const EVP_PKEY* key) {
  if (key == nullptr) return kNever;
  const int bits = EVP_PKEY_get_bits(key);
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      if (bits < 1900) return kNever;
      return bits < 3000 ? StartOf(2029, 1, 1) : kNoEnd;
    case EVP_PKEY_EC:
      return CurveAcceptableUntil(key);
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448:
      return kNoEnd;
    default:
      return kNever;
  }
}

absl::Time SignatureAlgorithmAcceptableUntil(const X509_ALGOR* algorithm) {
  if (HasDigestOfItsOwn(NidOf(algorithm))) return kNoEnd;
  return DigestAcceptableUntil(DigestOf(algorithm));
}

std::string SignatureAlgorithmText(const X509_ALGOR* algorithm) {
  const int nid = NidOf(algorithm);
  const char* name = nid == NID_undef ? nullptr : OBJ_nid2ln(nid);
  if (name == nullptr) return "an unknown signature algorithm";
  if (nid != NID_rsassaPss) return name;
  const int digest = PssDigest(algorithm);
  return absl::StrCat("RSASSA-PSS with ", digest == NID_undef ? "unknown" : OBJ_nid2ln(digest));
}

std::string KeyText(const EVP_PKEY* key) {
  if (key == nullptr) return "an unreadable key";
  const char* type = EVP_PKEY_get0_type_name(key);
  return absl::StrCat(type == nullptr ? "unknown" : type, " ", EVP_PKEY_get_bits(key));
}

}  // namespace enkrat::validation
