// What happened to the fields of the form between two revisions.
#include <algorithm>
#include <optional>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>
#include <string>
#include <utility>

#include "pades/comparison.h"
#include "pades/pdf_values.h"

namespace enkrat::pades {
namespace {

constexpr int kReadOnlyField = 1;             // /Ff (ISO 32000-1 12.7.3.1)
constexpr int64_t kPrintAndLocked = 4 | 128;  // /F (12.5.3)

void TellAboutField(Comparison& comparison, ChangeKind kind, const std::string& where,
                    const std::string& what, const std::string& field) {
  comparison.Tell({.change = {.kind = kind, .detail = where + ": " + what}, .field = field});
}

// Whether the flags are those from before, but for `allowed` that may have been set.
bool OnlySets(QPDFObjectHandle before, QPDFObjectHandle after, int64_t allowed) {
  if (!after.isInteger() || !(before.isInteger() || before.isNull())) return false;
  const int64_t from = before.isInteger() ? before.getIntValue() : 0;
  return (from & ~after.getIntValue()) == 0 && (after.getIntValue() & ~(from | allowed)) == 0;
}

// What a field may get when it is filled or signed: the value, and how it looks.
bool IsLook(const std::string& key) {
  return key == "/AP" || key == "/AS" || key == "/M" || key == "/RV" || key == "/I";
}

bool IsDocumentTimestamp(QPDFObjectHandle value) {
  return value.isDictionary() && NameOf(value.getKey("/Type")) == "DocTimeStamp" &&
         NameOf(value.getKey("/SubFilter")) == "ETSI.RFC3161";
}

bool HasPlace(QPDFObjectHandle widget) {
  const std::optional<Box> place = BoxOf(widget.getKey("/Rect"));
  return place.has_value() && !place->empty();
}

// The value and looks of a signature field, which may be signed once.
void CompareSignatureKey(Comparison& comparison, const std::string& key,
                         const QPDFObjectHandle& before, const QPDFObjectHandle& after,
                         const FormNode& node, bool signs, const std::string& where) {
  QPDFObjectHandle now = comparison.After(after);
  if (key == "/V" && signs && now.isDictionary()) {
    const bool timestamp = IsDocumentTimestamp(now);
    return TellAboutField(comparison,
                          timestamp ? ChangeKind::kValidationData : ChangeKind::kSignature, where,
                          timestamp ? "document timestamp added" : "signed", node.field);
  }
  // What looks like a signature comes with one, for which a signer answers.
  const Area area = key != "/V" && signs ? Area::kSignatureLook : Area::kShown;
  comparison.Compare(before, after, area, Below(where, key), node.field);
}

}  // namespace

void CompareForms(Comparison& comparison) {
  const auto& before = comparison.form_before().nodes;
  const auto& after = comparison.form_after().nodes;
  for (const auto& [id, node] : after) {
    if (const auto there = before.find(id); there != before.end()) {
      if (there->second.field != node.field || there->second.signature != node.signature) {
        comparison.Tell(ChangeKind::kContent, NameOfObject(id), "the field is another now");
      }
      comparison.CompareObjects(id, Area::kField, node.field);
    } else if (!node.signature) {
      comparison.Tell(ChangeKind::kContent, NameOfObject(id), "field added to the form");
    } else {
      comparison.Tell(node.timestamp ? ChangeKind::kValidationData : ChangeKind::kSignature,
                      NameOfObject(id),
                      node.timestamp ? "document timestamp added" : "signature field added");
    }
  }
  for (const auto& [id, node] : before) {
    if (after.contains(id)) continue;
    comparison.Tell(ChangeKind::kContent, NameOfObject(id), "field removed from the form");
  }
  if (comparison.form_before().direct != comparison.form_after().direct) {
    comparison.Tell(ChangeKind::kContent, "form", "fields without an object added or removed");
  }
}

void CompareField(Comparison& comparison, QPDFObjectHandle before, QPDFObjectHandle after,
                  const FormNode& node, const std::string& where) {
  const QPDFObjectHandle value = comparison.After(after.getKey("/V"));
  const bool signs = node.signature && !node.signed_already && !QPDFObjectHandle(value).isNull();
  if (signs && IsDocumentTimestamp(value) && HasPlace(after)) {
    TellAboutField(comparison, ChangeKind::kContent, where,
                   "a document timestamp in a field that can be seen", node.field);
  }
  for (const std::string& key : KeysOf(before, after)) {
    const QPDFObjectHandle one = before.getKey(key);
    const QPDFObjectHandle other = after.getKey(key);
    if (key == "/Kids") {
      comparison.MarkSeen(one);
      comparison.MarkSeen(other);
    } else if (key == "/F" && signs && OnlySets(comparison.Before(one), other, kPrintAndLocked)) {
      continue;
    } else if (key == "/Ff" && OnlySets(comparison.Before(one), other, kReadOnlyField)) {
      continue;
    } else if (node.signature && (key == "/V" || IsLook(key))) {
      CompareSignatureKey(comparison, key, one, other, node, signs, where);
    } else {
      const bool fills = key == "/V" || IsLook(key);
      comparison.Compare(one, other, fills ? Area::kFieldValue : Area::kShown, Below(where, key),
                         node.field);
    }
  }
}

}  // namespace enkrat::pades
