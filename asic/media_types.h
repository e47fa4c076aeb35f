// Media types that containers and their manifests name (ETSI EN 319 162-1 A.1, A.4; RFC 8551).
#ifndef ENKRAT_ASIC_MEDIA_TYPES_H_
#define ENKRAT_ASIC_MEDIA_TYPES_H_

namespace enkrat::asic {

inline constexpr char kSimpleType[] = "application/vnd.etsi.asic-s+zip";
inline constexpr char kExtendedType[] = "application/vnd.etsi.asic-e+zip";
inline constexpr char kCmsSignatureType[] = "application/pkcs7-signature";

}  // namespace enkrat::asic

#endif  // ENKRAT_ASIC_MEDIA_TYPES_H_
