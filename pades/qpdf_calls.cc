#include "pades/qpdf_calls.h"

#include <exception>
#include <new>
#include <qpdf/QPDFExc.hh>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"

namespace enkrat::pades {

absl::Status StatusOfPdfException() {
  try {
    throw;
  } catch (const QPDFExc& error) {
    if (error.getErrorCode() == qpdf_e_password) {
      return MakeError(Reason::kPdfEncrypted, "the document is encrypted");
    }
    // The same code tells of streams that cannot be decoded.
    if (error.getErrorCode() == qpdf_e_unsupported &&
        absl::StrContains(error.getMessageDetail(), "ncrypt")) {
      return MakeError(Reason::kPdfEncrypted, "the document's security handler is not supported");
    }
    return MakeError(Reason::kPdfDamaged, absl::StrCat(error.getMessageDetail(), " (offset ",
                                                       error.getFilePosition(), ")"));
  } catch (const std::bad_alloc&) {
    return MakeError(Reason::kLimitExceeded, "the document's structure does not fit into memory");
  } catch (const std::exception&) {
    // Its text may name the file.
    return MakeError(Reason::kPdfDamaged, "the document's structure cannot be followed");
  }
}

}  // namespace enkrat::pades
