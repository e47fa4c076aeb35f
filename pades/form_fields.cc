#include "pades/form_fields.h"

#include <algorithm>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::pades {
namespace {

constexpr int kMaxDepth = 32;
constexpr int kMaxNodes = 50'000;

struct Inherited {
  std::string name;
  bool signature = false;
  bool has_value = false;
};

class FieldWalk {
 public:
  absl::Status Visit(QPDFObjectHandle node, const Inherited& parent, int depth) {
    ENKRAT_RETURN_IF_ERROR(CheckBounds(node, depth));
    Inherited own = parent;
    QPDFObjectHandle name = node.getKey("/T");
    if (name.isString()) {
      own.name = absl::StrCat(parent.name, parent.name.empty() ? "" : ".", name.getUTF8Value());
    }
    QPDFObjectHandle type = node.getKey("/FT");
    if (type.isName()) own.signature = type.getName() == "/Sig";
    own.has_value = own.has_value || !node.getKey("/V").isNull();

    const size_t index = fields_.size();
    fields_.push_back({.full_name = own.name,
                       .object = std::make_shared<QPDFObjectHandle>(node),
                       .widgets = {},
                       .signature = own.signature,
                       .has_value = own.has_value});
    if (IsWidget(node)) fields_[index].widgets.push_back(node);
    QPDFObjectHandle kids = node.getKey("/Kids");
    if (!kids.isArray()) return absl::OkStatus();
    for (QPDFObjectHandle& kid : kids.getArrayAsVector()) {
      // Kids without a name are the field's widgets (12.7.3.1).
      if (kid.isDictionary() && !kid.hasKey("/T")) {
        fields_[index].widgets.push_back(kid);
        continue;
      }
      fields_[index].terminal = false;
      ENKRAT_RETURN_IF_ERROR(Visit(kid, own, depth + 1));
    }
    return absl::OkStatus();
  }

  std::vector<FormField> Take() { return std::move(fields_); }

 private:
  static bool IsWidget(QPDFObjectHandle node) {
    QPDFObjectHandle subtype = node.getKey("/Subtype");
    return subtype.isName() && subtype.getName() == "/Widget";
  }

  absl::Status CheckBounds(QPDFObjectHandle node, int depth) {
    if (!node.isDictionary()) {
      return MakeError(Reason::kPdfDamaged, "the form holds what is no field");
    }
    if (depth > kMaxDepth) return MakeError(Reason::kPdfDamaged, "the form's tree is too deep");
    if (++nodes_ > kMaxNodes) return MakeError(Reason::kLimitExceeded, "the form is too large");
    if (node.isIndirect() && !seen_.insert(node.getObjectID()).second) {
      return MakeError(Reason::kPdfDamaged, "the form names a field twice");
    }
    return absl::OkStatus();
  }

  std::vector<FormField> fields_;
  std::set<int> seen_;
  int nodes_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<FormField>> ReadFormFields(const SourceDocument& document) {
  QPDFObjectHandle form = document.qpdf().getRoot().getKey("/AcroForm");
  FieldWalk walk;
  if (!form.isDictionary()) return walk.Take();
  QPDFObjectHandle fields = form.getKey("/Fields");
  if (!fields.isArray()) return walk.Take();
  for (QPDFObjectHandle& field : fields.getArrayAsVector()) {
    // A reference to an object that is not there is null (7.3.10): producers leave such.
    if (field.isNull()) continue;
    ENKRAT_RETURN_IF_ERROR(walk.Visit(field, {}, 0));
  }
  return walk.Take();
}

const FormField* FindField(const std::vector<FormField>& fields, absl::string_view full_name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const FormField& field) {
    return field.full_name == full_name;
  });
  return found == fields.end() ? nullptr : &*found;
}

bool HasSignatures(const std::vector<FormField>& fields) {
  return std::any_of(fields.begin(), fields.end(),
                     [](const FormField& field) { return field.signature && field.has_value; });
}

}  // namespace enkrat::pades
