#include "tests/support/cades_trust_anchors.h"

#include <openssl/x509_vfy.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "ades/certificate_facts.h"
#include "common/der.h"
#include "common/reason.h"
#include "common/time_text.h"

namespace enkrat::testing {
namespace {

using ades::Bad;
using ades::Finding;
using ades::Good;
using ades::IsValidAt;

constexpr size_t kMostRoots = 64;
constexpr int kMostIntermediates = 8;  // in one path
constexpr int kAuthLevel = 2;          // 112 bits: RSA 2048, SHA-224; never SHA-1 or MD5

using X509StackPtr =
    std::unique_ptr<STACK_OF(X509), decltype([](STACK_OF(X509) * stack) { sk_X509_free(stack); })>;

}  // namespace

absl::StatusOr<std::unique_ptr<CadesTrustAnchors>> CadesTrustAnchors::Create(
    const std::vector<Bytes>& roots_der) {
  if (roots_der.empty() || roots_der.size() > kMostRoots) {
    return MakeError(Reason::kConfigurationInvalid, "a verifier needs 1 to 64 trusted roots");
  }
  X509StorePtr store(X509_STORE_new());
  for (const Bytes& root_der : roots_der) {
    const absl::StatusOr<X509Ptr> root = ParseCertificate(root_der);
    if (!root.ok() || X509_STORE_add_cert(store.get(), root->get()) != 1) {
      DrainOpenSslErrors();
      return MakeError(Reason::kConfigurationInvalid, "a trusted root is not a certificate");
    }
  }
  return std::unique_ptr<CadesTrustAnchors>(new CadesTrustAnchors(std::move(store)));
}

Finding CadesTrustAnchors::CheckChain(X509* certificate, const std::vector<X509*>& intermediates,
                                      absl::Time time) const {
  X509StackPtr untrusted(sk_X509_new_null());
  for (X509* intermediate : intermediates) sk_X509_push(untrusted.get(), intermediate);
  X509StoreCtxPtr context(X509_STORE_CTX_new());
  if (context == nullptr ||
      X509_STORE_CTX_init(context.get(), store_.get(), certificate, untrusted.get()) != 1) {
    DrainOpenSslErrors();
    return Bad("The certificate's chain could not be looked at.");
  }
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, absl::ToTimeT(time));
  X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_ANY);
  X509_VERIFY_PARAM_set_depth(parameters, kMostIntermediates);
  X509_VERIFY_PARAM_set_auth_level(parameters, kAuthLevel);
  const bool good = X509_verify_cert(context.get()) == 1;
  DrainOpenSslErrors();
  if (!good) {
    const int error = X509_STORE_CTX_get_error(context.get());
    return Bad(absl::StrCat("There is no good chain to a trusted root at ", TimeTextOfSecond(time),
                            ": ", X509_verify_cert_error_string(error), "."));
  }
  if (!IsValidAt(certificate, time)) {
    return Bad(absl::StrCat("The certificate is not valid at ", TimeTextOfSecond(time), "."));
  }
  return Good(absl::StrCat("The chain leads to a trusted root and is good at ",
                           TimeTextOfSecond(time), "; the status of its CAs was not looked up."));
}

}  // namespace enkrat::testing
