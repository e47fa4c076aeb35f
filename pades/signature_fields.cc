#include "pades/signature_fields.h"

#include <algorithm>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/page_tree.h"
#include "pades/pdf_values.h"
#include "pades/qpdf_calls.h"

namespace enkrat::pades {
namespace {

constexpr int kMostFieldDepth = 32;
constexpr uint64_t kFieldSteps = 4;  // as long as so many steps of a walk
constexpr size_t kMostLockedFields = 1000;
constexpr int kMostReferences = 16;
constexpr int kHiddenFlags = 2 | 32;  // Hidden, NoView (ISO 32000-1 12.5.3)

absl::Status TooComplex() {
  return MakeError(Reason::kLimitExceeded, "the document is too complex");
}

// A value of nobody's allows as little as the least.
int PermissionOf(QPDFObjectHandle value) {
  const long long allowed = value.getIntValue();
  return allowed >= 1 && allowed <= 3 ? static_cast<int>(allowed) : 1;
}

SignatureLock LockOf(QPDFObjectHandle dictionary) {
  SignatureLock lock;
  const std::string action = NameOf(dictionary.getKey("/Action"));
  // What is not understood locks everything.
  if (action == "Include") lock.action = SignatureLock::Action::kInclude;
  if (action == "Exclude") lock.action = SignatureLock::Action::kExclude;
  QPDFObjectHandle fields = dictionary.getKey("/Fields");
  if (fields.isArray()) {
    for (QPDFObjectHandle& name : fields.getArrayAsVector()) {
      if (lock.fields.size() == kMostLockedFields) {
        lock.action = SignatureLock::Action::kAll;
        break;
      }
      lock.fields.push_back(TextOf(name));
    }
  }
  QPDFObjectHandle permission = dictionary.getKey("/P");
  if (permission.isInteger()) lock.permission = PermissionOf(permission);
  return lock;
}

// What the signature says of later changes (ISO 32000-1 12.8.2).
void ReadReferences(QPDFObjectHandle references, FoundSignature& found) {
  if (!references.isArray()) return;
  for (int i = 0; i < std::min(references.getArrayNItems(), kMostReferences); ++i) {
    QPDFObjectHandle reference = references.getArrayItem(i);
    if (!reference.isDictionary()) continue;
    const std::string method = NameOf(reference.getKey("/TransformMethod"));
    QPDFObjectHandle parameters = reference.getKey("/TransformParams");
    if (method == "DocMDP") {
      const bool told = parameters.isDictionary() && parameters.getKey("/P").isInteger();
      found.signature.certifies = told ? PermissionOf(parameters.getKey("/P")) : 2;
    }
    if (method == "FieldMDP" && parameters.isDictionary()) {
      found.locks.push_back(LockOf(parameters));
    }
  }
}

void ReadByteRange(QPDFObjectHandle range, PdfSignature& signature) {
  if (!range.isArray() || range.isIndirect()) {
    signature.defects.push_back("/ByteRange is missing or no direct array");
    return;
  }
  if (range.getArrayNItems() != 4) {
    signature.defects.push_back("/ByteRange does not have four numbers");
    return;
  }
  for (int i = 0; i < 4; ++i) {
    QPDFObjectHandle number = range.getArrayItem(i);
    if (number.isIndirect() || !number.isInteger() || number.getIntValue() < 0) {
      signature.defects.push_back("/ByteRange has an element that is no direct, positive number");
      signature.byte_range = {};
      return;
    }
    signature.byte_range[static_cast<size_t>(i)] = static_cast<uint64_t>(number.getIntValue());
  }
}

void ReadContents(QPDFObjectHandle contents, FoundSignature& found) {
  if (!contents.isString() || contents.isIndirect()) {
    found.signature.defects.push_back("/Contents is missing or no direct string");
    return;
  }
  found.contents = ToBytes(contents.getStringValue());
  found.contents_offset = contents.getParsedOffset();
  if (found.contents.empty()) found.signature.defects.push_back("/Contents is empty");
}

bool IsVisible(QPDFObjectHandle widget) {
  const std::optional<Box> place = BoxOf(widget.getKey("/Rect"));
  QPDFObjectHandle flags = widget.getKey("/F");
  const bool hidden = flags.isInteger() && (flags.getIntValue() & kHiddenFlags) != 0;
  return place.has_value() && !place->empty() && !hidden;
}

class FieldWalk {
 public:
  FieldWalk(StrictDocument& document, size_t most, StepBudget& budget)
      : document_(document), most_(most), budget_(budget) {}

  absl::StatusOr<std::vector<FoundSignature>> Find() {
    QPDFObjectHandle catalog = document_.pdf().getTrailer().getKey("/Root");
    QPDFObjectHandle form = catalog.getKey("/AcroForm");
    if (form.isDictionary()) ENKRAT_RETURN_IF_ERROR(WalkFields(form.getKey("/Fields")));
    ENKRAT_ASSIGN_OR_RETURN(const std::vector<ObjectId> pages, PagesOf(document_, budget_));
    for (const ObjectId page : pages) ENKRAT_RETURN_IF_ERROR(WalkWidgets(page));
    return std::move(found_);
  }

 private:
  struct Field {
    QPDFObjectHandle dictionary;
    std::string name;
    std::string type;
    int depth = 0;
  };

  absl::Status WalkFields(QPDFObjectHandle fields) {
    std::vector<Field> waiting;
    ENKRAT_RETURN_IF_ERROR(AddAll(fields, {}, waiting));
    while (!waiting.empty()) {
      const Field field = waiting.back();
      waiting.pop_back();
      ENKRAT_RETURN_IF_ERROR(Visit(field));
      if (field.depth < kMostFieldDepth) {
        QPDFObjectHandle kids = QPDFObjectHandle(field.dictionary).getKey("/Kids");
        ENKRAT_RETURN_IF_ERROR(AddAll(kids, field, waiting));
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddAll(QPDFObjectHandle kids, const Field& parent, std::vector<Field>& waiting) {
    if (!kids.isArray()) return absl::OkStatus();
    for (QPDFObjectHandle& kid : kids.getArrayAsVector()) {
      if (!budget_.Spend(kFieldSteps)) return TooComplex();
      if (!kid.isDictionary()) continue;
      if (const ObjectId id = IdOf(kid); !id.direct() && !seen_.insert(id).second) continue;
      Field field = {.dictionary = kid, .name = parent.name, .type = parent.type};
      field.depth = parent.depth + 1;
      if (const std::string part = TextOf(kid.getKey("/T")); !part.empty()) {
        field.name = parent.name.empty() ? part : parent.name + "." + part;
      }
      if (kid.getKey("/FT").isName()) field.type = NameOf(kid.getKey("/FT"));
      waiting.push_back(std::move(field));
    }
    return absl::OkStatus();
  }

  // A widget that no field of the form leads to still shows its signature.
  absl::Status WalkWidgets(ObjectId page) {
    QPDFObjectHandle annotations =
        document_.pdf().getObject(page.number, page.generation).getKey("/Annots");
    if (!annotations.isArray()) return absl::OkStatus();
    for (QPDFObjectHandle& widget : annotations.getArrayAsVector()) {
      if (!budget_.Spend(1)) return TooComplex();
      if (!widget.isDictionary() || NameOf(widget.getKey("/FT")) != "Sig") continue;
      if (const ObjectId id = IdOf(widget); !id.direct() && !seen_.insert(id).second) continue;
      const size_t before = found_.size();
      ENKRAT_RETURN_IF_ERROR(Visit(
          {.dictionary = widget, .name = TextOf(widget.getKey("/T")), .type = "Sig", .depth = 1}));
      for (size_t i = before; i < found_.size(); ++i) {
        found_[i].signature.defects.push_back("the form does not have the signature's field");
      }
    }
    return absl::OkStatus();
  }

  absl::Status Visit(const Field& field) {
    QPDFObjectHandle dictionary = field.dictionary;
    QPDFObjectHandle value = dictionary.getKey("/V");
    if (field.type != "Sig" || value.isNull()) return absl::OkStatus();
    if (found_.size() == most_) {
      return MakeError(Reason::kLimitExceeded, "the document has too many signatures");
    }
    FoundSignature found;
    found.signature.field_name = field.name;
    found.signature.visible = VisibleField(dictionary);
    if (!value.isDictionary()) {
      found.signature.defects.push_back("the signature is no dictionary");
      found_.push_back(std::move(found));
      return absl::OkStatus();
    }
    found.value = IdOf(value);
    if (dictionary.getKey("/Lock").isDictionary()) {
      found.locks.push_back(LockOf(dictionary.getKey("/Lock")));
    }
    ReadValue(value, found);
    found_.push_back(std::move(found));
    return absl::OkStatus();
  }

  static bool VisibleField(QPDFObjectHandle field) {
    if (IsVisible(field)) return true;
    QPDFObjectHandle kids = field.getKey("/Kids");
    if (!kids.isArray()) return false;
    for (QPDFObjectHandle& kid : kids.getArrayAsVector()) {
      if (kid.isDictionary() && IsVisible(kid)) return true;
    }
    return false;
  }

  static void ReadValue(QPDFObjectHandle value, FoundSignature& found) {
    PdfSignature& signature = found.signature;
    signature.sub_filter = NameOf(value.getKey("/SubFilter"));
    const bool by_type = NameOf(value.getKey("/Type")) == "DocTimeStamp";
    const bool by_filter = signature.sub_filter == "ETSI.RFC3161";
    signature.document_timestamp = by_type || by_filter;
    // EN 319 142-1 5.4.3. Else it would be one here, and a signature to the rules for later
    // changes.
    if (by_type != by_filter) signature.defects.push_back("it is a document timestamp by half");
    signature.reason = TextOf(value.getKey("/Reason"));
    signature.location = TextOf(value.getKey("/Location"));
    signature.signer_name = TextOf(value.getKey("/Name"));
    signature.claimed_time = ParsePdfDate(TextOf(value.getKey("/M")));
    ReadByteRange(value.getKey("/ByteRange"), signature);
    ReadContents(value.getKey("/Contents"), found);
    ReadReferences(value.getKey("/Reference"), found);
  }

  StrictDocument& document_;
  const size_t most_;
  StepBudget& budget_;
  std::set<ObjectId> seen_;
  std::vector<FoundSignature> found_;
};

}  // namespace

bool SignatureLock::Locks(const std::string& field) const {
  // A name locks the fields below it too.
  const bool listed = std::any_of(fields.begin(), fields.end(), [&](const std::string& name) {
    return field == name || field.starts_with(name + ".");
  });
  if (action == Action::kInclude) return listed;
  return action == Action::kAll || !listed;
}

absl::StatusOr<std::vector<FoundSignature>> FindSignatures(StrictDocument& document, size_t most,
                                                           StepBudget& budget) {
  return CallQpdf([&] { return FieldWalk(document, most, budget).Find(); });
}

}  // namespace enkrat::pades
