// What happened to a page and its annotations between two revisions.
#include <algorithm>
#include <map>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "pades/comparison.h"
#include "pades/covered_content.h"
#include "pades/pdf_values.h"

namespace enkrat::pades {
namespace {

// Annotations that stand beside what the page says and cannot pass for it.
bool IsNote(const std::string& subtype) {
  static constexpr const char* kNotes[] = {"Text",      "Popup",    "Highlight",
                                           "Underline", "Squiggly", "StrikeOut"};
  return std::find(std::begin(kNotes), std::end(kNotes), subtype) != std::end(kNotes);
}

std::vector<QPDFObjectHandle> Elements(QPDFObjectHandle list) {
  return list.isArray() ? list.getArrayAsVector() : std::vector<QPDFObjectHandle>();
}

// What tells one annotation from another: its object, or its text if it is none.
std::string KeyOf(const QPDFObjectHandle& annotation) {
  const ObjectId id = IdOf(annotation);
  return id.direct() ? QPDFObjectHandle(annotation).unparse() : NameOfObject(id);
}

// A widget of a signature that was not there before; what it lies over was on the page.
void TellAboutSignature(Comparison& comparison, QPDFObjectHandle widget, const FormNode& node,
                        QPDFObjectHandle page_before) {
  const std::string where = NameOfObject(IdOf(widget));
  if (widget.hasKey("/A") || widget.hasKey("/AA")) {
    return comparison.Tell(ChangeKind::kContent, where, "a signature field that acts was added");
  }
  const std::optional<Box> place = BoxOf(widget.getKey("/Rect"));
  if (!place.has_value() || place->empty()) {
    return comparison.Tell(node.timestamp ? ChangeKind::kValidationData : ChangeKind::kSignature,
                           where, "invisible signature added to the page");
  }
  // Anybody can get a timestamp, and nobody is needed for an empty field: no signer answers for
  // what they show.
  if (node.timestamp) {
    return comparison.Tell(ChangeKind::kContent, where, "visible document timestamp added");
  }
  if (!node.signed_already && widget.hasKey("/AP")) {
    return comparison.Tell(ChangeKind::kContent, where,
                           "what looks like a signature was added without one");
  }
  const std::optional<std::string> covered =
      WhatIsCovered(page_before, *place, [&](uint64_t steps) { return comparison.Spend(steps); });
  DocumentChange change = {.change = {.kind = ChangeKind::kSignature,
                                      .detail = where + ": visible signature added to the page"}};
  if (covered.has_value()) {
    change.covers = true;
    change.change.covers = true;
    change.change.detail += ", over " + *covered;
  }
  comparison.Tell(std::move(change));
}

void TellAboutAdded(Comparison& comparison, QPDFObjectHandle annotation,
                    QPDFObjectHandle page_before) {
  const ObjectId id = IdOf(annotation);
  const auto& after = comparison.form_after().nodes;
  const auto node = after.find(id);
  const std::string where = id.direct() ? "a page's annotations" : NameOfObject(id);
  if (!annotation.isDictionary()) {
    return comparison.Tell(ChangeKind::kContent, where, "something else added to annotations");
  }
  const std::string subtype = NameOf(annotation.getKey("/Subtype"));
  if (subtype == "Widget" && node != after.end() && node->second.signature) {
    return TellAboutSignature(comparison, annotation, node->second, page_before);
  }
  DocumentChange change = {
      .change = {.kind = ChangeKind::kAnnotations, .detail = where + ": annotation added"}};
  change.dangerous = !IsNote(subtype) || annotation.hasKey("/A") || annotation.hasKey("/AA");
  comparison.Tell(std::move(change));
}

void CompareAnnotations(Comparison& comparison, QPDFObjectHandle page_before,
                        QPDFObjectHandle page_after, const std::string& where) {
  const std::vector<QPDFObjectHandle> before =
      Elements(comparison.Before(page_before.getKey("/Annots")));
  const std::vector<QPDFObjectHandle> after =
      Elements(comparison.After(page_after.getKey("/Annots")));
  if (!comparison.Spend(before.size())) return;  // many pages may have one list
  std::map<std::string, size_t> places;          // in the list from before
  for (size_t i = 0; i < before.size(); ++i) places[KeyOf(before[i])] = i;
  std::set<std::string> kept;
  size_t last = 0;
  for (const QPDFObjectHandle& annotation : after) {
    const std::string key = KeyOf(annotation);
    const auto place = places.find(key);
    if (place == places.end()) {
      if (!comparison.Spend(1)) return;
      TellAboutAdded(comparison, comparison.After(annotation), page_before);
      continue;
    }
    if (place->second < last) {
      comparison.Tell({.change = {.kind = ChangeKind::kAnnotations,
                                  .detail = where + ": annotations put in another order"},
                       .dangerous = true});
    }
    last = place->second;
    kept.insert(key);
    comparison.Compare(before[place->second], annotation, Area::kAnnotation, where);
  }
  for (const auto& [key, place] : places) {
    if (kept.contains(key)) continue;
    if (!comparison.Spend(1)) return;
    comparison.Tell(
        {.change = {.kind = ChangeKind::kAnnotations, .detail = where + ": annotation removed"},
         .dangerous = true});
  }
}

}  // namespace

void ComparePage(Comparison& comparison, QPDFObjectHandle before, QPDFObjectHandle after,
                 const std::string& where) {
  for (const std::string& key : KeysOf(before, after)) {
    if (key == "/Annots") {
      comparison.MarkSeen(before.getKey(key));
      comparison.MarkSeen(after.getKey(key));
      CompareAnnotations(comparison, before, after, where);
      continue;
    }
    // The order of the tabulator goes with the fields.
    if (key == "/Tabs") continue;
    comparison.Compare(before.getKey(key), after.getKey(key), Area::kShown, Below(where, key));
  }
}

}  // namespace enkrat::pades
