// One thing that a later revision did to a document, with what its permission depends on.
#ifndef ENKRAT_PADES_DOCUMENT_CHANGE_H_
#define ENKRAT_PADES_DOCUMENT_CHANGE_H_

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "pades/signed_pdf.h"

namespace enkrat::pades {

struct DocumentChange {
  PdfChange change;
  std::string field = {};    // whose value it changed; empty: none's that was there before
  bool every_field = false;  // changes how all fields look, or one without a name
  bool covers = false;       // lies over what was on the page: it may hide it
  bool dangerous = false;    // an annotation that can look like content (FreeText, Stamp, ...)
};

// Keeps a few changes of each sort and field: what a hostile document makes of them is bounded, and
// none is lost that a permission could depend on.
class ChangeList {
 public:
  void Add(DocumentChange change) {
    const Sort sort = {change.change.kind, change.covers, change.dangerous, change.every_field,
                       change.field};
    if (++counts_[sort] <= kMostOfASort) changes_.push_back(std::move(change));
  }
  const std::vector<DocumentChange>& changes() const { return changes_; }

 private:
  static constexpr int kMostOfASort = 8;
  using Sort = std::tuple<ChangeKind, bool, bool, bool, std::string>;

  std::map<Sort, int> counts_;
  std::vector<DocumentChange> changes_;
};

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_DOCUMENT_CHANGE_H_
