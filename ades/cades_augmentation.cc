#include "ades/cades_augmentation.h"

#include <algorithm>

#include "ades/certificate_fields.h"
#include "ades/revocation_choice.h"
#include "ades/signed_data_layout.h"
#include "ades/timestamp_imprint.h"
#include "common/cms_attribute.h"
#include "common/cms_oid.h"
#include "common/der_writer.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ades {
namespace {

void AddIfAbsent(std::vector<ByteSpan>& elements, ByteSpan element) {
  if (std::find(elements.begin(), elements.end(), element) == elements.end()) {
    elements.push_back(element);
  }
}

}  // namespace

absl::StatusOr<Bytes> SignatureValueOf(ByteSpan cms_der) {
  ENKRAT_ASSIGN_OR_RETURN(SignedDataLayout signature, SignedDataLayout::Read(cms_der));
  return std::move(signature.signature_value);
}

absl::StatusOr<Bytes> AddSignatureTimestamp(ByteSpan cms_der, ByteSpan token_der) {
  ENKRAT_ASSIGN_OR_RETURN(SignedDataLayout signature, SignedDataLayout::Read(cms_der));
  ENKRAT_ASSIGN_OR_RETURN(const SignedDataLayout token, SignedDataLayout::Read(token_der));
  ENKRAT_ASSIGN_OR_RETURN(const TimestampImprint imprint, ReadTimestampImprint(token));
  if (imprint.digest != ComputeDigest(imprint.algorithm, signature.signature_value)) {
    return MakeError(Reason::kRequestMalformed, "the timestamp is over another signature value");
  }
  const Bytes attribute = CmsAttribute(cms_oid::kSignatureTimeStampToken, token_der);
  signature.unsigned_attributes.push_back(AttributeLayoutOf(attribute));
  return signature.Lay();
}

absl::StatusOr<Bytes> AddValidationData(ByteSpan cms_der, const ValidationData& data) {
  ENKRAT_ASSIGN_OR_RETURN(SignedDataLayout signature, SignedDataLayout::Read(cms_der));
  for (const Bytes& certificate : data.certificates_der) {
    ENKRAT_RETURN_IF_ERROR(ReadCertificateFields(certificate).status());
    AddIfAbsent(signature.certificates, certificate);
  }
  for (const Bytes& crl : data.crls_der) {
    ENKRAT_RETURN_IF_ERROR(CheckCrlOutline(crl));
    AddIfAbsent(signature.revocations, crl);
  }
  std::vector<Bytes> choices;  // not grown below: what signature borrows stays in its place
  for (const Bytes& response : data.ocsp_responses_der) {
    ENKRAT_ASSIGN_OR_RETURN(Bytes choice, OcspRevocationChoice(response));
    choices.push_back(std::move(choice));
  }
  for (const Bytes& choice : choices) AddIfAbsent(signature.revocations, choice);
  return signature.Lay();
}

absl::StatusOr<Bytes> Envelop(ByteSpan cms_der, ByteSpan content) {
  ENKRAT_ASSIGN_OR_RETURN(SignedDataLayout signature, SignedDataLayout::Read(cms_der));
  if (!signature.detached) {
    return MakeError(Reason::kRequestMalformed, "the signature has its content already");
  }
  ENKRAT_ASSIGN_OR_RETURN(const DigestAlgorithm algorithm, signature.SignerDigestAlgorithm());
  ENKRAT_ASSIGN_OR_RETURN(const Bytes signed_digest, signature.MessageDigest());
  if (ComputeDigest(algorithm, content) != signed_digest) {
    return MakeError(Reason::kRequestMalformed, "the content is not what was signed");
  }
  const Bytes octets = DerOf(der_tag::kOctetString, {content});
  const Bytes encapsulated =
      DerOf(der_tag::kSequence, {signature.content_type, DerOf(der_tag::Constructed(0), {octets})});
  signature.encapsulated = encapsulated;
  return signature.Lay();
}

}  // namespace enkrat::ades
