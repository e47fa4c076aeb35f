#include "pades/loose_ends.h"

#include <algorithm>
#include <map>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFXRefEntry.hh>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/comparison.h"
#include "pades/comparison_rules.h"
#include "pades/pdf_values.h"
#include "pades/qpdf_calls.h"

namespace enkrat::pades {
namespace {

constexpr size_t kPiece = 64 * 1024;
constexpr size_t kOverlap = 1024;  // more than an object's first words take

void Tell(ChangeList& changes, std::string detail) {
  changes.Add({.change = {.kind = ChangeKind::kObjectsOutOfPlace, .detail = std::move(detail)}});
}

// The references in an object itself, which lead to nothing.
absl::StatusOr<std::set<ObjectId>> LooseIn(QPDFObjectHandle object, bool now,
                                           const ObjectTables& tables, StepBudget& budget) {
  std::set<ObjectId> loose;
  std::vector<QPDFObjectHandle> waiting = {std::move(object)};
  for (bool top = true; !waiting.empty(); top = false) {
    QPDFObjectHandle next = waiting.back();
    waiting.pop_back();
    if (!budget.Spend(1)) return MakeError(Reason::kLimitExceeded, "the document is too complex");
    const ObjectId id = IdOf(next);
    if (!top && !id.direct()) {
      if (now ? !tables.ExistsNow(id) : !tables.ExistedBefore(id)) loose.insert(id);
      continue;
    }
    if (next.isStream()) next = next.getDict();
    if (next.isArray()) {
      for (QPDFObjectHandle& element : next.getArrayAsVector()) {
        if (!element.isIndirect() && element.isScalar()) continue;
        waiting.push_back(std::move(element));
      }
    } else if (next.isDictionary()) {
      for (const auto& [key, value] : next.getDictAsMap()) waiting.push_back(value);
    }
  }
  return loose;
}

absl::Status CheckObject(const std::string& name, QPDFObjectHandle before, QPDFObjectHandle after,
                         const ObjectTables& tables, StepBudget& budget, ChangeList& changes) {
  ENKRAT_ASSIGN_OR_RETURN(const std::set<ObjectId> loose,
                          LooseIn(std::move(after), /*now=*/true, tables, budget));
  if (loose.empty()) return absl::OkStatus();
  ENKRAT_ASSIGN_OR_RETURN(const std::set<ObjectId> known,
                          LooseIn(std::move(before), /*now=*/false, tables, budget));
  if (!std::includes(known.begin(), known.end(), loose.begin(), loose.end())) {
    Tell(changes, name + ": refers to an object that is not there");
  }
  return absl::OkStatus();
}

bool IsWhite(char c) { return c == '\0' || absl::ascii_isspace(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

// Where the first of the two numbers before `at` begins; npos if there are none.
size_t NumbersBefore(absl::string_view text, size_t at) {
  const auto back = [&](bool (*is)(char)) {
    const size_t from = at;
    while (at > 0 && is(text[at - 1])) --at;
    return from - at;
  };
  back(IsWhite);
  if (back(IsDigit) == 0 || back(IsWhite) == 0 || back(IsDigit) == 0) {
    return absl::string_view::npos;
  }
  return at;
}

// Cross-reference and object streams that are objects like others, and no part of the structure.
void TellLooseStructure(const AppendedOctets& appended, QPDF& pdf, ChangeList& changes) {
  const std::map<QPDFObjGen, QPDFXRefEntry> table = pdf.getXRefTable();
  std::set<int> containers;
  for (const auto& [id, entry] : table) {
    if (entry.getType() == 2) containers.insert(entry.getObjStreamNumber());
  }
  for (const auto& [id, entry] : table) {
    if (entry.getType() != 1 || containers.contains(id.getObj())) continue;
    const auto place = static_cast<uint64_t>(entry.getOffset());
    if (place < appended.begin || place >= appended.end || place == appended.section) continue;
    QPDFObjectHandle object = pdf.getObject(id.getObj(), id.getGen());
    if (object.isStream() && IsStructure(object)) {
      Tell(changes, NameOfObject({id.getObj(), id.getGen()}) + ": structure that is not in use");
    }
  }
}

}  // namespace

absl::Status TellLooseReferences(StrictDocument& before, StrictDocument& after,
                                 const ObjectTables& tables, StepBudget& budget,
                                 ChangeList& changes) {
  return CallQpdf([&] {
    ENKRAT_RETURN_IF_ERROR(CheckObject("trailer", before.pdf().getTrailer(),
                                       after.pdf().getTrailer(), tables, budget, changes));
    for (const ObjectId id : tables.moved()) {
      if (!tables.ExistsNow(id)) continue;
      const bool old = tables.ExistedBefore(id);
      ENKRAT_RETURN_IF_ERROR(CheckObject(
          NameOfObject(id),
          old ? before.pdf().getObject(id.number, id.generation) : QPDFObjectHandle::newNull(),
          after.pdf().getObject(id.number, id.generation), tables, budget, changes));
    }
    return absl::OkStatus();
  });
}

absl::Status TellLooseObjects(const DocumentOctets& octets, const AppendedOctets& appended,
                              StrictDocument& after, ChangeList& changes) {
  std::set<uint64_t> places = {appended.section};
  for (const auto& [id, entry] : after.pdf().getXRefTable()) {
    if (entry.getType() == 1) places.insert(static_cast<uint64_t>(entry.getOffset()));
  }
  ENKRAT_RETURN_IF_ERROR(CallQpdf([&] {
    TellLooseStructure(appended, after.pdf(), changes);
    return absl::OkStatus();
  }));
  int trailers = octets.Text(appended.section, 4) == "xref" ? 1 : 0;
  for (uint64_t begin = appended.begin; begin < appended.end; begin += kPiece) {
    // What is looked for ends in this piece; it may begin in the one before.
    const uint64_t from = begin - std::min<uint64_t>(begin - appended.begin, kOverlap);
    const uint64_t to = std::min(begin + kPiece, appended.end);
    const std::string text = octets.Text(from, static_cast<size_t>(to - from));
    const size_t first = static_cast<size_t>(begin - from);
    for (size_t at = text.find("obj"); at != std::string::npos; at = text.find("obj", at + 1)) {
      const size_t start = NumbersBefore(text, at);
      if (at + 3 <= first || start == std::string::npos) continue;
      if (!places.contains(from + start)) {
        Tell(changes, "octets that look like an object and are none");
      }
    }
    for (size_t at = text.find("trailer"); at != std::string::npos;
         at = text.find("trailer", at + 1)) {
      if (at + 7 > first && --trailers < 0) Tell(changes, "a trailer that is none");
    }
  }
  return absl::OkStatus();
}

}  // namespace enkrat::pades
