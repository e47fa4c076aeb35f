#include "pades/signature_field.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/page_search.h"

namespace enkrat::pades {
namespace {

// Annotation flags (ISO 32000-1 table 165).
constexpr int kInvisible = 1, kHidden = 2, kPrint = 4, kNoView = 32, kLocked = 128;
// /SigFlags: SignaturesExist, AppendOnly (table 219).
constexpr int kSignatureFlags = 3;

absl::Status Unsuitable(absl::string_view why) {
  return MakeError(Reason::kPdfFieldUnsuitable, why);
}

int IntegerOr(QPDFObjectHandle value, int otherwise) {
  return value.isInteger() ? value.getIntValueAsInt() : otherwise;
}

// A form XObject that shows the drawn one upright on a page that is turned when shown: the
// annotation's /Rect is in the coordinates of the page before that (12.5.5).
int TurnUpright(int drawn, const Appearance& appearance, int rotate, UpdateObjects& objects) {
  if (rotate == 0) return drawn;
  const char* matrix = rotate == 90    ? "0 1 -1 0 0 0"
                       : rotate == 180 ? "-1 0 0 -1 0 0"
                                       : "0 -1 1 0 0 0";
  const std::string entries =
      absl::StrCat("/Type /XObject /Subtype /Form /BBox [ 0 0 ", NumberText(appearance.place.width),
                   " ", NumberText(appearance.place.height), " ] /Matrix [ ", matrix,
                   " ] /Resources << /XObject << /Upright ", ReferenceText(drawn), " >> >>");
  return objects.AddStream(entries, AsSpan("q /Upright Do Q"));
}

absl::StatusOr<std::string> DrawnEntry(const Appearance& appearance, int rotate,
                                       UpdateObjects& objects) {
  ENKRAT_ASSIGN_OR_RETURN(const int drawn, DrawAppearance(appearance, objects));
  return absl::StrCat("<< /N ", ReferenceText(TurnUpright(drawn, appearance, rotate, objects)),
                      " >>");
}

absl::Status CheckPlace(const Rectangle& place, const PageView& view) {
  for (const double number : {place.left, place.bottom, place.width, place.height}) {
    if (!std::isfinite(number)) {
      return MakeError(Reason::kRequestMalformed, "the place is not made of numbers");
    }
  }
  constexpr double kRounding = 0.01;
  if (place.width <= 0 || place.height <= 0 || place.left < 0 || place.bottom < 0 ||
      place.left + place.width > view.width() + kRounding ||
      place.bottom + place.height > view.height() + kRounding) {
    return MakeError(Reason::kRequestMalformed, "the place is not on the page");
  }
  return absl::OkStatus();
}

std::string RectangleText(const std::array<double, 4>& corners) {
  return absl::StrCat("[ ", NumberText(corners[0]), " ", NumberText(corners[1]), " ",
                      NumberText(corners[2]), " ", NumberText(corners[3]), " ]");
}

// /SigFlags, and the new field if there is one.
void EditForm(DocumentUpdate& update, const std::string& new_field) {
  QPDFObjectHandle catalog = update.document().qpdf().getRoot();
  QPDFObjectHandle form = catalog.getKey("/AcroForm");
  const int flags = form.isDictionary() ? IntegerOr(form.getKey("/SigFlags"), 0) : 0;
  if (new_field.empty() && (flags & kSignatureFlags) == kSignatureFlags) return;
  const auto change = [&](DictionaryText& text) {
    text.Set("/SigFlags", absl::StrCat(flags | kSignatureFlags));
    if (new_field.empty()) return;
    QPDFObjectHandle fields =
        form.isDictionary() ? form.getKey("/Fields") : QPDFObjectHandle::newNull();
    update.AppendToArray(
        fields, [&](std::string array) { text.Set("/Fields", array); }, new_field);
  };
  update.EditEntry(catalog, "/AcroForm", DocumentUpdate::Place::kOwnObject, change);
}

absl::Status ShowInWidget(DocumentUpdate& update, QPDFObjectHandle widget,
                          const Appearance& asked) {
  QPDFObjectHandle corners = widget.getKey("/Rect");
  if (!widget.isIndirect() || !corners.isRectangle()) return Unsuitable("the field has no place");
  const QPDFObjectHandle::Rectangle place = corners.getArrayAsRectangle();
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<Page> page, FindPageOf(update.document(), widget));
  const int rotate = page.has_value() ? page->view.rotate : 0;
  Appearance appearance = asked;
  appearance.place = {.width = std::abs(place.urx - place.llx),
                      .height = std::abs(place.ury - place.lly)};
  if (rotate % 180 != 0) std::swap(appearance.place.width, appearance.place.height);
  if (appearance.place.width <= 0 || appearance.place.height <= 0) {
    return Unsuitable("the field has a place without area: it cannot show an appearance");
  }
  ENKRAT_ASSIGN_OR_RETURN(const std::string drawn,
                          DrawnEntry(appearance, rotate, update.objects()));
  const int flags = IntegerOr(widget.getKey("/F"), 0);
  update.Edit(widget)
      .Set("/AP", drawn)
      .Set("/F", absl::StrCat((flags | kPrint | kLocked) & ~(kInvisible | kHidden | kNoView)));
  return absl::OkStatus();
}

}  // namespace

std::string FreeFieldName(const std::vector<FormField>& fields, absl::string_view stem) {
  for (size_t number = 1;; ++number) {
    const std::string name = absl::StrCat(stem, number);
    if (FindField(fields, name) == nullptr) return name;
  }
}

absl::Status CheckEmptySignatureField(const FormField& field) {
  if (!field.signature || !field.terminal) return Unsuitable("the field is no signature field");
  if (field.has_value) return Unsuitable("the field is signed already");
  if (!field.object->isIndirect()) return Unsuitable("the field is no object of its own");
  if (field.widgets.size() > 1) return Unsuitable("the field is shown in several places");
  return absl::OkStatus();
}

absl::Status FillSignatureField(DocumentUpdate& update, const FormField& field, int signature,
                                const std::optional<Appearance>& appearance) {
  update.Edit(*field.object).Set("/V", ReferenceText(signature));
  EditForm(update, "");
  if (!appearance.has_value()) return absl::OkStatus();
  if (field.widgets.empty()) return Unsuitable("the field has no place");
  return ShowInWidget(update, field.widgets.front(), *appearance);
}

absl::Status AddSignatureField(DocumentUpdate& update, absl::string_view name, int signature,
                               const std::optional<Appearance>& appearance) {
  ENKRAT_ASSIGN_OR_RETURN(const Page page,
                          FindPage(update.document(), appearance ? appearance->page : 1));
  DictionaryText widget;
  widget.Set("/Type", "/Annot").Set("/Subtype", "/Widget").Set("/FT", "/Sig");
  widget.Set("/T", TextString(name)).Set("/V", ReferenceText(signature));
  widget.Set("/F", absl::StrCat(kPrint | kLocked)).Set("/P", page.object->unparse());
  widget.Set("/Rect", "[ 0 0 0 0 ]");
  if (appearance.has_value()) {
    ENKRAT_RETURN_IF_ERROR(CheckPlace(appearance->place, page.view));
    ENKRAT_ASSIGN_OR_RETURN(const std::string drawn,
                            DrawnEntry(*appearance, page.view.rotate, update.objects()));
    widget.Set("/Rect", RectangleText(page.view.ToUserSpace(appearance->place)));
    widget.Set("/AP", drawn);
  }
  const std::string field = ReferenceText(update.objects().Add(widget.ToString()));
  update.AppendToArray(
      page.object->getKey("/Annots"),
      [&](std::string array) { update.Edit(*page.object).Set("/Annots", array); }, field);
  EditForm(update, field);
  return absl::OkStatus();
}

}  // namespace enkrat::pades
