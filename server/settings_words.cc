#include "server/settings_words.h"

#include <algorithm>

namespace enkrat::server {

std::optional<signer::SignatureLevel> LevelFrom(config::v1::Level level) {
  switch (level) {
    case config::v1::LEVEL_ADVANCED:
      return signer::SignatureLevel::kAdvanced;
    case config::v1::LEVEL_ADVANCED_WITH_QUALIFIED_CERTIFICATE:
      return signer::SignatureLevel::kAdvancedWithQualifiedCertificate;
    case config::v1::LEVEL_QUALIFIED:
      return signer::SignatureLevel::kQualified;
    default:
      return std::nullopt;
  }
}

std::optional<idp_client::LevelOfAssurance> AssuranceFrom(config::v1::LevelOfAssurance level) {
  switch (level) {
    case config::v1::LEVEL_OF_ASSURANCE_LOW:
      return idp_client::LevelOfAssurance::kLow;
    case config::v1::LEVEL_OF_ASSURANCE_SUBSTANTIAL:
      return idp_client::LevelOfAssurance::kSubstantial;
    case config::v1::LEVEL_OF_ASSURANCE_HIGH:
      return idp_client::LevelOfAssurance::kHigh;
    default:
      return std::nullopt;
  }
}

std::optional<KeyAlgorithm> KeyAlgorithmFrom(config::v1::KeyAlgorithm algorithm) {
  switch (algorithm) {
    case config::v1::KEY_ALGORITHM_ECDSA_P256:
      return KeyAlgorithm::kEcdsaP256;
    case config::v1::KEY_ALGORITHM_ECDSA_P384:
      return KeyAlgorithm::kEcdsaP384;
    case config::v1::KEY_ALGORITHM_RSA_PSS_3072:
      return KeyAlgorithm::kRsaPss3072;
    default:
      return std::nullopt;
  }
}

signer::SignatureKind KindFrom(config::v1::Kind kind) {
  return kind == config::v1::KIND_SEAL ? signer::SignatureKind::kSeal
                                       : signer::SignatureKind::kSignature;
}

bool IsKnownProvider(const config::v1::Config& all, const std::string& issuer) {
  const auto& oidc = all.identity_providers();
  const auto& saml = all.saml_identity_providers();
  return std::any_of(oidc.begin(), oidc.end(),
                     [&](const auto& other) { return other.issuer() == issuer; }) ||
         std::any_of(saml.begin(), saml.end(),
                     [&](const auto& other) { return other.entity_id() == issuer; });
}

}  // namespace enkrat::server
