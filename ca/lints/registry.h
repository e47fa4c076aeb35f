// The lints by name; each lives in the file of its name.
#ifndef ENKRAT_CA_LINTS_REGISTRY_H_
#define ENKRAT_CA_LINTS_REGISTRY_H_

#include "ca/lint.h"

namespace enkrat::ca::lints {

extern const Lint kVersion;
extern const Lint kSerialNumberSize;
extern const Lint kSerialNumberEntropy;
extern const Lint kSignatureAlgorithm;
extern const Lint kIssuerName;
extern const Lint kValidityPeriod;
extern const Lint kNotBeforeSkew;
extern const Lint kTimeEncoding;
extern const Lint kNoRevAvail;
extern const Lint kValidityAssured;
extern const Lint kRevocationPointers;
extern const Lint kKeyUsage;
extern const Lint kCertificatePolicies;
extern const Lint kAuthorityInfoAccess;
extern const Lint kAuthorityKeyIdentifier;
extern const Lint kSubjectKeyIdentifier;
extern const Lint kSubjectAttributes;
extern const Lint kSubjectCountry;
extern const Lint kSubjectSerialNumber;
extern const Lint kSubjectText;
extern const Lint kSubjectPseudonym;
extern const Lint kSubjectOrganization;
extern const Lint kSubjectOrganizationIdentifier;
extern const Lint kSubjectKey;
extern const Lint kKeyAlgorithm;
extern const Lint kBasicConstraints;
extern const Lint kAllowedExtensions;
extern const Lint kDuplicateExtensions;
extern const Lint kQcStatements;
extern const Lint kQcClaims;
extern const Lint kQcType;
extern const Lint kQcPds;
extern const Lint kQcPdsLanguage;
extern const Lint kQcSemantics;
extern const Lint kQcKnownStatements;
extern const Lint kQcLegislation;
extern const Lint kQcPolicy;
extern const Lint kQcRetention;
extern const Lint kAuthenticationContext;

}  // namespace enkrat::ca::lints

#endif  // ENKRAT_CA_LINTS_REGISTRY_H_
