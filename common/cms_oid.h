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

// archive-time-stamp-v3 0.4.0.1733.2.4 and ATSHashIndex-v3 0.4.0.19122.1.5 (EN 319 122-1 5.5).
inline constexpr uint8_t kArchiveTimestampV3[] = {0x04, 0x00, 0x8d, 0x45, 0x02, 0x04};
inline constexpr uint8_t kAtsHashIndexV3[] = {0x04, 0x00, 0x81, 0x95, 0x32, 0x01, 0x05};
// The archive timestamps before it, which nobody makes any more: 1.2.840.113549.1.9.16.2.27 and
// ...48, and long-term-validation 0.4.0.1733.2.2 (TS 101 733 V2.2.1 C.3.2, 6.4.1, 6.4.2).
inline constexpr uint8_t kArchiveTimestampV1[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                                  0x01, 0x09, 0x10, 0x02, 0x1b};
inline constexpr uint8_t kArchiveTimestampV2[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                                  0x01, 0x09, 0x10, 0x02, 0x30};
inline constexpr uint8_t kLongTermValidation[] = {0x04, 0x00, 0x8d, 0x45, 0x02, 0x02};
// id-ri-ocsp-response 1.3.6.1.5.5.7.16.2 (RFC 5940 2.1).
inline constexpr uint8_t kOcspResponse[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x10, 0x02};
// id-pkix-ocsp-basic 1.3.6.1.5.5.7.48.1.1 (RFC 6960 4.2.1).
inline constexpr uint8_t kOcspBasic[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01};

}  // namespace enkrat::cms_oid

#endif  // ENKRAT_COMMON_CMS_OID_H_
