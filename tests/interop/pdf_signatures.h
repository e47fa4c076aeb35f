// The signatures of a PDF as octets, found without any PDF library: enough for files that are known
// to be well-formed.
#ifndef ENKRAT_TESTS_INTEROP_PDF_SIGNATURES_H_
#define ENKRAT_TESTS_INTEROP_PDF_SIGNATURES_H_

#include <string>
#include <vector>

namespace enkrat::testing {

struct PdfSignatureOctets {
  std::string sub_filter;  // "ETSI.CAdES.detached", "ETSI.RFC3161"
  std::string covered;     // what /ByteRange names
  std::string contents;    // of /Contents, without the zeros behind it
};

// In the order in which they stand in the file.
std::vector<PdfSignatureOctets> PdfSignaturesIn(const std::string& pdf);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_INTEROP_PDF_SIGNATURES_H_
