#include "tsa/token_verifier.h"

#include <openssl/cms.h>
#include <openssl/x509v3.h>

#include <optional>

#include "common/der.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "common/digest.h"
#include "common/status_macros.h"
#include "tsa/certificate_rules.h"

namespace enkrat::tsa {
namespace {

constexpr size_t kLeastEssHashSize = 32;  // octets
constexpr size_t kMostIssuers = 16;
constexpr int kLeastSecurityLevel = 2;  // OpenSSL's word for 112 bits
constexpr int kTimestampingPurpose = X509_PURPOSE_TIMESTAMP_SIGN;

absl::Status Rejected(absl::string_view why) { return MakeError(Reason::kRequestMalformed, why); }

CMS_SignerInfo* SignerOf(CMS_ContentInfo* cms) {
  return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
}

absl::Status CheckDigest(CMS_SignerInfo* signer) {
  X509_ALGOR* digest = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, nullptr);
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, digest);
  if (!DigestFromNid(OBJ_obj2nid(algorithm))) return Rejected("the token's digest is too weak");
  return absl::OkStatus();
}

// The first ESSCertIDv2's hash, if there is exactly one attribute with one value (RFC 5035 3):
// SHA-1 must not come back in through the hashAlgorithm field. What it is the hash of, CMS_verify
// checks.
absl::Status CheckEssHash(CMS_SignerInfo* signer) {
  constexpr int kNid = NID_id_smime_aa_signingCertificateV2;
  const int index = CMS_signed_get_attr_by_NID(signer, kNid, -1);
  if (index < 0) return Rejected("the token has no SigningCertificateV2");
  if (CMS_signed_get_attr_by_NID(signer, kNid, index) >= 0) {
    return Rejected("the token has two SigningCertificateV2");
  }
  X509_ATTRIBUTE* attribute = CMS_signed_get_attr(signer, index);
  ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(attribute, 0);
  if (X509_ATTRIBUTE_count(attribute) != 1 || value == nullptr || value->type != V_ASN1_SEQUENCE) {
    return Rejected("the token's SigningCertificateV2 is malformed");
  }
  const ASN1_STRING* sequence = value->value.sequence;
  const ByteSpan der(ASN1_STRING_get0_data(sequence),
                     static_cast<size_t>(ASN1_STRING_length(sequence)));
  DerReader fields(OnlyElement(der, der_tag::kSequence).value_or(ByteSpan()));
  const std::optional<DerElement> ids = fields.Take(der_tag::kSequence);
  DerReader list(ids ? ids->content : ByteSpan());
  const std::optional<DerElement> first = list.Take(der_tag::kSequence);
  DerReader id(first ? first->content : ByteSpan());
  if (id.NextIs(der_tag::kSequence)) id.Take(der_tag::kSequence);  // hashAlgorithm
  const std::optional<DerElement> hash = id.Take(der_tag::kOctetString);
  if (!hash || hash->content.size() < kLeastEssHashSize) {
    return Rejected("the token's SigningCertificateV2 has a weak hash");
  }
  return absl::OkStatus();
}

// As if the token had brought them along: OpenSSL 3.0 looks nowhere else for them.
absl::Status AddIssuers(const std::vector<Bytes>& issuers_der, CMS_ContentInfo* cms) {
  for (size_t i = 0; i < issuers_der.size() && i < kMostIssuers; ++i) {
    ENKRAT_ASSIGN_OR_RETURN(const X509Ptr issuer, ParseCertificate(issuers_der[i]));
    // Refuses one that is there already, which is just as well.
    if (CMS_add1_cert(cms, issuer.get()) != 1) DrainOpenSslErrors();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenVerifier>> TokenVerifier::Create(
    const std::vector<Bytes>& trusted_roots_der) {
  if (trusted_roots_der.empty()) {
    return MakeError(Reason::kConfigurationInvalid, "no trusted root for timestamps");
  }
  std::vector<X509Ptr> roots;
  for (const Bytes& root_der : trusted_roots_der) {
    absl::StatusOr<X509Ptr> root = ParseCertificate(root_der);
    if (!root.ok()) {
      return MakeError(Reason::kConfigurationInvalid, "a trusted root is not a certificate");
    }
    roots.push_back(*std::move(root));
  }
  return std::unique_ptr<TokenVerifier>(new TokenVerifier(std::move(roots)));
}

// CMS_verify takes the time from the store alone, so every verification gets its own.
absl::StatusOr<X509StorePtr> TokenVerifier::StoreAt(absl::Time time) const {
  X509StorePtr store(X509_STORE_new());
  if (store == nullptr) return OpenSslError(Reason::kInternal, "cannot make a trust store");
  for (const X509Ptr& root : roots_) {
    if (X509_STORE_add_cert(store.get(), root.get()) != 1) {
      return OpenSslError(Reason::kInternal, "cannot use a trusted root");
    }
  }
  X509_VERIFY_PARAM* param = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_time(param, absl::ToTimeT(time));
  X509_VERIFY_PARAM_set_purpose(param, kTimestampingPurpose);
  X509_VERIFY_PARAM_set_auth_level(param, kLeastSecurityLevel);
  return store;
}

absl::StatusOr<Token> TokenVerifier::Verify(ByteSpan token_der,
                                            const std::vector<Bytes>& issuers_der) const {
  ENKRAT_ASSIGN_OR_RETURN(OpenedToken opened, OpenToken(token_der));
  if (opened.token.signer_certificate_der.empty()) {
    return Rejected("the signer's certificate is not in the token");
  }
  CMS_SignerInfo* signer = SignerOf(opened.cms.get());
  ENKRAT_RETURN_IF_ERROR(CheckDigest(signer));
  ENKRAT_RETURN_IF_ERROR(CheckEssHash(signer));
  ENKRAT_ASSIGN_OR_RETURN(const X509Ptr certificate,
                          ParseCertificate(opened.token.signer_certificate_der));
  ENKRAT_RETURN_IF_ERROR(CheckUnitCertificate(certificate.get(), Reason::kRequestMalformed));
  ENKRAT_RETURN_IF_ERROR(AddIssuers(issuers_der, opened.cms.get()));
  ENKRAT_ASSIGN_OR_RETURN(const X509StorePtr store, StoreAt(opened.token.gen_time));
  // CMS_CADES makes it compare SigningCertificateV2 with the path that it found.
  if (CMS_verify(opened.cms.get(), nullptr, store.get(), nullptr, nullptr,
                 CMS_BINARY | CMS_CADES) != 1) {
    return OpenSslError(Reason::kRequestMalformed, "the token's signature does not hold");
  }
  return std::move(opened.token);
}

}  // namespace enkrat::tsa
