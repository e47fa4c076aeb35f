// PDFs of a few kilobytes that ask for hours or gigabytes: chains of filters that give nothing,
// rows that room is made for, one thing that is looked at again and again.
#include <gmock/gmock.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/hand_made_pdf.h"
#include "tests/unit/pades/opened_pdf.h"

namespace enkrat::pades {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::SizeIs;

// A line of /proc/self/status.
int64_t MemoryKibibytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    int64_t size = 0;
    if (word == name && status >> size) return size;
  }
  return 0;
}

// What opening took at its most, in KiB.
int64_t MemoryToOpen(const std::string& pdf) {
  std::ofstream("/proc/self/clear_refs") << 5;  // the peak starts anew (proc(5))
  const int64_t before = MemoryKibibytes("VmRSS:");
  OpenPdf(pdf).IgnoreError();
  return MemoryKibibytes("VmHWM:") - before;
}

std::string WithStore(const std::string& entries, const std::string& octets) {
  HandMadeObjects objects = PaymentOrder();
  objects[1] = Replaced(objects[1], "/Metadata", "/DSS 40 0 R /Metadata");
  objects[40] = "<< /Certs [41 0 R] >>";
  objects[41] = HandMadeStream(entries, octets);
  return WritePdf(objects);
}

size_t CertificatesIn(const std::string& pdf) {
  const auto opened = OpenPdf(pdf);
  EXPECT_THAT(opened, IsOk());
  return opened.ok() ? (*opened)->validation_data().certificates_der.size() : 0;
}

TEST(CostlyPdfTest, StreamThatIsPackedAgainAndAgainIsNotUnpacked) {
  const std::string once = Deflated("certificate");
  EXPECT_EQ(CertificatesIn(WithStore("/Filter /FlateDecode", once)), 1u);
  EXPECT_EQ(CertificatesIn(WithStore("/Filter [/FlateDecode]", once)), 1u);
  // The first of two may give any number of octets, of which the second makes none.
  EXPECT_EQ(CertificatesIn(WithStore("/Filter [/FlateDecode /FlateDecode]", Deflated(once))), 0u);
  EXPECT_EQ(CertificatesIn(WithStore("/Filter [/Fl /Fl]", Deflated(once))), 0u);
}

TEST(CostlyPdfTest, StreamWithManyFiltersIsNotUnpacked) {
  std::string filters;
  for (int i = 0; i < 5; ++i) absl::StrAppend(&filters, "/ASCIIHexDecode ");
  EXPECT_EQ(CertificatesIn(WithStore("/Filter [/ASCIIHexDecode /ASCIIHexDecode]", "3633>")), 1u);
  EXPECT_EQ(CertificatesIn(WithStore(absl::StrCat("/Filter [", filters, "]"), "36>")), 0u);
}

TEST(CostlyPdfTest, RowsOfAPredictorThatAreTooLongTakeNoMemory) {
  const std::string once = Deflated("certificate");
  for (const std::string parameters :
       {"/Columns 200000000", "/Columns 20000 /Colors 20000", "/Columns 9999999999",
        "/Columns 60000 /Colors 10 /BitsPerComponent 16"}) {
    const std::string entries =
        absl::StrCat("/Filter /FlateDecode /DecodeParms << /Predictor 12 ", parameters, " >>");
    EXPECT_LT(MemoryToOpen(WithStore(entries, once)), 64 * 1024) << parameters;
  }
}

// A document whose newest revision is this cross-reference stream.
std::string WithSection(const std::string& entries, const HandMadeObjects& more) {
  HandMadeObjects objects = PaymentOrder();
  objects.insert(more.begin(), more.end());
  std::string pdf = WritePdf(objects);
  const uint64_t previous = pdf.rfind("xref\n", pdf.rfind("startxref") - 1);
  const uint64_t section = pdf.size();
  std::string row = "\x01";
  for (int i = 3; i >= 0; --i) row.push_back(static_cast<char>(section >> (8 * i)));
  row += std::string(2, '\0');
  absl::StrAppend(
      &pdf, "70 0 obj\n",
      HandMadeStream(absl::StrCat("/Type /XRef /Root 1 0 R /Size 71 /W [1 4 2] /Index [70 1] ",
                                  "/Prev ", previous, " ", entries),
                     Deflated(row)),
      "\nendobj\nstartxref\n", section, "\n%%EOF\n");
  return pdf;
}

TEST(CostlyPdfTest, RowsOfCrossReferencesThatAreTooLongTakeNoMemory) {
  EXPECT_THAT(OpenPdf(WithSection("/Filter /FlateDecode", {})), IsOk());
  const std::string attack =
      WithSection("/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 200000000 >>", {});
  EXPECT_THAT(OpenPdf(attack), FailsWith(Reason::kPdfDamaged));
  EXPECT_LT(MemoryToOpen(attack), 64 * 1024);
}

TEST(CostlyPdfTest, CrossReferencesThatAreDescribedElsewhereAreRefused) {
  for (const std::string entries :
       {"/Filter 60 0 R", "/Filter [60 0 R]", "/Filter /FlateDecode /DecodeParms 61 0 R",
        "/Filter /FlateDecode /DecodeParms [61 0 R]",
        "/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 62 0 R >>"}) {
    EXPECT_THAT(
        OpenPdf(WithSection(
            entries, {{60, "/FlateDecode"}, {61, "<< /Predictor 12 /Columns 7 >>"}, {62, "7"}})),
        FailsWith(Reason::kPdfDamaged))
        << entries;
  }
}

TEST(CostlyPdfTest, ObjectOfMillionsOfOthersTakesLittleMemory) {
  for (const std::string element : {"[]", "0 "}) {
    std::string list;
    for (int i = 0; i < 2'100'000; ++i) list += element;
    HandMadeObjects objects = PaymentOrder();
    objects[2] = Replaced(objects[2], "/Count 1", "/Count 1 /X [" + list + "]");
    const std::string attack = WritePdf(objects);
    EXPECT_THAT(OpenPdf(attack), FailsWith(Reason::kPdfDamaged)) << element;
  }
}

TEST(CostlyPdfTest, ObjectStreamOfMillionsOfOthersIsRefused) {
  std::string pdf = WritePdf(PaymentOrder());
  const uint64_t previous = pdf.rfind("xref\n", pdf.rfind("startxref") - 1);
  const uint64_t stream = pdf.size();
  std::string list = "9 0 [";
  for (int i = 0; i < 2'100'000; ++i) list += "[]";
  absl::StrAppend(
      &pdf, "71 0 obj\n",
      HandMadeStream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", Deflated(list + "]")),
      "\nendobj\n");
  const uint64_t section = pdf.size();
  const auto row = [](char type, uint64_t offset) {
    std::string text(1, type);
    for (int i = 3; i >= 0; --i) text.push_back(static_cast<char>(offset >> (8 * i)));
    return text + std::string(2, '\0');
  };
  absl::StrAppend(
      &pdf, "72 0 obj\n",
      HandMadeStream(absl::StrCat("/Type /XRef /Root 1 0 R /Size 73 /W [1 4 2] /Index [9 1 71 2] "
                                  "/Prev ",
                                  previous),
                     row(2, 71) + row(1, stream) + row(1, section)),
      "\nendobj\nstartxref\n", section, "\n%%EOF\n");
  EXPECT_THAT(OpenPdf(pdf), FailsWith(Reason::kLimitExceeded));
}

// Visible signature fields, each of which asks what it covers.
TEST(CostlyPdfTest, PageThatIsLookedAtTooOftenIsRefused) {
  HandMadeObjects order = PaymentOrder();
  order[4] = HandMadeStream("/Filter /FlateDecode", Deflated(std::string(size_t{9} << 20, ' ')));
  HandMadeUpdate update;
  std::string fields;
  for (int i = 100; i < 112; ++i) {
    update.objects[i] = absl::StrCat("<< /Type /Annot /Subtype /Widget /FT /Sig /T (", i,
                                     ") /Rect [300 300 400 350] /P 3 0 R >>");
    absl::StrAppend(&fields, " ", i, " 0 R");
  }
  update.objects[3] = Replaced(order[3], "/Annots [7 0 R", "/Annots [7 0 R 20 0 R" + fields);
  update.objects[6] = Replaced(order[6], "/Fields [7 0 R", "/Fields [7 0 R 20 0 R" + fields);
  EXPECT_THAT(OpenPdf(WithUpdate(WithSignature(WritePdf(order), {}), update)),
              FailsWith(Reason::kLimitExceeded));
}

// Many pages have one list of annotations; it is long in a revision between others.
TEST(CostlyPdfTest, AnnotationsOfManyPagesThatAreOneListAreCounted) {
  constexpr int kMany = 2100;
  HandMadeObjects order = PaymentOrder();
  const std::string page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots 60 0 R >>";
  std::string kids = "3 0 R";
  for (int i = 100; i < 100 + kMany; ++i) {
    order[i] = page;
    absl::StrAppend(&kids, " ", i, " 0 R");
  }
  order[2] = absl::StrCat("<< /Type /Pages /Kids [", kids, "] /Count ", kMany + 1, " >>");
  order[60] = "[]";
  std::string list = "[";
  for (int i = 0; i < kMany; ++i) absl::StrAppend(&list, i, " ");
  std::string pdf = WithSignature(WritePdf(order), {});
  pdf = WithUpdate(pdf, {.objects = {{60, list + "]"}}});
  EXPECT_THAT(OpenPdf(WithUpdate(pdf, {.objects = {{60, "[]"}}})),
              FailsWith(Reason::kLimitExceeded));
}

// Streams that begin one in the other and end together.
TEST(CostlyPdfTest, OctetsThatAreManyStreamsAreCounted) {
  constexpr int kMany = 400;
  constexpr size_t kOctets = size_t{4} << 20;
  HandMadeObjects order = PaymentOrder();
  order[1] = Replaced(order[1], "/Metadata", "/DSS 40 0 R /Metadata");
  std::string list;
  for (int i = 100; i < 100 + kMany; ++i) {
    order[i] = HandMadeStream("", "x");
    absl::StrAppend(&list, " ", i, " 0 R");
  }
  order[40] = absl::StrCat("<< /Other [", list, "] >>");
  const std::string pdf = WithSignature(WritePdf(order), {});
  std::string nested(kOctets, 'x');
  std::map<int, uint64_t> from_behind;
  for (int i = 100; i < 100 + kMany; ++i) {
    const std::string head = absl::StrCat(i, " 0 obj\n<< /Length ", nested.size(), " >>\nstream\n");
    nested = head + nested;
    from_behind[i] = nested.size();
  }
  HandMadeUpdate update;
  for (const auto& [number, distance] : from_behind) {
    update.entries[number] = pdf.size() + nested.size() - distance;
  }
  EXPECT_THAT(OpenPdf(WithUpdate(pdf + nested + "\nendstream\nendobj\n", update)),
              FailsWith(Reason::kLimitExceeded));
}

}  // namespace
}  // namespace enkrat::pades
