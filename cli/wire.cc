#include "cli/wire.h"

#include "common/bytes.h"
#include "enkrat/v1/signing_service.pb.h"

namespace enkrat::cli {
namespace {

v1::SignatureLevel ToMessage(signer::SignatureLevel level) {
  switch (level) {
    case signer::SignatureLevel::kAdvanced:
      return v1::SIGNATURE_LEVEL_ADVANCED;
    case signer::SignatureLevel::kAdvancedWithQualifiedCertificate:
      return v1::SIGNATURE_LEVEL_ADVANCED_WITH_QUALIFIED_CERTIFICATE;
    case signer::SignatureLevel::kQualified:
      return v1::SIGNATURE_LEVEL_QUALIFIED;
  }
  return v1::SIGNATURE_LEVEL_UNSPECIFIED;
}

v1::KeyAlgorithm ToMessage(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::kEcdsaP256:
      return v1::KEY_ALGORITHM_ECDSA_P256;
    case KeyAlgorithm::kEcdsaP384:
      return v1::KEY_ALGORITHM_ECDSA_P384;
    case KeyAlgorithm::kRsaPss3072:
      return v1::KEY_ALGORITHM_RSA_PSS_3072;
    case KeyAlgorithm::kRsaPss4096:
      break;  // not offered for one-time keys
  }
  return v1::KEY_ALGORITHM_UNSPECIFIED;
}

v1::SignatureFormat ToMessage(signer::SignatureFormat format) {
  switch (format) {
    case signer::SignatureFormat::kRaw:
      return v1::SIGNATURE_FORMAT_RAW;
    case signer::SignatureFormat::kCadesBB:
      return v1::SIGNATURE_FORMAT_CADES_B_B;
    case signer::SignatureFormat::kCadesBT:
      return v1::SIGNATURE_FORMAT_CADES_B_T;
    case signer::SignatureFormat::kCadesBLT:
      return v1::SIGNATURE_FORMAT_CADES_B_LT;
    case signer::SignatureFormat::kCadesBLTA:
      return v1::SIGNATURE_FORMAT_CADES_B_LTA;
    case signer::SignatureFormat::kPadesBB:
      return v1::SIGNATURE_FORMAT_PADES_B_B;
    case signer::SignatureFormat::kPadesBT:
      return v1::SIGNATURE_FORMAT_PADES_B_T;
    case signer::SignatureFormat::kPadesBLT:
      return v1::SIGNATURE_FORMAT_PADES_B_LT;
    case signer::SignatureFormat::kPadesBLTA:
      return v1::SIGNATURE_FORMAT_PADES_B_LTA;
  }
  return v1::SIGNATURE_FORMAT_UNSPECIFIED;
}

}  // namespace

int ToMessage(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::kSha256:
      return v1::DIGEST_ALGORITHM_SHA256;
    case DigestAlgorithm::kSha384:
      return v1::DIGEST_ALGORITHM_SHA384;
    case DigestAlgorithm::kSha512:
      return v1::DIGEST_ALGORITHM_SHA512;
  }
  return v1::DIGEST_ALGORITHM_UNSPECIFIED;
}

void ToMessage(const signer::SigningIntent& intent, v1::SigningIntent* message) {
  message->set_request_id(intent.request_id);
  message->set_level(ToMessage(intent.level));
  message->set_kind(intent.kind == signer::SignatureKind::kSeal ? v1::SIGNATURE_KIND_SEAL
                                                                : v1::SIGNATURE_KIND_SIGNATURE);
  message->set_organization_identifier(intent.organization_identifier);
  for (const signer::Document& document : intent.documents) {
    v1::Document* out = message->add_documents();
    out->set_label(document.label);
    out->set_digest_algorithm(
        static_cast<v1::DigestAlgorithm>(ToMessage(document.digest_algorithm)));
    out->set_digest(ToString(document.digest));
  }
}

void ToMessage(const signer::SigningIntent& intent, const std::string& assertion,
               const SignChoice& choice, v1::SignRequest* message) {
  ToMessage(intent, message->mutable_intent());
  message->set_assertion(assertion);
  message->set_assertion_type(choice.assertion_type == idp_client::AssertionType::kSamlResponse
                                  ? v1::ASSERTION_TYPE_SAML_RESPONSE
                                  : v1::ASSERTION_TYPE_OIDC_ID_TOKEN);
  message->set_key_algorithm(ToMessage(choice.key));
  message->set_format(ToMessage(choice.format));
}

}  // namespace enkrat::cli
