// How much of a stream QPDF decodes, for all documents of the process.
#ifndef ENKRAT_PADES_BOUNDED_FILTERS_H_
#define ENKRAT_PADES_BOUNDED_FILTERS_H_

#include <cstddef>

namespace enkrat::pades {

// QPDF 11.3 decodes cross-reference and object streams into memory, as long as they may be: a
// megabyte of FlateDecode can become a gigabyte. It has no limit of its own (Pl_Flate's came with
// 11.9; drop this then) but lets its filters be replaced, for the whole process only.
inline constexpr size_t kMaxDecodedOctets = 64 * 1024 * 1024;

// From the first call on, for every stream of the process: FlateDecode ends with an error beyond
// kMaxDecodedOctets, with PNG predictors as before; LZWDecode, RunLengthDecode and DCTDecode, which
// such streams do not use in practice, cannot be decoded, nor FlateDecode with a TIFF predictor.
// Thread-safe; to be called before every document that is opened with QPDF.
void BoundQpdfFilters();

// While it lives, all streams together that this thread decodes have this many octets: xref entries
// and parsed objects take many times the memory of their octets. Scopes nest, the innermost counts.
// A variable of the thread, as QPDF gives its filters nothing to know the document by.
class DecodingBudget {
 public:
  explicit DecodingBudget(size_t octets);
  ~DecodingBudget();
  DecodingBudget(const DecodingBudget&) = delete;
  DecodingBudget& operator=(const DecodingBudget&) = delete;

  size_t left = 0;

 private:
  DecodingBudget* outer_;
};

// A million cross-reference entries and more; object streams of what an update looks at.
inline constexpr size_t kCrossReferenceBudget = 8 * 1024 * 1024;
inline constexpr size_t kObjectBudget = 64 * 1024 * 1024;

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_BOUNDED_FILTERS_H_
