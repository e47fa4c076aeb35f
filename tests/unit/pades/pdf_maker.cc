#include "tests/unit/pades/pdf_maker.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/support/subprocess.h"

namespace enkrat::pades::testing {

PdfPlan TwoPages() {
  const std::string content = "BT /F1 24 Tf 72 720 Td (Enkrat podpise) Tj ET";
  const std::string page =
      "<< /Type /Page /Parent 2 0 R /Contents 5 0 R /Resources << /Font << /F1 6 0 R >> >> >>";
  PdfPlan plan;
  plan.objects = {
      {1, "<< /Type /Catalog /Pages 2 0 R >>"},
      {2, "<< /Type /Pages /Kids [ 3 0 R 4 0 R ] /Count 2 /MediaBox [ 0 0 612 792 ] >>"},
      {3, page},
      {4, page},
      {5, absl::StrCat("<< /Length ", content.size(), " >>\nstream\n", content, "\nendstream")},
      {6, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}};
  return plan;
}

std::string LayPdf(const PdfPlan& plan) {
  std::string text = absl::StrCat("%PDF-", plan.version, "\n%\xE2\xE3\xCF\xD3\n");
  std::map<int, size_t> offsets;
  for (const auto& [number, body] : plan.objects) {
    offsets[number] = text.size();
    absl::StrAppend(&text, number, " 0 obj\n", body, "\nendobj\n");
  }
  const size_t section = text.size();
  const int size = plan.objects.rbegin()->first + 1;
  absl::StrAppend(&text, "xref\n0 1\n0000000000 65535 f \n");
  for (const auto& [number, offset] : offsets) {
    absl::StrAppendFormat(&text, "%d 1\n%010d 00000 n \n", number, offset);
  }
  absl::StrAppend(&text, "trailer\n<< /Size ", size, " /Root ", plan.root, " 0 R ",
                  plan.trailer_entries, " >>\nstartxref\n", section, "\n%%EOF", plan.after_end);
  return plan.before_header + text;
}

std::string LayHybridPdf() {
  PdfPlan plan = TwoPages();
  const std::string font = plan.objects[6];
  plan.objects.erase(6);
  const std::string numbers = "6 0 ";
  plan.objects[7] =
      absl::StrCat("<< /Type /ObjStm /N 1 /First ", numbers.size(), " /Length ",
                   numbers.size() + font.size(), " >>\nstream\n", numbers, font, "\nendstream");
  // Object 6 is the first of object stream 7.
  const std::string entry("\x02\x00\x07\x00", 4);
  plan.objects[8] = absl::StrCat("<< /Type /XRef /W [ 1 2 1 ] /Index [ 6 1 ] /Size 9 /Length ",
                                 entry.size(), " >>\nstream\n", entry, "\nendstream");
  const size_t stream = LayPdf(plan).find("8 0 obj");
  absl::StrAppend(&plan.trailer_entries, " /XRefStm ", stream);
  return LayPdf(plan);
}

std::string LayStreamPdf() {
  const PdfPlan plan = TwoPages();
  std::string text = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
  std::string entries("\0\0\0\xFF", 4);
  const auto add = [&](int number, const std::string& body) {
    entries.push_back(1);
    entries.push_back(static_cast<char>(text.size() >> 8));
    entries.push_back(static_cast<char>(text.size()));
    entries.push_back(0);
    absl::StrAppend(&text, number, " 0 obj\n", body, "\nendobj\n");
  };
  for (int number = 1; number <= 5; ++number) add(number, plan.objects.at(number));
  entries.append("\x02\x00\x07\x00", 4);  // object 6 is the first of object stream 7
  const std::string packed = "6 0 " + plan.objects.at(6);
  add(7, absl::StrCat("<< /Type /ObjStm /N 1 /First 4 /Length ", packed.size(), " >>\nstream\n",
                      packed, "\nendstream"));
  const size_t section = text.size();
  std::string own = entries;
  own.push_back(1);
  own.push_back(static_cast<char>(section >> 8));
  own.push_back(static_cast<char>(section));
  own.push_back(0);
  absl::StrAppend(&text, "8 0 obj\n<< /Type /XRef /W [ 1 2 1 ] /Size 9 /Root 1 0 R ",
                  plan.trailer_entries, " /Length ", own.size(), " >>\nstream\n", own,
                  "\nendstream\nendobj\nstartxref\n", section, "\n%%EOF\n");
  return text;
}

void WriteText(const std::string& path, const std::string& octets) {
  std::ofstream(path, std::ios::binary) << octets;
}

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void Qpdf(std::vector<std::string> options, const std::string& source, const std::string& target) {
  std::vector<std::string> argv = {"qpdf"};
  argv.insert(argv.end(), options.begin(), options.end());
  argv.insert(argv.end(), {source, target});
  const auto outcome = enkrat::testing::RunProgram({.argv = argv});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
}

}  // namespace enkrat::pades::testing
