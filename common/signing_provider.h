// Lets OpenSSL's structure builders (X509_sign, CMS, TS, OCSP) sign with a SigningKey.
//
// A small OpenSSL provider in a library context of its own, so that nothing else of OpenSSL is ever
// routed to it (docs/adr says why a provider and not an ENGINE). An EVP_PKEY
// made here only signs; it never holds a private key.
#ifndef ENKRAT_COMMON_SIGNING_PROVIDER_H_
#define ENKRAT_COMMON_SIGNING_PROVIDER_H_

#include <openssl/evp.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/openssl_ptr.h"
#include "common/signing_key.h"

namespace enkrat {

namespace internal_signing {
struct Slot;
}  // namespace internal_signing

// Owns the library context. One a process, made in main, outlives every BoundPkey. Thread-safe.
class SigningProvider {
 public:
  static absl::StatusOr<std::unique_ptr<SigningProvider>> Create();
  ~SigningProvider();

  SigningProvider(const SigningProvider&) = delete;
  SigningProvider& operator=(const SigningProvider&) = delete;

  // The context to hand to X509_new_ex, CMS_ContentInfo_new_ex and the like. Digests work in it
  // too.
  OSSL_LIB_CTX* context() const { return context_; }

 private:
  explicit SigningProvider(OSSL_LIB_CTX* context) : context_(context) {}

  OSSL_LIB_CTX* context_;
};

// An EVP_PKEY that signs with `key`. Not thread-safe; must not outlive the key or the provider.
class BoundPkey {
 public:
  static absl::StatusOr<BoundPkey> Bind(const SigningProvider& provider, SigningKey& key);

  BoundPkey(BoundPkey&&) noexcept;
  BoundPkey& operator=(BoundPkey&&) noexcept;
  ~BoundPkey();

  EVP_PKEY* get() const { return pkey_.get(); }

  // What to return after an OpenSSL call that signs has failed: the key's own error if it made one
  // (an HSM that went away keeps its reason), else OpenSSL's queue as kInternal.
  absl::Status Failure(absl::string_view attempted) const;

 private:
  BoundPkey(std::unique_ptr<internal_signing::Slot> slot, EvpPkeyPtr pkey);

  std::unique_ptr<internal_signing::Slot> slot_;  // declared first: the EVP_PKEY points into it
  EvpPkeyPtr pkey_;
};

}  // namespace enkrat

#endif  // ENKRAT_COMMON_SIGNING_PROVIDER_H_
