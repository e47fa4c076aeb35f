#include "pades/revision_difference.h"

#include <algorithm>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/comparison.h"
#include "pades/comparison_rules.h"
#include "pades/loose_ends.h"
#include "pades/metadata_comparison.h"
#include "pades/object_table.h"
#include "pades/page_tree.h"
#include "pades/pdf_values.h"
#include "pades/qpdf_calls.h"
#include "pades/stream_size.h"

namespace enkrat::pades {
namespace {

struct Pair {
  QPDFObjectHandle before;
  QPDFObjectHandle after;
  Area area = Area::kShown;
  std::string where;
  std::string field;
};

bool IsContainer(QPDFObjectHandle object) {
  return object.isDictionary() || object.isArray() || object.isStream();
}

// What it costs to read a stream as it stands.
uint64_t StepsOf(QPDFObjectHandle stream) {
  constexpr uint64_t kOctetsOfAStep = 128;
  QPDFObjectHandle length = stream.getDict().getKey("/Length");
  return length.isInteger() ? length.getUIntValue() / kOctetsOfAStep : 0;
}

bool IsShown(Area area) { return area == Area::kShown || area == Area::kResource; }

class RevisionWalk final : public Comparison {
 public:
  using Comparison::Compare;
  using Comparison::Tell;

  RevisionWalk(StrictDocument& before, StrictDocument& after, StepBudget& budget,
               ChangeList& changes)
      : before_(before),
        after_(after),
        budget_(budget),
        changes_(changes),
        tables_(before, after) {}

  absl::Status Run() {
    for (const std::string& sentence : tables_.out_of_place()) {
      Tell({.change = {.kind = ChangeKind::kObjectsOutOfPlace, .detail = sentence}});
    }
    ENKRAT_RETURN_IF_ERROR(TellLooseReferences(before_, after_, tables_, budget_, changes_));
    // Also without a moved object: the trailer alone can make another catalog the document's.
    ENKRAT_RETURN_IF_ERROR(LookAtPages());
    ENKRAT_ASSIGN_OR_RETURN(form_before_, OutlineForm(before_, budget_));
    ENKRAT_ASSIGN_OR_RETURN(form_after_, OutlineForm(after_, budget_));
    Compare(before_.pdf().getTrailer(), after_.pdf().getTrailer(), Area::kTrailer, "trailer", {});
    CompareForms(*this);
    while (!waiting_.empty()) {
      if (!budget_.Spend(1)) {
        return MakeError(Reason::kLimitExceeded, "the document is too complex");
      }
      const Pair pair = std::move(waiting_.back());
      waiting_.pop_back();
      Visit(pair);
    }
    if (!budget_.Spend(0)) {
      return MakeError(Reason::kLimitExceeded, "the document is too complex");
    }
    return LookAtUnseen();
  }

  void Compare(const QPDFObjectHandle& before, const QPDFObjectHandle& after, Area area,
               const std::string& where, const std::string& field) override {
    waiting_.push_back({before, after, area, where, field});
  }
  void CompareObjects(ObjectId id, Area area, const std::string& field) override {
    Compare(after_.pdf().getObject(id.number, id.generation),
            after_.pdf().getObject(id.number, id.generation), area, NameOfObject(id), field);
  }
  bool Spend(uint64_t steps) override { return budget_.Spend(steps); }
  void Tell(DocumentChange change) override { changes_.Add(std::move(change)); }
  void MarkSeen(const QPDFObjectHandle& object) override { seen_.insert(IdOf(object)); }

  QPDFObjectHandle Before(const QPDFObjectHandle& object) override {
    const ObjectId id = IdOf(object);
    if (id.direct()) return object;
    QPDF& pdf = tables_.Moved(id) ? before_.pdf() : after_.pdf();
    return pdf.getObject(id.number, id.generation);
  }
  QPDFObjectHandle After(const QPDFObjectHandle& object) override {
    const ObjectId id = IdOf(object);
    return id.direct() ? object : after_.pdf().getObject(id.number, id.generation);
  }

  const FormOutline& form_before() const override { return form_before_; }
  const FormOutline& form_after() const override { return form_after_; }

 private:
  absl::Status LookAtPages() {
    ENKRAT_ASSIGN_OR_RETURN(const std::vector<ObjectId> before, PagesOf(before_, budget_));
    ENKRAT_ASSIGN_OR_RETURN(const std::vector<ObjectId> after, PagesOf(after_, budget_));
    pages_.insert(before.begin(), before.end());
    if (before.size() != after.size()) {
      Tell(ChangeKind::kContent, "document", "pages added or removed");
    }
    for (size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
      if (before[i] == after[i]) continue;
      const bool hidden = tables_.ExistedBefore(after[i]);
      Tell(hidden ? ChangeKind::kObjectsOutOfPlace : ChangeKind::kContent,
           absl::StrCat("page ", i + 1), "another page is shown in its place");
    }
    for (const ObjectId page : before) {
      QPDFObjectHandle annotations =
          before_.pdf().getObject(page.number, page.generation).getKey("/Annots");
      if (!annotations.isArray()) continue;
      for (QPDFObjectHandle& annotation : annotations.getArrayAsVector()) {
        if (!budget_.Spend(1)) break;
        annotations_.insert(IdOf(annotation));
      }
    }
    return absl::OkStatus();
  }

  void Visit(Pair pair) {
    const ObjectId before = IdOf(pair.before);
    const ObjectId after = IdOf(pair.after);
    pair.before = Before(pair.before);
    pair.after = After(pair.after);
    if (!after.direct()) pair.where = NameOfObject(after);
    if (before == after && !after.direct()) pair.area = AreaOf(after, pair.after, pair.area);
    // Once for each field that it belongs to: one may be locked and another not. A page, which
    // widgets lead to, belongs to none.
    if (pair.area == Area::kPage) pair.field.clear();
    if (!before.direct() && !after.direct() &&
        !visited_.insert({before, after, pair.area, pair.field}).second) {
      return;
    }
    seen_.insert(before);
    seen_.insert(after);
    if (!after.direct() && tables_.ExistedBefore(after) && !tables_.ExistsNow(after)) {
      return Tell(ChangeKind::kObjectsOutOfPlace, pair.where, "taken away from what refers to it");
    }
    if (before != after && !before.direct() && !after.direct() && IsShown(pair.area)) {
      return Report(pair, "another object is shown in place of " + NameOfObject(before),
                    tables_.ExistedBefore(after));
    }
    CompareValues(pair, before == after && !after.direct());
  }

  // Objects that are known by what they are, wherever they are met: a widget leads to its page, and
  // that is no part of the widget. Nothing that a page shows can be taken for one of them, and a
  // page is one whatever it says of itself.
  Area AreaOf(ObjectId id, QPDFObjectHandle object, Area area) const {
    if (!object.isDictionary() || area == Area::kLayers) return area;
    if (pages_.contains(id)) return Area::kPage;
    const std::string type = NameOf(object.getKey("/Type"));
    if (!type.empty() && type != "Annot") return area;
    if (form_before_.nodes.contains(id)) return Area::kField;
    if (annotations_.contains(id) && object.hasKey("/Subtype")) return Area::kAnnotation;
    return area;
  }

  void CompareValues(const Pair& pair, bool same_object) {
    QPDFObjectHandle before = pair.before;
    QPDFObjectHandle after = pair.after;
    if (before.isNull() && after.isNull()) return;
    if (before.isNull()) return ReportAdded(pair, same_object);
    if (after.isNull()) return Report(pair, "removed", same_object);
    if (before.getTypeCode() != after.getTypeCode()) {
      return Report(pair, "replaced by another type of object", same_object);
    }
    if (before.isDictionary()) {
      CompareDictionaries(pair, before, after, same_object);
    } else if (before.isArray()) {
      CompareArrays(pair);
    } else if (before.isStream()) {
      CompareStreams(pair, same_object);
    } else if (before.unparseResolved() != after.unparseResolved()) {
      Report(pair, "changed", false);
    }
  }

  void CompareDictionaries(const Pair& pair, QPDFObjectHandle before, QPDFObjectHandle after,
                           bool same_object) {
    if (pair.area == Area::kPage) return ComparePage(*this, before, after, pair.where);
    if (pair.area == Area::kField) {
      return CompareField(*this, before, after, form_before_.nodes[IdOf(pair.after)], pair.where);
    }
    if (same_object && IsShown(pair.area) && KindOf(before) != KindOf(after)) {
      return Report(pair, "replaced by another kind of object", true);
    }
    for (const std::string& key : KeysOf(before, after)) {
      const QPDFObjectHandle one = before.getKey(key);
      const QPDFObjectHandle other = after.getKey(key);
      const std::optional<Area> area = AreaBelow(pair.area, key);
      if (!area.has_value()) {
        MarkSeen(one);
        MarkSeen(other);
        continue;
      }
      Queue(one, other, *area, Below(pair.where, key), pair.field);
    }
  }

  void CompareArrays(const Pair& pair) {
    const std::vector<QPDFObjectHandle> before = QPDFObjectHandle(pair.before).getArrayAsVector();
    const std::vector<QPDFObjectHandle> after = QPDFObjectHandle(pair.after).getArrayAsVector();
    if (!budget_.Spend((before.size() + after.size()) / 2)) return;
    if (before.size() != after.size()) Report(pair, "elements added or removed", false);
    for (size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
      Queue(before[i], after[i], pair.area, pair.where, pair.field);
    }
  }

  void CompareStreams(const Pair& pair, bool same_object) {
    QPDFObjectHandle before = pair.before;
    QPDFObjectHandle after = pair.after;
    if (pair.area == Area::kMetadata) {
      if (!MetadataMeansTheSame(before, after)) Report(pair, "changed", false);
      return;
    }
    CompareDictionaries(pair, before.getDict(), after.getDict(), same_object);
    if (same_object && !tables_.Moved(IdOf(after))) return;
    // Many streams may be the same octets of the document.
    if (!budget_.Spend(StepsOf(before) + StepsOf(after))) return;
    const absl::StatusOr<Bytes> one = PackedDigest(before);
    const absl::StatusOr<Bytes> other = PackedDigest(after);
    if (!one.ok() || !other.ok() || *one != *other) Report(pair, "content replaced", false);
  }

  // What is the same octets in both needs no look unless it leads further.
  void Queue(const QPDFObjectHandle& before, const QPDFObjectHandle& after, Area area,
             const std::string& where, const std::string& field) {
    if (IdOf(before).direct() && IdOf(after).direct() && !IsContainer(before) &&
        !IsContainer(after) &&
        QPDFObjectHandle(before).unparse() == QPDFObjectHandle(after).unparse()) {
      return;
    }
    Compare(before, after, area, where, field);
  }

  void ReportAdded(const Pair& pair, bool same_object) {
    if (pair.area == Area::kResource || pair.area == Area::kResourceNames ||
        pair.area == Area::kResources) {
      return Tell(ChangeKind::kFormFilling, pair.where, "resource of the form added");
    }
    Report(pair, same_object ? "defined where nothing was" : "added", same_object);
  }

  void Report(const Pair& pair, const std::string& what, bool out_of_place) {
    Tell(ChangeOf(pair.area, out_of_place, pair.where + ": " + what, pair.field));
  }

  // What was replaced without being part of the document is there for somebody who reads it in
  // another way.
  absl::Status LookAtUnseen() {
    for (const ObjectId id : tables_.moved()) {
      if (seen_.contains(id) || !tables_.ExistedBefore(id)) continue;
      if (!budget_.Spend(1)) {
        return MakeError(Reason::kLimitExceeded, "the document is too complex");
      }
      QPDFObjectHandle before = before_.pdf().getObject(id.number, id.generation);
      QPDFObjectHandle after = after_.pdf().getObject(id.number, id.generation);
      if (before.isNull() || after.isNull()) continue;
      if (before.isStream() && IsStructure(before) && after.isStream() && IsStructure(after)) {
        continue;
      }
      if (!before.isStream() && before.unparseResolved() == after.unparseResolved()) continue;
      Tell(ChangeKind::kObjectsOutOfPlace, NameOfObject(id),
           "replaced although the document does not use it");
    }
    return absl::OkStatus();
  }

  StrictDocument& before_;
  StrictDocument& after_;
  StepBudget& budget_;
  ChangeList& changes_;
  const ObjectTables tables_;
  FormOutline form_before_;
  FormOutline form_after_;
  std::set<ObjectId> pages_;
  std::set<ObjectId> annotations_;
  std::vector<Pair> waiting_;
  std::set<std::tuple<ObjectId, ObjectId, Area, std::string>> visited_;
  std::set<ObjectId> seen_;
};

}  // namespace

absl::Status CompareRevisions(StrictDocument& before, StrictDocument& after, StepBudget& budget,
                              ChangeList& changes) {
  return CallQpdf([&] { return RevisionWalk(before, after, budget, changes).Run(); });
}

}  // namespace enkrat::pades
