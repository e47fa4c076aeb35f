// Numbers and streams as a PDF spells them (ISO 32000-1 7.3.3, 7.4.4).
#ifndef ENKRAT_PADES_PDF_TEXT_H_
#define ENKRAT_PADES_PDF_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/bytes.h"

namespace enkrat::pades {

// Decimal with at most three digits of fraction, none that are zeros at its end. The number is
// finite and below 10^9.
std::string PdfNumber(double number);

// zlib's format, for /Filter /FlateDecode.
absl::StatusOr<Bytes> Deflate(ByteSpan octets);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_PDF_TEXT_H_
