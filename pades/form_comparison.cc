// What happened to the fields of the form between two revisions.
#include <algorithm>
#include <optional>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>
#include <string>
#include <utility>
#include <vector>

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

// The fields and widgets below a field are those from before, in their order. Further signatures
// may be among them, which CompareForms tells of; the list is also a name tree's or a page tree's.
void CompareKids(Comparison& comparison, const QPDFObjectHandle& before,
                 const QPDFObjectHandle& after, const std::string& where) {
  comparison.MarkSeen(before);
  comparison.MarkSeen(after);
  const auto elements = [](QPDFObjectHandle list) {
    return list.isArray() ? list.getArrayAsVector() : std::vector<QPDFObjectHandle>();
  };
  const std::vector<QPDFObjectHandle> old = elements(comparison.Before(before));
  std::vector<QPDFObjectHandle> now = elements(comparison.After(after));
  if (!comparison.Spend(old.size() + now.size())) return;
  std::erase_if(now, [&](const QPDFObjectHandle& kid) {
    const ObjectId id = IdOf(kid);
    return comparison.form_after().nodes.contains(id) &&
           !comparison.form_before().nodes.contains(id);
  });
  const bool same = std::equal(old.begin(), old.end(), now.begin(), now.end(),
                               [](const QPDFObjectHandle& one, const QPDFObjectHandle& other) {
                                 return IdOf(one) == IdOf(other);
                               });
  if (!same) comparison.Tell(ChangeKind::kContent, where, "the fields below it are others now");
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
    } else if (node.more_than_field) {
      comparison.Tell(ChangeKind::kContent, NameOfObject(id),
                      "signature field added that is something else as well");
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
  const std::vector<DirectField>& direct_before = comparison.form_before().direct;
  const std::vector<DirectField>& direct_after = comparison.form_after().direct;
  if (direct_before.size() != direct_after.size()) {
    return comparison.Tell(ChangeKind::kContent, "form",
                           "fields without an object added or removed");
  }
  for (size_t i = 0; i < direct_before.size(); ++i) {
    CompareField(comparison, *direct_before[i].dictionary, *direct_after[i].dictionary,
                 direct_before[i].node, "form");
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
      CompareKids(comparison, one, other, where);
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
