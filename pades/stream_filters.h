// What unpacking a stream may cost, told by its filters before anything is unpacked: some chains of
// them work for hours on a kilobyte, and give nothing that could be counted.
#ifndef ENKRAT_PADES_STREAM_FILTERS_H_
#define ENKRAT_PADES_STREAM_FILTERS_H_

#include "absl/status/status.h"

class QPDFObjectHandle;

namespace enkrat::pades {

// Of a stream's dictionary (ISO 32000-1 7.4). kPdfDamaged for more than one filter that expands
// (Flate, LZW, RunLength), more than four filters, and predictors whose rows are longer than 64 KiB
// or not told in the dictionary itself: QPDF makes room for two rows before it reads one.
absl::Status CheckFilters(QPDFObjectHandle dictionary);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_STREAM_FILTERS_H_
