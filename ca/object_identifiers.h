// Content octets of the object identifiers that the certificates hold.
#ifndef ENKRAT_CA_OBJECT_IDENTIFIERS_H_
#define ENKRAT_CA_OBJECT_IDENTIFIERS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"

namespace enkrat::ca::oid {

// Attributes of names (X.520).
inline constexpr uint8_t kCommonName[] = {0x55, 0x04, 0x03};
inline constexpr uint8_t kSurname[] = {0x55, 0x04, 0x04};
inline constexpr uint8_t kSerialNumber[] = {0x55, 0x04, 0x05};
inline constexpr uint8_t kCountry[] = {0x55, 0x04, 0x06};
inline constexpr uint8_t kOrganization[] = {0x55, 0x04, 0x0a};
inline constexpr uint8_t kGivenName[] = {0x55, 0x04, 0x2a};
inline constexpr uint8_t kPseudonym[] = {0x55, 0x04, 0x41};
inline constexpr uint8_t kOrganizationIdentifier[] = {0x55, 0x04, 0x61};

// Extensions (RFC 5280 4.2, RFC 3739 3.2.6, RFC 9608, EN 319 412-1 5.2.3, RFC 7773).
inline constexpr uint8_t kSubjectKeyIdentifier[] = {0x55, 0x1d, 0x0e};
inline constexpr uint8_t kKeyUsage[] = {0x55, 0x1d, 0x0f};
inline constexpr uint8_t kCrlNumber[] = {0x55, 0x1d, 0x14};
inline constexpr uint8_t kReasonCode[] = {0x55, 0x1d, 0x15};
inline constexpr uint8_t kBasicConstraints[] = {0x55, 0x1d, 0x13};
inline constexpr uint8_t kNameConstraints[] = {0x55, 0x1d, 0x1e};
inline constexpr uint8_t kCrlDistributionPoints[] = {0x55, 0x1d, 0x1f};
inline constexpr uint8_t kCertificatePolicies[] = {0x55, 0x1d, 0x20};
inline constexpr uint8_t kPolicyMappings[] = {0x55, 0x1d, 0x21};
inline constexpr uint8_t kAuthorityKeyIdentifier[] = {0x55, 0x1d, 0x23};
inline constexpr uint8_t kFreshestCrl[] = {0x55, 0x1d, 0x2e};
inline constexpr uint8_t kNoRevAvail[] = {0x55, 0x1d, 0x38};
inline constexpr uint8_t kExpiredCertsOnCrl[] = {0x55, 0x1d, 0x3c};
inline constexpr uint8_t kAuthorityInfoAccess[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01};
inline constexpr uint8_t kQcStatements[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x03};
inline constexpr uint8_t kValidityAssuredShortTerm[] = {0x04, 0x00, 0x8b, 0xec, 0x49, 0x02, 0x01};
inline constexpr uint8_t kAuthenticationContext[] = {0x2a, 0x85, 0x70, 0x81, 0x49, 0x05, 0x01};

// id-ad-ocsp, id-ad-caIssuers (RFC 5280 4.2.2.1).
inline constexpr uint8_t kOcsp[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01};
inline constexpr uint8_t kCaIssuers[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02};

// OCSP (RFC 6960 4.4): id-pkix-ocsp-basic, -nonce, -archive-cutoff.
inline constexpr uint8_t kOcspBasic[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01};
inline constexpr uint8_t kOcspNonce[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02};
inline constexpr uint8_t kOcspArchiveCutoff[] = {0x2b, 0x06, 0x01, 0x05, 0x05,
                                                 0x07, 0x30, 0x01, 0x06};
// SHA-1 1.3.14.3.2.26: hash of a CertID, not of a signature.
inline constexpr uint8_t kSha1[] = {0x2b, 0x0e, 0x03, 0x02, 0x1a};

// QC statements (EN 319 412-5) and the carrier of semantics identifiers (RFC 3739 3.2.6.1).
inline constexpr uint8_t kQcCompliance[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x01};
inline constexpr uint8_t kQcRetentionPeriod[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x03};
inline constexpr uint8_t kQcSscd[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x04};
inline constexpr uint8_t kQcPds[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x05};
inline constexpr uint8_t kQcType[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x06};
inline constexpr uint8_t kQcTypeEsign[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x06, 0x01};
inline constexpr uint8_t kQcTypeEseal[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x06, 0x02};
inline constexpr uint8_t kQcCcLegislation[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x07};
inline constexpr uint8_t kPkixQcSyntaxV2[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x0b, 0x02};
inline constexpr uint8_t kSemanticsNatural[] = {0x04, 0x00, 0x8b, 0xec, 0x49, 0x01, 0x01};
inline constexpr uint8_t kSemanticsLegal[] = {0x04, 0x00, 0x8b, 0xec, 0x49, 0x01, 0x02};
// esi4-qtstStatement-1 (EN 319 422).
inline constexpr uint8_t kQualifiedTimestamp[] = {0x04, 0x00, 0x81, 0x97, 0x5e, 0x01, 0x01};

// Policies of EN 319 411-2 5.3: 0.4.0.194112.1.x; x is 0 and 2 for natural persons, 1 and 3 for
// legal ones, the higher of each with the key on a QSCD.
inline constexpr uint8_t kQualifiedPolicyArc[] = {0x04, 0x00, 0x8b, 0xec, 0x40, 0x01};

// Content octets of a dotted-decimal identifier of at most 128 characters; kConfigurationInvalid if
// it is not one in its canonical form.
absl::StatusOr<Bytes> FromDotted(absl::string_view dotted);

}  // namespace enkrat::ca::oid

#endif  // ENKRAT_CA_OBJECT_IDENTIFIERS_H_
