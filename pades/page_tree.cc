#include "pades/page_tree.h"

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>

#include "common/reason.h"

namespace enkrat::pades {

absl::StatusOr<std::vector<ObjectId>> PagesOf(StrictDocument& document, StepBudget& budget) {
  std::vector<ObjectId> pages;
  std::set<ObjectId> seen;
  std::vector<QPDFObjectHandle> waiting = {
      document.pdf().getTrailer().getKey("/Root").getKey("/Pages")};
  while (!waiting.empty()) {
    QPDFObjectHandle node = waiting.back();
    waiting.pop_back();
    const ObjectId id = {node.getObjectID(), node.getGeneration()};
    if (!node.isDictionary() || id.direct() || !seen.insert(id).second) {
      return MakeError(Reason::kPdfDamaged, "the page tree is damaged");
    }
    if (!budget.Spend(1)) {
      return MakeError(Reason::kLimitExceeded, "the document is too complex");
    }
    QPDFObjectHandle kids = node.getKey("/Kids");
    if (!kids.isArray()) {
      pages.push_back(id);
      continue;
    }
    const std::vector<QPDFObjectHandle> list = kids.getArrayAsVector();
    waiting.insert(waiting.end(), list.rbegin(), list.rend());
  }
  return pages;
}

}  // namespace enkrat::pades
