// Content octets of the object identifiers of CMS that signatures and timestamps are made of.
#ifndef ENKRAT_COMMON_CMS_OID_H_
#define ENKRAT_COMMON_CMS_OID_H_

#include <cstdint>

namespace enkrat::cms_oid {

// id-data 1.2.840.113549.1.7.1 and id-signedData ...7.2 (RFC 5652 4, 5.1).
inline constexpr uint8_t kData[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
inline constexpr uint8_t kSignedData[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};

// Attributes 1.2.840.113549.1.9.3 to .5 (RFC 5652 11.1 to 11.3).
inline constexpr uint8_t kContentType[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03};
inline constexpr uint8_t kMessageDigest[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04};
inline constexpr uint8_t kSigningTime[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x05};

// id-aa-signingCertificateV2 1.2.840.113549.1.9.16.2.47 (RFC 5035 3).
inline constexpr uint8_t kSigningCertificateV2[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                                    0x01, 0x09, 0x10, 0x02, 0x2f};
// id-aa-signatureTimeStampToken 1.2.840.113549.1.9.16.2.14 (EN 319 122-1 5.3).
inline constexpr uint8_t kSignatureTimeStampToken[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                                       0x01, 0x09, 0x10, 0x02, 0x0e};
// id-ct-TSTInfo 1.2.840.113549.1.9.16.1.4 (RFC 3161 2.4.2).
inline constexpr uint8_t kTstInfo[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                       0x01, 0x09, 0x10, 0x01, 0x04};

}  // namespace enkrat::cms_oid

#endif  // ENKRAT_COMMON_CMS_OID_H_
