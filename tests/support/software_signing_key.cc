#include "tests/support/software_signing_key.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <utility>

#include "common/der.h"

namespace enkrat::testing {
namespace {

EvpPkeyPtr GenerateKey(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::kEcdsaP256:
      return EvpPkeyPtr(EVP_EC_gen("P-256"));
    case KeyAlgorithm::kEcdsaP384:
      return EvpPkeyPtr(EVP_EC_gen("P-384"));
    case KeyAlgorithm::kRsaPss3072:
      return EvpPkeyPtr(EVP_RSA_gen(3072));
    case KeyAlgorithm::kRsaPss4096:
      return EvpPkeyPtr(EVP_RSA_gen(4096));
  }
  std::abort();
}

PublicKey PublicKeyOf(EVP_PKEY* pkey) {
  return PublicKey::FromSpki(EncodeDer<i2d_PUBKEY>(pkey).value()).value();
}

}  // namespace

std::unique_ptr<SoftwareSigningKey> SoftwareSigningKey::Generate(KeyAlgorithm algorithm) {
  EvpPkeyPtr pkey = GenerateKey(algorithm);
  PublicKey public_key = PublicKeyOf(pkey.get());
  return std::unique_ptr<SoftwareSigningKey>(
      new SoftwareSigningKey(std::move(pkey), std::move(public_key)));
}

std::unique_ptr<SoftwareSigningKey> SoftwareSigningKey::FromPem(const std::string& pem) {
  BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EvpPkeyPtr pkey(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (pkey == nullptr) std::abort();
  PublicKey public_key = PublicKeyOf(pkey.get());
  return std::unique_ptr<SoftwareSigningKey>(
      new SoftwareSigningKey(std::move(pkey), std::move(public_key)));
}

absl::StatusOr<Bytes> SoftwareSigningKey::SignDigest(DigestAlgorithm algorithm, ByteSpan digest) {
  if (!failure_.ok()) return failure_;
  EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(pkey_.get(), nullptr));
  if (EVP_PKEY_sign_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_signature_md(context.get(), DigestMethod(algorithm)) != 1) {
    return OpenSslError(Reason::kInternal, "cannot start a signature");
  }
  if (!IsEcdsa(public_key_.algorithm())) {
    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST);
  }
  Bytes signature(static_cast<size_t>(EVP_PKEY_get_size(pkey_.get())));
  size_t size = signature.size();
  if (EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) != 1) {
    return OpenSslError(Reason::kInternal, "cannot sign");
  }
  signature.resize(size);
  ++signatures_;
  return signature;
}

}  // namespace enkrat::testing
