// PDFs that tests write by hand, object by object, so that every octet of an attack is the test's.
#ifndef ENKRAT_TESTS_UNIT_PADES_HAND_MADE_PDF_H_
#define ENKRAT_TESTS_UNIT_PADES_HAND_MADE_PDF_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace enkrat::pades {

// Object number -> what stands between "n 0 obj" and "endobj".
using HandMadeObjects = std::map<int, std::string>;

// "<< /Length n entries >> stream ... endstream".
std::string HandMadeStream(absl::string_view entries, absl::string_view octets);

// A page that says "Pay 100 EUR" with a filled form field "amount" on it, objects 1 to 13:
// 1 catalog, 2 page tree, 3 page, 4 its content, 5 font, 6 form, 7 field and widget, 8 its
// appearance, 9 document information, 10 to 12 not in use (a content, a font, a page), 13 XMP.
HandMadeObjects PaymentOrder();

// A whole PDF with these objects and a table of cross-references. `trailer` is what its trailer
// holds besides /Size and /Root.
std::string WritePdf(const HandMadeObjects& objects, const std::string& trailer = "/Info 9 0 R");

struct HandMadeUpdate {
  HandMadeObjects objects = {};
  std::vector<int> freed = {};
  std::map<int, uint64_t> entries = {};  // of the table: number -> offset, besides the objects
  std::string trailer = "/Root 1 0 R /Info 9 0 R";
  bool with_stream = false;   // cross-reference stream in place of the table
  bool compressed = false;    // the objects in an object stream; with_stream too
  bool with_previous = true;  // /Prev
  bool with_end = true;       // cross-references, trailer and end marker at all
};
// The PDF with an incremental update appended.
std::string WithUpdate(const std::string& pdf, const HandMadeUpdate& update);

struct HandMadeSignature {
  std::string field = "Signature1";
  int field_number = 20;  // of the field with its widget; the dictionary is the next
  std::string entries = "/Type /Sig /SubFilter /ETSI.CAdES.detached";
  std::string rectangle = "0 0 0 0";
  std::string field_entries = {};          // more of the field
  std::string page_annotations = "7 0 R";  // those that are there, before this one
  std::string form_fields = "7 0 R";
  std::string catalog_entries = {};  // more of the catalog: it is written anew if there are any
  std::string byte_range = {};       // in place of the right one
  std::string trailer = "/Root 1 0 R /Info 9 0 R";
  bool add_field = true;         // otherwise only the signature dictionary is written
  HandMadeObjects objects = {};  // more objects of the update, instead of those above if equal
};
// Appends a signature: a CMS by a key of the test's, over what /ByteRange says.
std::string WithSignature(const std::string& pdf, const HandMadeSignature& signature);

// PaymentOrder() written, signed once: what most attacks start from.
const std::string& SignedPaymentOrder();

// Offset of "n 0 obj" (the last there is) in the PDF.
uint64_t OffsetOf(const std::string& pdf, int number);
// The text with `what`, which is there once at least, replaced everywhere.
std::string Replaced(std::string text, absl::string_view what, absl::string_view by);
// As /FlateDecode unpacks it.
std::string Deflated(const std::string& text);

}  // namespace enkrat::pades

#endif  // ENKRAT_TESTS_UNIT_PADES_HAND_MADE_PDF_H_
