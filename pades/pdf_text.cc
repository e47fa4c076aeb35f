#include "pades/pdf_text.h"

#include <zlib.h>

#include <cmath>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/reason.h"

namespace enkrat::pades {

std::string PdfNumber(double number) {
  const int64_t thousandths = std::llround(number * 1000);
  std::string text = absl::StrCat(thousandths < 0 ? "-" : "", std::abs(thousandths) / 1000);
  if (thousandths % 1000 == 0) return text;
  absl::StrAppendFormat(&text, ".%03d", std::abs(thousandths) % 1000);
  while (text.back() == '0') text.pop_back();
  return text;
}

absl::StatusOr<Bytes> Deflate(ByteSpan octets) {
  uLongf size = compressBound(octets.size());
  Bytes deflated(size);
  if (compress2(deflated.data(), &size, octets.data(), octets.size(), Z_DEFAULT_COMPRESSION) !=
      Z_OK) {
    return MakeError(Reason::kInternal, "zlib cannot compress");
  }
  deflated.resize(size);
  return deflated;
}

}  // namespace enkrat::pades
