// The one place where exceptions of QPDF end: they become a Status.
#ifndef ENKRAT_PADES_QPDF_CALLS_H_
#define ENKRAT_PADES_QPDF_CALLS_H_

#include "absl/status/status.h"

namespace enkrat::pades {

// What is being handled, for use in a catch block only: kPdfEncrypted if QPDF lacks a password or a
// security handler, kPdfDamaged for all else it says about the document, kLimitExceeded if memory
// ran out. The message says what is wrong and where, and holds neither the file's path nor text of
// the document's.
absl::Status StatusOfPdfException();

// call() with all exceptions turned into its Status or
// StatusOr.
template <typename Call>
auto CallQpdf(Call&& call) -> decltype(call()) {
  try {
    return call();
  } catch (...) {
    return StatusOfPdfException();
  }
}

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_QPDF_CALLS_H_
