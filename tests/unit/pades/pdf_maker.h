// PDF files for tests, laid object by object, so that a test can have whatever it wants right or
// wrong in them.
#ifndef ENKRAT_TESTS_UNIT_PADES_PDF_MAKER_H_
#define ENKRAT_TESTS_UNIT_PADES_PDF_MAKER_H_

#include <map>
#include <string>
#include <vector>

namespace enkrat::pades::testing {

struct PdfPlan {
  std::string before_header = "";
  std::string version = "1.7";
  std::map<int, std::string> objects;  // number -> what stands between "obj" and "endobj"
  int root = 1;
  std::string trailer_entries =
      "/ID [ <00112233445566778899AABBCCDDEEFF> "
      "<00112233445566778899AABBCCDDEEFF> ]";
  std::string after_end = "\n";  // what follows the last %%EOF
};

// Objects 1 (catalog), 2 (page tree), 3 and 4 (two pages of 612 x 792), 5 (content with the words
// "Enkrat podpise"), 6 (font).
PdfPlan TwoPages();

// The file, with a cross-reference table.
std::string LayPdf(const PdfPlan& plan);

// TwoPages with its font in an object stream that only a cross-reference stream beside the table
// knows of (/XRefStm, ISO 32000-1 7.5.8.4).
std::string LayHybridPdf();

// TwoPages with a cross-reference stream, and its font in an object stream.
std::string LayStreamPdf();

void WriteText(const std::string& path, const std::string& octets);
std::string ReadText(const std::string& path);

// `qpdf <options...> source target`; fails the test if qpdf does.
void Qpdf(std::vector<std::string> options, const std::string& source, const std::string& target);

}  // namespace enkrat::pades::testing

#endif  // ENKRAT_TESTS_UNIT_PADES_PDF_MAKER_H_
