#include "tests/unit/ades/signature_maker.h"

#include "ades/cades_signature.h"
#include "ades/certificate_fields.h"
#include "ades/signed_attributes.h"
#include "common/der_reader.h"
#include "common/der_writer.h"
#include "tests/support/openssl_timestamp_authority.h"

namespace enkrat::ades::testing {

Bytes MakeToken(const TestPki& pki, ByteSpan stamped, absl::Time gen_time) {
  const X509Ptr certificate = pki.timestamp_unit.Certificate();
  return enkrat::testing::MakeTimestampToken(
             {.certificate = certificate.get(),
              .key = pki.timestamp_unit.key->evp_pkey(),
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
  if (request.token_of != nullptr) {
    token = request.token_of(value);
  } else if (request.timestamp_time.has_value()) {
    token = MakeToken(pki, value, *request.timestamp_time);
  }
  return signature
      .Assemble(value, {pki.issuing_ca.certificate_der, pki.root.certificate_der}, token)
      .value();
}

Bytes AttributeOf(const char* oid_der_hex, const std::vector<Bytes>& values) {
  return DerOf(der_tag::kSequence, {*FromHex(oid_der_hex), DerSetOf(der_tag::kSet, values)});
}

std::vector<Bytes> GoodAttributes(const TestPki& pki) {
  const Bytes set = LaySignedAttributes({.document_digest = Sha256(AsSpan(kDocument)),
                                         .signer_certificate_der = pki.signer.certificate_der,
                                         .signing_time = TestNow()})
                        .value();
  std::vector<Bytes> attributes;
  for (DerReader cursor(DerReader(set).TakeAny()->content); !cursor.AtEnd();) {
    attributes.push_back(ToBytes(cursor.TakeAny()->whole));
  }
  return attributes;
}

Bytes MakeSignatureOver(const TestPki& pki, const std::vector<Bytes>& attributes) {
  const Bytes version = {der_tag::kInteger, 1, 1};
  const CertificateFields fields = ReadCertificateFields(pki.signer.certificate_der).value();
  const Bytes sha256 = DerOf(der_tag::kSequence, {*FromHex("0609608648016503040201")});
  const Bytes data = *FromHex("300b06092a864886f70d010701");
  Bytes set = DerSetOf(der_tag::kSet, attributes);
  const Bytes value = pki.signer.key->SignDigest(DigestAlgorithm::kSha256, Sha256(set)).value();
  set[0] = der_tag::Constructed(0);
  const Bytes signer =
      DerOf(der_tag::kSequence,
            {version, DerOf(der_tag::kSequence, {fields.issuer, fields.serial_number}), sha256, set,
             SignatureAlgorithmIdentifier(KeyAlgorithm::kEcdsaP256, DigestAlgorithm::kSha256),
             DerOf(der_tag::kOctetString, {value})});
  const Bytes signed_data = DerOf(
      der_tag::kSequence,
      {version, DerOf(der_tag::kSet, {sha256}), data,
       DerOf(der_tag::Constructed(0), {pki.signer.certificate_der, pki.issuing_ca.certificate_der}),
       DerOf(der_tag::kSet, {signer})});
  return DerOf(der_tag::kSequence,
               {*FromHex("06092a864886f70d010702"), DerOf(der_tag::Constructed(0), {signed_data})});
}

}  // namespace enkrat::ades::testing
