// PKCS#10: asks an outside CA to certify the issuing CA (declared in ca/authority_certificate.h).
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

}  // namespace

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
