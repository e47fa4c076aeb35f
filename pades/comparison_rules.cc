#include "pades/comparison_rules.h"

#include <algorithm>
#include <initializer_list>
#include <qpdf/QPDFObjectHandle.hh>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "pades/pdf_values.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMostKeyOctets = 32;
constexpr size_t kMostWhereOctets = 120;

bool IsOneOf(const std::string& key, std::initializer_list<absl::string_view> keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// The cross-reference stream's own entries are beside the trailer's.
std::optional<Area> AreaBelowTrailer(const std::string& key) {
  if (key == "/Root") return Area::kCatalog;
  if (key == "/Info") return Area::kInformation;
  if (IsOneOf(key, {"/Size", "/Prev", "/ID", "/XRefStm", "/Type", "/W", "/Index", "/Length",
                    "/Filter", "/DecodeParms"})) {
    return std::nullopt;
  }
  return Area::kShown;
}

std::optional<Area> AreaBelowCatalog(const std::string& key) {
  if (key == "/DSS") return Area::kStore;
  if (key == "/AcroForm") return Area::kForm;
  if (key == "/Metadata") return Area::kMetadata;
  if (key == "/OCProperties") return Area::kLayers;
  // What a reader has to know, not what it shows (EN 319 142-1 5.4.2.1 asks for ESIC).
  if (IsOneOf(key, {"/Extensions", "/Version"})) return std::nullopt;
  return Area::kShown;
}

}  // namespace

std::optional<Area> AreaBelow(Area area, const std::string& key) {
  switch (area) {
    case Area::kTrailer:
      return AreaBelowTrailer(key);
    case Area::kCatalog:
      return AreaBelowCatalog(key);
    case Area::kForm:
      if (IsOneOf(key, {"/Fields", "/SigFlags"})) return std::nullopt;
      if (key == "/NeedAppearances") return Area::kFieldValue;
      return key == "/DR" ? Area::kResources : Area::kShown;
    case Area::kResources:
      return Area::kResourceNames;
    case Area::kResourceNames:
      return Area::kResource;
    case Area::kResource:
      return Area::kShown;
    case Area::kInformation:
      if (IsOneOf(key, {"/ModDate", "/Producer"})) return std::nullopt;
      return Area::kInformation;
    case Area::kAnnotation:
      if (IsOneOf(key, {"/Contents", "/M", "/RC", "/NM", "/Open"})) return Area::kNote;
      return IsOneOf(key, {"/A", "/AA", "/P", "/Parent"}) ? Area::kShown : Area::kAnnotation;
    default:
      return area;
  }
}

DocumentChange ChangeOf(Area area, bool out_of_place, const std::string& detail,
                        const std::string& field) {
  const auto change = [&](ChangeKind kind) {
    return DocumentChange{.change = {.kind = kind, .detail = detail}};
  };
  switch (area) {
    case Area::kStore:
      return change(ChangeKind::kValidationData);
    case Area::kSignatureLook:
    case Area::kFieldValue: {
      DocumentChange filled =
          change(area == Area::kFieldValue ? ChangeKind::kFormFilling : ChangeKind::kSignature);
      filled.field = field;
      filled.every_field = area == Area::kFieldValue && field.empty();
      return filled;
    }
    case Area::kNote:
      return change(ChangeKind::kAnnotations);
    case Area::kAnnotation: {
      DocumentChange looks = change(ChangeKind::kAnnotations);
      looks.dangerous = true;
      return looks;
    }
    case Area::kLayers:
      return change(ChangeKind::kObjectsOutOfPlace);
    default:
      return change(out_of_place ? ChangeKind::kObjectsOutOfPlace : ChangeKind::kContent);
  }
}

std::string KindOf(QPDFObjectHandle dictionary) {
  return NameOf(dictionary.getKey("/Type")) + "/" + NameOf(dictionary.getKey("/Subtype"));
}

bool IsStructure(QPDFObjectHandle stream) {
  const std::string type = NameOf(stream.getDict().getKey("/Type"));
  return type == "XRef" || type == "ObjStm";
}

std::string NameOfObject(ObjectId id) {
  return absl::StrCat("object ", id.number, " ", id.generation);
}

std::string Below(const std::string& where, const std::string& key) {
  const bool plain =
      key.size() <= kMostKeyOctets && std::all_of(key.begin(), key.end(), [](unsigned char c) {
        return absl::ascii_isalnum(c) || c == '/' || c == '.' || c == '_';
      });
  if (where.size() > kMostWhereOctets) return where;
  return where + " " + (plain ? key : "/...");
}

}  // namespace enkrat::pades
