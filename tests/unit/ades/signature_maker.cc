#include "tests/unit/ades/signature_maker.h"

#include "ades/cades_signature.h"
#include "tests/support/openssl_timestamp_authority.h"

namespace enkrat::ades::testing {

Bytes MakeToken(const TestPki& pki, ByteSpan stamped, absl::Time gen_time, const Identity* unit) {
  const Identity& stamping = unit == nullptr ? pki.timestamp_unit : *unit;
  const X509Ptr certificate = stamping.Certificate();
  return enkrat::testing::MakeTimestampToken(
             {.certificate = certificate.get(),
              .key = stamping.key->evp_pkey(),
              .gen_time = gen_time,
              .imprint = ComputeDigest(DigestAlgorithm::kSha256, stamped)})
      .value();
}

Bytes MakeSignature(const TestPki& pki, const SignatureRequest& request) {
  CadesSignature signature =
      CadesSignature::Prepare(
          {.document_digest_algorithm = request.digest,
           .document_digest = ComputeDigest(request.digest, AsSpan(request.document)),
           .signer_certificate_der = pki.signer.certificate_der,
           .signer_key = &pki.signer.key->public_key(),
           .signing_time = request.signing_time})
          .value();
  const Bytes value =
      pki.signer.key->SignDigest(signature.digest_algorithm(), signature.digest_to_sign()).value();
  std::optional<Bytes> token;
  if (request.timestamp_time.has_value()) {
    token = MakeToken(pki, value, *request.timestamp_time, request.timestamp_unit);
  }
  return signature
      .Assemble(value, {pki.issuing_ca.certificate_der, pki.root.certificate_der}, token)
      .value();
}

}  // namespace enkrat::ades::testing
