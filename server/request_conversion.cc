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

constexpr size_t kMostImageOctets = 512 * 1024;

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
    case v1::SIGNATURE_FORMAT_CADES_B_LT:
      return signer::SignatureFormat::kCadesBLT;
    case v1::SIGNATURE_FORMAT_CADES_B_LTA:
      return signer::SignatureFormat::kCadesBLTA;
    case v1::SIGNATURE_FORMAT_PADES_B_B:
      return signer::SignatureFormat::kPadesBB;
    case v1::SIGNATURE_FORMAT_PADES_B_T:
      return signer::SignatureFormat::kPadesBT;
    case v1::SIGNATURE_FORMAT_PADES_B_LT:
      return signer::SignatureFormat::kPadesBLT;
    case v1::SIGNATURE_FORMAT_PADES_B_LTA:
      return signer::SignatureFormat::kPadesBLTA;
    default:
      return Unknown("format");
  }
}

absl::StatusOr<signer::SignaturePackaging> PackagingFrom(v1::SignaturePackaging value) {
  switch (value) {
    case v1::SIGNATURE_PACKAGING_UNSPECIFIED:  // the documented default
    case v1::SIGNATURE_PACKAGING_DETACHED:
      return signer::SignaturePackaging::kDetached;
    case v1::SIGNATURE_PACKAGING_ENVELOPING:
      return signer::SignaturePackaging::kEnveloping;
    default:
      return Unknown("packaging");
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

absl::StatusOr<pades::SignatureOptions> PdfOptionsFrom(const v1::PdfSignatureOptions& message) {
  pades::SignatureOptions options;
  options.field_name = message.field_name();
  options.reason = message.reason();
  options.location = message.location();
  options.contact = message.contact();
  if (message.certify() > 3) return Unknown("options.certify");
  if (message.certify() != 0) {
    options.certify = static_cast<pades::AllowedChanges>(message.certify());
  }
  if (!message.has_appearance()) return options;
  const v1::PdfAppearance& shown = message.appearance();
  if (shown.image().size() > kMostImageOctets) {
    return WithField(MakeError(Reason::kLimitExceeded, "options.appearance.image: over 512 KiB"),
                     "options.appearance.image");
  }
  options.appearance = pades::Appearance{.page = shown.page() == 0 ? 1 : shown.page(),
                                         .place = {.left = shown.left(),
                                                   .bottom = shown.bottom(),
                                                   .width = shown.width(),
                                                   .height = shown.height()},
                                         .text = shown.text(),
                                         .image = ToBytes(shown.image())};
  return options;
}

absl::StatusOr<signer::SigningRequest> RequestFrom(const v1::SignRequest& message) {
  signer::SigningRequest request;
  ENKRAT_ASSIGN_OR_RETURN(request.intent, IntentFrom(message.intent()));
  ENKRAT_ASSIGN_OR_RETURN(request.key_algorithm, KeyAlgorithmFrom(message.key_algorithm()));
  ENKRAT_ASSIGN_OR_RETURN(request.format, FormatFrom(message.format()));
  request.include_validation_data = message.include_validation_data();
  ENKRAT_ASSIGN_OR_RETURN(request.packaging, PackagingFrom(message.packaging()));
  for (const std::string& content : message.contents()) {
    request.contents.push_back(ToBytes(content));
  }
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
