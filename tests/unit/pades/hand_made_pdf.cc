#include "tests/unit/pades/hand_made_pdf.h"

#include <zlib.h>

#include <algorithm>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"
#include "gtest/gtest.h"
#include "tests/support/software_signing_key.h"

namespace enkrat::pades {
namespace {

constexpr size_t kContentsDigits = 4096;

// A key and its own certificate, made once.
struct Signer {
  std::unique_ptr<testing::SoftwareSigningKey> key = testing::SoftwareSigningKey::Generate();
  X509Ptr certificate = X509Ptr(X509_new());

  Signer() {
    X509* x509 = certificate.get();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>("Test"), -1, -1, 0);
    X509_set_issuer_name(x509, X509_get_subject_name(x509));
    X509_set_pubkey(x509, key->evp_pkey());
    X509_sign(x509, key->evp_pkey(), EVP_sha256());
  }
};

std::string CmsOver(const std::string& octets) {
  static const Signer* const signer = new Signer();
  const BioPtr content(BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size())));
  const CmsPtr cms(CMS_sign(signer->certificate.get(), signer->key->evp_pkey(), nullptr,
                            content.get(), CMS_DETACHED | CMS_BINARY));
  unsigned char* der = nullptr;
  const int length = i2d_CMS_ContentInfo(cms.get(), &der);
  std::string text = ToHex(ByteSpan(der, static_cast<size_t>(length)));
  OPENSSL_free(der);
  return text;
}

// The number behind the last `word` of the PDF.
uint64_t LastNumber(const std::string& pdf, absl::string_view word) {
  uint64_t number = 0;
  const size_t at = pdf.rfind(std::string(word));
  const size_t begin = pdf.find_first_of("0123456789", at);
  const size_t end = pdf.find_first_not_of("0123456789", begin);
  EXPECT_TRUE(absl::SimpleAtoi(pdf.substr(begin, end - begin), &number));
  return number;
}
uint64_t LastSection(const std::string& pdf) { return LastNumber(pdf, "startxref"); }
int LastSize(const std::string& pdf) { return static_cast<int>(LastNumber(pdf, "/Size ")); }

using Entries = std::map<int, std::string>;  // number -> 20 octets of the table

std::string Table(const Entries& entries) {
  std::string text = "xref\n";
  for (const auto& [number, entry] : entries) absl::StrAppend(&text, number, " 1\n", entry);
  return text;
}

std::string InUse(uint64_t offset) { return absl::StrFormat("%010d 00000 n \n", offset); }

std::string BigEndian(uint64_t value, int octets) {
  std::string text;
  for (int i = octets - 1; i >= 0; --i) text.push_back(static_cast<char>(value >> (8 * i)));
  return text;
}

// The update's objects in one object stream `stream`, and the rows of the cross-reference stream.
std::string ObjectStream(const HandMadeObjects& objects) {
  std::string header;
  std::string bodies;
  for (const auto& [number, body] : objects) {
    absl::StrAppend(&header, number, " ", bodies.size(), " ");
    absl::StrAppend(&bodies, body, "\n");
  }
  return HandMadeStream(
      absl::StrCat("/Type /ObjStm /N ", objects.size(), " /First ", header.size()),
      header + bodies);
}

std::string WithStreamUpdate(std::string pdf, const HandMadeUpdate& update, uint64_t previous) {
  constexpr int kObjectStream = 900;
  constexpr int kSection = 901;
  std::map<int, std::string> rows;
  int index = 0;
  for (const auto& [number, body] : update.objects) {
    if (update.compressed) {
      rows[number] = BigEndian(2, 1) + BigEndian(kObjectStream, 4) + BigEndian(index++, 2);
      continue;
    }
    rows[number] = BigEndian(1, 1) + BigEndian(pdf.size(), 4) + BigEndian(0, 2);
    absl::StrAppend(&pdf, number, " 0 obj\n", body, "\nendobj\n");
  }
  for (const int number : update.freed) {
    rows[number] = BigEndian(0, 1) + BigEndian(0, 4) + BigEndian(1, 2);
  }
  for (const auto& [number, offset] : update.entries) {
    rows[number] = BigEndian(1, 1) + BigEndian(offset, 4) + BigEndian(0, 2);
  }
  if (update.compressed) {
    rows[kObjectStream] = BigEndian(1, 1) + BigEndian(pdf.size(), 4) + BigEndian(0, 2);
    absl::StrAppend(&pdf, kObjectStream, " 0 obj\n", ObjectStream(update.objects), "\nendobj\n");
  }
  const uint64_t section = pdf.size();
  rows[kSection] = BigEndian(1, 1) + BigEndian(section, 4) + BigEndian(0, 2);
  std::string index_text;
  std::string octets;
  for (const auto& [number, row] : rows) {
    absl::StrAppend(&index_text, number, " 1 ");
    octets += row;
  }
  const std::string entries =
      absl::StrCat("/Type /XRef /Size ", kSection + 1, " /W [1 4 2] /Index [", index_text, "] ",
                   update.trailer, " /Prev ", previous);
  absl::StrAppend(&pdf, kSection, " 0 obj\n", HandMadeStream(entries, octets),
                  "\nendobj\nstartxref\n", section, "\n%%EOF\n");
  return pdf;
}

}  // namespace

std::string HandMadeStream(absl::string_view entries, absl::string_view octets) {
  return absl::StrCat("<< /Length ", octets.size(), " ", entries, " >>\nstream\n", octets,
                      "\nendstream");
}

HandMadeObjects PaymentOrder() {
  return {
      {1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R /Metadata 13 0 R >>"},
      {2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"},
      {3,
       "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
       "/Resources << /Font << /F1 5 0 R >> >> /Annots [7 0 R] >>"},
      {4, HandMadeStream("", "BT /F1 24 Tf 72 700 Td (Pay 100 EUR) Tj ET")},
      {5, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"},
      {6, "<< /Fields [7 0 R] /DR << /Font << /F1 5 0 R >> >> /DA (/F1 12 Tf 0 g) /SigFlags 3 >>"},
      {7,
       "<< /Type /Annot /Subtype /Widget /FT /Tx /T (amount) /V (100) /DA (/F1 12 Tf 0 g) "
       "/Rect [72 600 172 620] /P 3 0 R /F 4 /AP << /N 8 0 R >> >>"},
      {8, HandMadeStream("/Type /XObject /Subtype /Form /BBox [0 0 100 20] "
                         "/Resources << /Font << /F1 5 0 R >> >>",
                         "BT /F1 12 Tf 2 5 Td (100) Tj ET")},
      {9, "<< /Title (Payment order) /ModDate (D:20260101000000Z) >>"},
      {10, HandMadeStream("", "BT /F1 24 Tf 72 700 Td (Pay 900 EUR) Tj ET")},
      {11, "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"},
      {12,
       "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 10 0 R "
       "/Resources << /Font << /F1 5 0 R >> >> /Annots [7 0 R] >>"},
      {13, HandMadeStream("/Type /Metadata /Subtype /XML", "<x:xmpmeta>Order</x:xmpmeta>")},
  };
}

std::string WritePdf(const HandMadeObjects& objects, const std::string& trailer) {
  std::string pdf = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
  Entries entries = {{0, "0000000000 65535 f \n"}};
  for (const auto& [number, body] : objects) {
    entries[number] = InUse(pdf.size());
    absl::StrAppend(&pdf, number, " 0 obj\n", body, "\nendobj\n");
  }
  const uint64_t section = pdf.size();
  absl::StrAppend(&pdf, Table(entries), "trailer\n<< /Size ", objects.rbegin()->first + 1,
                  " /Root 1 0 R ", trailer, " >>\nstartxref\n", section, "\n%%EOF\n");
  return pdf;
}

std::string WithUpdate(const std::string& pdf, const HandMadeUpdate& update) {
  const uint64_t previous = LastSection(pdf);
  if (update.with_stream || update.compressed) return WithStreamUpdate(pdf, update, previous);
  std::string updated = pdf;
  Entries entries = {{0, "0000000000 65535 f \n"}};
  for (const auto& [number, body] : update.objects) {
    entries[number] = InUse(updated.size());
    absl::StrAppend(&updated, number, " 0 obj\n", body, "\nendobj\n");
  }
  if (!update.with_end) return updated;
  for (const int number : update.freed) entries[number] = "0000000000 00001 f \n";
  for (const auto& [number, offset] : update.entries) entries[number] = InUse(offset);
  const uint64_t section = updated.size();
  const int size = std::max(LastSize(pdf), entries.rbegin()->first + 1);
  absl::StrAppend(&updated, Table(entries), "trailer\n<< /Size ", size, " ", update.trailer);
  if (update.with_previous) absl::StrAppend(&updated, " /Prev ", previous);
  absl::StrAppend(&updated, " >>\nstartxref\n", section, "\n%%EOF\n");
  return updated;
}

std::string WithSignature(const std::string& pdf, const HandMadeSignature& signature) {
  const int value = signature.field_number + 1;
  const std::string range_room(60, ' ');
  HandMadeUpdate update = {.objects = signature.objects, .trailer = signature.trailer};
  const auto add = [&](int number, const std::string& body) {
    update.objects.insert({number, body});
  };
  add(value, absl::StrCat("<< /Filter /Adobe.PPKLite ", signature.entries,
                          " /M (D:20260601120000Z) /ByteRange [", range_room, "] /Contents <",
                          std::string(kContentsDigits, '0'), "> >>"));
  if (signature.add_field) {
    const std::string field = absl::StrCat(signature.field_number, " 0 R");
    add(signature.field_number,
        absl::StrCat("<< /Type /Annot /Subtype /Widget /FT /Sig /T (", signature.field,
                     ") /F 132 /P 3 0 R /Rect [", signature.rectangle, "] /V ", value, " 0 R ",
                     signature.field_entries, " >>"));
    const HandMadeObjects order = PaymentOrder();
    add(3, Replaced(order.at(3), "/Annots [7 0 R]",
                    absl::StrCat("/Annots [", signature.page_annotations, " ", field, "]")));
    add(6, Replaced(order.at(6), "/Fields [7 0 R]",
                    absl::StrCat("/Fields [", signature.form_fields, " ", field, "]")));
    if (!signature.catalog_entries.empty()) {
      add(1, Replaced(order.at(1), ">>", signature.catalog_entries + " >>"));
    }
  }
  std::string made = WithUpdate(pdf, update);
  const size_t gap = made.find(std::string(kContentsDigits, '0'), pdf.size()) - 1;
  const size_t behind = gap + kContentsDigits + 2;
  std::string range = signature.byte_range;
  if (range.empty()) range = absl::StrCat("0 ", gap, " ", behind, " ", made.size() - behind);
  range.resize(range_room.size(), ' ');
  made.replace(made.find(range_room, pdf.size()), range.size(), range);
  const std::string cms = CmsOver(made.substr(0, gap) + made.substr(behind));
  made.replace(gap + 1, cms.size(), cms);
  return made;
}

const std::string& SignedPaymentOrder() {
  static const std::string* const pdf =
      new std::string(WithSignature(WritePdf(PaymentOrder()), {}));
  return *pdf;
}

uint64_t OffsetOf(const std::string& pdf, int number) {
  return pdf.rfind(absl::StrCat("\n", number, " 0 obj\n")) + 1;
}

std::string Replaced(std::string text, absl::string_view what, absl::string_view by) {
  EXPECT_NE(text.find(std::string(what)), std::string::npos) << what;
  return absl::StrReplaceAll(text, {{what, by}});
}

std::string Deflated(const std::string& text) {
  uLongf size = compressBound(text.size());
  std::string packed(size, '\0');
  compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
            reinterpret_cast<const Bytef*>(text.data()), text.size(), 9);
  packed.resize(size);
  return packed;
}

}  // namespace enkrat::pades
