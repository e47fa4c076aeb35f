// What a file is, told by its octets: never by its name.
#ifndef ENKRAT_VALIDATION_FORMAT_DETECTION_H_
#define ENKRAT_VALIDATION_FORMAT_DETECTION_H_

#include "absl/status/statusor.h"
#include "common/bytes.h"

namespace enkrat::validation {

enum class FileFormat {
  kPdf,
  kContainer,          // a ZIP
  kSignedData,         // a CMS in BER or DER: a signature, or a timestamp token
  kSignedDataPem,      // the same in PEM ("PKCS7" or "CMS")
  kTimestampResponse,  // RFC 3161 2.4.2, with the token inside
};

// How many octets from a file's begin DetectFormat wants to see, if there are as many.
inline constexpr size_t kFormatOctets = 1024;

// kRequestMalformed for none of them. A PDF's header may stand anywhere in them (ISO 32000-1 annex
// H, implementation note 13).
absl::StatusOr<FileFormat> DetectFormat(ByteSpan first_octets);

// The octets of the CMS in a file of one of the last three kinds. kRequestMalformed.
absl::StatusOr<Bytes> SignedDataIn(FileFormat format, ByteSpan file);

// Whether a file whose octets tell another format can be opened as a PDF as well, in which people
// would see what nobody judged. Both are at most kFormatOctets, from its begin and to its end.
bool OpensAsPdf(ByteSpan first_octets, ByteSpan last_octets);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_FORMAT_DETECTION_H_
