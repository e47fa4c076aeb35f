#include "ca/lints/registry.h"

#include <array>

namespace enkrat::ca {

absl::Span<const Lint* const> AllLints() {
  static constexpr std::array kLints = {
      &lints::kVersion,
      &lints::kSerialNumberSize,
      &lints::kSerialNumberEntropy,
      &lints::kSignatureAlgorithm,
      &lints::kIssuerName,
      &lints::kValidityPeriod,
      &lints::kNotBeforeSkew,
      &lints::kTimeEncoding,
      &lints::kNoRevAvail,
      &lints::kValidityAssured,
      &lints::kRevocationPointers,
      &lints::kKeyUsage,
      &lints::kCertificatePolicies,
      &lints::kAuthorityInfoAccess,
      &lints::kAuthorityKeyIdentifier,
      &lints::kSubjectKeyIdentifier,
      &lints::kSubjectAttributes,
      &lints::kSubjectCountry,
      &lints::kSubjectSerialNumber,
      &lints::kSubjectText,
      &lints::kSubjectPseudonym,
      &lints::kSubjectOrganization,
      &lints::kSubjectOrganizationIdentifier,
      &lints::kSubjectKey,
      &lints::kKeyAlgorithm,
      &lints::kBasicConstraints,
      &lints::kAllowedExtensions,
      &lints::kDuplicateExtensions,
      &lints::kQcStatements,
      &lints::kQcClaims,
      &lints::kQcType,
      &lints::kQcPds,
      &lints::kQcPdsLanguage,
      &lints::kQcSemantics,
      &lints::kQcKnownStatements,
      &lints::kQcLegislation,
      &lints::kQcPolicy,
      &lints::kQcRetention,
      &lints::kAuthenticationContext,
  };
  return kLints;
}

}  // namespace enkrat::ca
