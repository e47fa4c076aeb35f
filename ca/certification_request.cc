#include "ca/certification_request.h"

#include <openssl/pem.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "ca/authority_certificate.h"
#include "ca/authority_extensions.h"
#include "ca/authority_name.h"
#include "common/der.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ca {
namespace {

struct ExtensionsDeleter {
  void operator()(STACK_OF(X509_EXTENSION) * extensions) const {
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  }
};
using ExtensionsPtr = std::unique_ptr<STACK_OF(X509_EXTENSION), ExtensionsDeleter>;

// What the issuing CA asks to be: a CA with none below it.
absl::Status AddWishes(X509_REQ* request) {
  const ExtensionsPtr wishes(sk_X509_EXTENSION_new_null());
  ENKRAT_ASSIGN_OR_RETURN(X509ExtensionPtr constraints,
                          MakeExtension(NID_basic_constraints, "critical,CA:TRUE,pathlen:0"));
  ENKRAT_ASSIGN_OR_RETURN(X509ExtensionPtr usage,
                          MakeExtension(NID_key_usage, "critical,keyCertSign,cRLSign"));
  sk_X509_EXTENSION_push(wishes.get(), constraints.release());
  sk_X509_EXTENSION_push(wishes.get(), usage.release());
  if (X509_REQ_add_extensions(request, wishes.get()) != 1) {
    return OpenSslError(Reason::kInternal, "cannot add extensions to a certification request");
  }
  return absl::OkStatus();
}

constexpr size_t kMaxRequestSize = 65536;

absl::Status Malformed(absl::string_view what) {
  return OpenSslError(Reason::kRequestMalformed, what);
}

// The DER of exactly one PEM block.
absl::StatusOr<Bytes> FromPem(ByteSpan pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const X509ReqPtr request(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
  if (request == nullptr) return Malformed("not a certification request in PEM");
  if (const X509ReqPtr second(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
      second != nullptr) {
    return MakeError(Reason::kRequestMalformed, "more than one certification request");
  }
  DrainOpenSslErrors();
  return EncodeDer<i2d_X509_REQ>(request.get());
}

// RSASSA-PSS names its digest in its parameters; OpenSSL holds those against the key's own rules.
bool IsOverSha2(const X509_REQ* request) {
  const int algorithm = X509_REQ_get_signature_nid(request);
  if (algorithm == NID_rsassaPss) return true;
  int digest = NID_undef;
  if (OBJ_find_sigid_algs(algorithm, &digest, nullptr) != 1) return false;
  return digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512;
}

}  // namespace

absl::StatusOr<PublicKey> KeyOfCertificationRequest(ByteSpan request) {
  if (request.size() > kMaxRequestSize) return Malformed("a certification request is too long");
  Bytes der = ToBytes(request);
  if (absl::StrContains(ToString(request), "-----BEGIN")) {
    ENKRAT_ASSIGN_OR_RETURN(der, FromPem(request));
  }
  ENKRAT_ASSIGN_OR_RETURN(const X509ReqPtr parsed, (DecodeDer<X509ReqPtr, d2i_X509_REQ>(der)));
  if (X509_REQ_get_version(parsed.get()) != X509_REQ_VERSION_1) {
    return Malformed("a certification request that is not of version 1");
  }
  EVP_PKEY* const pkey = X509_REQ_get0_pubkey(parsed.get());
  if (pkey == nullptr) return Malformed("a certification request without a key that can be read");
  ENKRAT_ASSIGN_OR_RETURN(const Bytes spki, EncodeDer<i2d_PUBKEY>(pkey));
  absl::StatusOr<PublicKey> key = PublicKey::FromSpki(spki);
  if (!key.ok()) return Malformed("a certification request for a key that is not allowed");
  if (!IsOverSha2(parsed.get()) || X509_REQ_verify(parsed.get(), pkey) != 1) {
    return Malformed("the signature of a certification request does not verify");
  }
  return key;
}

absl::StatusOr<Bytes> MakeCertificationRequest(const AuthorityName& subject, SigningKey& key,
                                               const SigningProvider& provider) {
  ENKRAT_RETURN_IF_ERROR(CheckAuthorityName(subject));
  ENKRAT_ASSIGN_OR_RETURN(const X509NamePtr name, MakeX509Name(subject));
  const X509ReqPtr request(X509_REQ_new_ex(provider.context(), nullptr));
  if (request == nullptr || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
      X509_REQ_set_subject_name(request.get(), name.get()) != 1 ||
      X509_REQ_set_pubkey(request.get(), key.public_key().evp_pkey()) != 1) {
    return OpenSslError(Reason::kInternal, "cannot build a certification request");
  }
  ENKRAT_RETURN_IF_ERROR(AddWishes(request.get()));
  ENKRAT_ASSIGN_OR_RETURN(const BoundPkey pkey, BoundPkey::Bind(provider, key));
  const EVP_MD* digest = DigestMethod(DefaultDigest(key.public_key().algorithm()));
  if (X509_REQ_sign(request.get(), pkey.get(), digest) <= 0) {
    return pkey.Failure("cannot sign a certification request");
  }
  if (X509_REQ_verify(request.get(), key.public_key().evp_pkey()) != 1) {
    return OpenSslError(Reason::kSignatureSelfCheckFailed,
                        "the new certification request does not verify");
  }
  return EncodeDer<i2d_X509_REQ>(request.get());
}

}  // namespace enkrat::ca
