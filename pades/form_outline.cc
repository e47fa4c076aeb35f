#include "pades/form_outline.h"

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <utility>
#include <vector>

#include "common/reason.h"
#include "pades/pdf_values.h"
#include "pades/qpdf_calls.h"

namespace enkrat::pades {
namespace {

constexpr uint64_t kFieldSteps = 4;  // as long as so many steps of a walk

struct Waiting {
  QPDFObjectHandle dictionary;
  FormNode parent;
};

FormNode NodeOf(QPDFObjectHandle dictionary, const FormNode& parent) {
  FormNode node = parent;
  if (const std::string part = TextOf(dictionary.getKey("/T")); !part.empty()) {
    node.field = parent.field.empty() ? part : parent.field + "." + part;
  }
  if (dictionary.getKey("/FT").isName()) node.signature = NameOf(dictionary.getKey("/FT")) == "Sig";
  QPDFObjectHandle value = dictionary.getKey("/V");
  if (!value.isNull()) node.signed_already = true;
  if (value.isDictionary()) {
    node.timestamp = NameOf(value.getKey("/Type")) == "DocTimeStamp" &&
                     NameOf(value.getKey("/SubFilter")) == "ETSI.RFC3161";
  }
  node.more_than_field = false;
  for (const char* const key : {"/Names", "/Nums", "/Limits", "/A", "/AA"}) {
    node.more_than_field |= dictionary.hasKey(key);
  }
  return node;
}

absl::StatusOr<FormOutline> Outline(StrictDocument& document, StepBudget& budget) {
  FormOutline outline;
  QPDFObjectHandle form = document.pdf().getTrailer().getKey("/Root").getKey("/AcroForm");
  if (!form.isDictionary()) return outline;
  std::vector<Waiting> waiting;
  const auto add = [&](QPDFObjectHandle list, const FormNode& parent) {
    if (!list.isArray()) return;
    for (QPDFObjectHandle& kid : list.getArrayAsVector()) waiting.push_back({kid, parent});
  };
  add(form.getKey("/Fields"), {});
  while (!waiting.empty()) {
    Waiting next = std::move(waiting.back());
    waiting.pop_back();
    if (!budget.Spend(kFieldSteps))
      return MakeError(Reason::kLimitExceeded, "the document is too complex");
    if (!next.dictionary.isDictionary()) continue;
    const ObjectId id = IdOf(next.dictionary);
    const FormNode node = NodeOf(next.dictionary, next.parent);
    if (id.direct()) {
      outline.direct.push_back({std::make_shared<QPDFObjectHandle>(next.dictionary), node});
    }
    if (!id.direct() && !outline.nodes.insert({id, node}).second) continue;
    add(next.dictionary.getKey("/Kids"), node);
  }
  return outline;
}

}  // namespace

absl::StatusOr<FormOutline> OutlineForm(StrictDocument& document, StepBudget& budget) {
  return CallQpdf([&] { return Outline(document, budget); });
}

}  // namespace enkrat::pades
