#include "server/request_conversion.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/request_rules.h"
#include "signer/signing_pin.h"

namespace enkrat::server {
namespace {

absl::Status Unknown(absl::string_view field) {
  return WithField(MakeError(Reason::kRequestMalformed,
                             absl::StrCat(field, ": unspecified, or a value not known here")),
                   field);
}

absl::StatusOr<signer::SignatureLevel> LevelFrom(v1::SignatureLevel value) {
  switch (value) {
    case v1::SIGNATURE_LEVEL_ADVANCED:
      return signer::SignatureLevel::kAdvanced;
    case v1::SIGNATURE_LEVEL_ADVANCED_WITH_QUALIFIED_CERTIFICATE:
      return signer::SignatureLevel::kAdvancedWithQualifiedCertificate;
    case v1::SIGNATURE_LEVEL_QUALIFIED:
      return signer::SignatureLevel::kQualified;
    default:
      return Unknown("intent.level");
  }
}

absl::StatusOr<signer::SignatureKind> KindFrom(v1::SignatureKind value) {
  switch (value) {
    case v1::SIGNATURE_KIND_SIGNATURE:
      return signer::SignatureKind::kSignature;
    case v1::SIGNATURE_KIND_SEAL:
      return signer::SignatureKind::kSeal;
    default:
      return Unknown("intent.kind");
  }
}

absl::StatusOr<KeyAlgorithm> KeyAlgorithmFrom(v1::KeyAlgorithm value) {
  switch (value) {
    case v1::KEY_ALGORITHM_UNSPECIFIED:  // the documented default
    case v1::KEY_ALGORITHM_ECDSA_P256:
      return KeyAlgorithm::kEcdsaP256;
    case v1::KEY_ALGORITHM_ECDSA_P384:
      return KeyAlgorithm::kEcdsaP384;
    case v1::KEY_ALGORITHM_RSA_PSS_3072:
      return KeyAlgorithm::kRsaPss3072;
    default:
      return Unknown("key_algorithm");
  }
}

absl::StatusOr<signer::SignatureFormat> FormatFrom(v1::SignatureFormat value) {
  switch (value) {
    case v1::SIGNATURE_FORMAT_RAW:
      return signer::SignatureFormat::kRaw;
    case v1::SIGNATURE_FORMAT_CADES_B_B:
      return signer::SignatureFormat::kCadesBB;
    case v1::SIGNATURE_FORMAT_CADES_B_T:
      return signer::SignatureFormat::kCadesBT;
    default:
      return Unknown("format");
  }
}

}  // namespace

absl::StatusOr<idp_client::AssertionType> AssertionTypeFrom(v1::AssertionType value) {
  switch (value) {
    case v1::ASSERTION_TYPE_UNSPECIFIED:  // the documented default
    case v1::ASSERTION_TYPE_OIDC_ID_TOKEN:
      return idp_client::AssertionType::kOidcIdToken;
    case v1::ASSERTION_TYPE_SAML_RESPONSE:
      return idp_client::AssertionType::kSamlResponse;
    default:
      return Unknown("assertion_type");
  }
}

absl::StatusOr<DigestAlgorithm> DigestAlgorithmFrom(v1::DigestAlgorithm value,
                                                    absl::string_view field) {
  switch (value) {
    case v1::DIGEST_ALGORITHM_SHA256:
      return DigestAlgorithm::kSha256;
    case v1::DIGEST_ALGORITHM_SHA384:
      return DigestAlgorithm::kSha384;
    case v1::DIGEST_ALGORITHM_SHA512:
      return DigestAlgorithm::kSha512;
    default:
      return WithField(
          MakeError(Reason::kDigestUnsupported, absl::StrCat(field, ": not an algorithm of ours")),
          field);
  }
}

absl::StatusOr<signer::SigningIntent> IntentFrom(const v1::SigningIntent& message) {
  // Before anything is copied for each of them.
  if (static_cast<size_t>(message.documents_size()) > signer::kMaxDocuments) {
    return WithField(MakeError(Reason::kLimitExceeded, "intent.documents: more than 1000"),
                     "intent.documents");
  }
  signer::SigningIntent intent;
  intent.request_id = message.request_id();
  ENKRAT_ASSIGN_OR_RETURN(intent.level, LevelFrom(message.level()));
  ENKRAT_ASSIGN_OR_RETURN(intent.kind, KindFrom(message.kind()));
  intent.organization_identifier = message.organization_identifier();
  for (int i = 0; i < message.documents_size(); ++i) {
    const v1::Document& document = message.documents(i);
    ENKRAT_ASSIGN_OR_RETURN(
        const DigestAlgorithm algorithm,
        DigestAlgorithmFrom(document.digest_algorithm(),
                            absl::StrCat("intent.documents[", i, "].digest_algorithm")));
    intent.documents.push_back({.label = document.label(),
                                .digest_algorithm = algorithm,
                                .digest = ToBytes(document.digest())});
  }
  return intent;
}

absl::StatusOr<signer::SigningRequest> RequestFrom(const v1::SignRequest& message) {
  signer::SigningRequest request;
  ENKRAT_ASSIGN_OR_RETURN(request.intent, IntentFrom(message.intent()));
  ENKRAT_ASSIGN_OR_RETURN(request.key_algorithm, KeyAlgorithmFrom(message.key_algorithm()));
  ENKRAT_ASSIGN_OR_RETURN(request.format, FormatFrom(message.format()));
  request.assertion = ToBytes(message.assertion());
  ENKRAT_ASSIGN_OR_RETURN(request.assertion_type, AssertionTypeFrom(message.assertion_type()));
  if (message.has_pin_proof()) {
    request.pin_proof = std::make_shared<signer::PinProof>(signer::PinProof{
        .pin = Secret(AsSpan(message.pin_proof().pin())),
        .signature_activation_data = ToBytes(message.pin_proof().signature_activation_data())});
  }
  return request;
}

}  // namespace enkrat::server
