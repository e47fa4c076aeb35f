#include "pades/page_search.h"

#include <algorithm>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>
#include <utility>
#include <vector>

#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMaxDepth = 64;
constexpr int kMaxNodes = 200'000;

absl::Status Damaged(absl::string_view what) { return MakeError(Reason::kPdfDamaged, what); }

// The value of an attribute that pages inherit (ISO 32000-1 7.7.3.4); null if none has it.
QPDFObjectHandle Inherited(QPDFObjectHandle node, const std::string& key) {
  for (size_t depth = 0; depth < kMaxDepth && node.isDictionary(); ++depth) {
    QPDFObjectHandle value = node.getKey(key);
    if (!value.isNull()) return value;
    node = node.getKey("/Parent");
  }
  return QPDFObjectHandle::newNull();
}

bool ReadBox(QPDFObjectHandle value, std::array<double, 4>& box) {
  if (!value.isRectangle()) return false;
  const QPDFObjectHandle::Rectangle read = value.getArrayAsRectangle();
  box = {std::min(read.llx, read.urx), std::min(read.lly, read.ury), std::max(read.llx, read.urx),
         std::max(read.lly, read.ury)};
  return true;
}

// Depth first, forwards or backwards.
class PageWalk {
 public:
  PageWalk(const SourceDocument& document, bool backwards)
      : backwards_(backwards), root_(document.qpdf().getRoot().getKey("/Pages")) {}

  // The next page; null when there are no more.
  absl::StatusOr<QPDFObjectHandle> Next() {
    if (nodes_ == 0) ENKRAT_RETURN_IF_ERROR(Push(root_));
    while (!open_.empty()) {
      QPDFObjectHandle node = open_.back().object;
      const size_t depth = open_.back().depth;
      open_.pop_back();
      QPDFObjectHandle kids = node.getKey("/Kids");
      if (kids.isArray()) {
        ENKRAT_RETURN_IF_ERROR(PushKids(kids, depth + 1));
      } else {
        if (!node.isIndirect()) return Damaged("a page is not an indirect object");
        return node;
      }
    }
    return QPDFObjectHandle::newNull();
  }

 private:
  struct Node {
    QPDFObjectHandle object;
    size_t depth = 0;
  };

  absl::Status PushKids(QPDFObjectHandle kids, size_t depth) {
    if (depth > kMaxDepth) return Damaged("the page tree is too deep");
    std::vector<QPDFObjectHandle> nodes = kids.getArrayAsVector();
    // The stack gives the last first.
    if (!backwards_) std::reverse(nodes.begin(), nodes.end());
    for (QPDFObjectHandle& node : nodes) ENKRAT_RETURN_IF_ERROR(Push(node, depth));
    return absl::OkStatus();
  }

  absl::Status Push(QPDFObjectHandle node, size_t depth = 0) {
    if (!node.isDictionary()) return Damaged("the page tree holds what is no page");
    if (++nodes_ > kMaxNodes) {
      return MakeError(Reason::kLimitExceeded, "the page tree is too large");
    }
    if (node.isIndirect() && !seen_.insert(node.getObjectID()).second) {
      return Damaged("the page tree names a node twice");
    }
    open_.push_back({std::move(node), depth});
    return absl::OkStatus();
  }

  const bool backwards_;
  const QPDFObjectHandle root_;
  int nodes_ = 0;
  std::set<int> seen_;
  std::vector<Node> open_;
};

// Inherited attributes are looked up through /Parent.
absl::StatusOr<Page> PageOf(const QPDFObjectHandle& page) {
  Page found{.object = std::make_shared<QPDFObjectHandle>(page), .view = {}};
  std::array<double, 4>& box = found.view.box;
  if (!ReadBox(Inherited(page, "/MediaBox"), box)) return Damaged("a page without /MediaBox");
  std::array<double, 4> crop;
  if (ReadBox(Inherited(page, "/CropBox"), crop)) {
    box = {std::max(box[0], crop[0]), std::max(box[1], crop[1]), std::min(box[2], crop[2]),
           std::min(box[3], crop[3])};
  }
  if (box[0] >= box[2] || box[1] >= box[3]) return Damaged("a page without area");
  QPDFObjectHandle rotate = Inherited(page, "/Rotate");
  if (rotate.isInteger()) {
    const long long degrees = (rotate.getIntValue() % 360 + 360) % 360;
    if (degrees % 90 != 0) return Damaged("a page's /Rotate is no multiple of 90");
    found.view.rotate = static_cast<int>(degrees);
  }
  return found;
}

}  // namespace

std::array<double, 4> PageView::ToUserSpace(const Rectangle& place) const {
  const double right = place.left + place.width;
  const double top = place.bottom + place.height;
  switch (rotate) {
    case 90:
      return {box[2] - top, box[1] + place.left, box[2] - place.bottom, box[1] + right};
    case 180:
      return {box[2] - right, box[3] - top, box[2] - place.left, box[3] - place.bottom};
    case 270:
      return {box[0] + place.bottom, box[3] - right, box[0] + top, box[3] - place.left};
    default:
      return {box[0] + place.left, box[1] + place.bottom, box[0] + right, box[1] + top};
  }
}

absl::StatusOr<Page> FindPage(const SourceDocument& document, int number) {
  if (number == 0 || number < -1) {
    return MakeError(Reason::kRequestMalformed, "pages are counted from 1; -1 is the last");
  }
  PageWalk walk(document, /*backwards=*/number < 0);
  for (int left = number < 0 ? 1 : number;; --left) {
    ENKRAT_ASSIGN_OR_RETURN(QPDFObjectHandle page, walk.Next());
    if (page.isNull()) {
      return MakeError(Reason::kRequestMalformed, "the document has not so many pages");
    }
    if (left == 1) return PageOf(page);
  }
}

absl::StatusOr<std::optional<Page>> FindPageOf(const SourceDocument& document,
                                               QPDFObjectHandle annotation) {
  QPDFObjectHandle named = annotation.getKey("/P");
  if (named.isDictionary()) return PageOf(named);
  int left = kMaxNodes;
  PageWalk walk(document, /*backwards=*/false);
  while (true) {
    ENKRAT_ASSIGN_OR_RETURN(QPDFObjectHandle page, walk.Next());
    if (page.isNull()) return std::nullopt;
    QPDFObjectHandle annotations = page.getKey("/Annots");
    if (!annotations.isArray()) continue;
    for (const QPDFObjectHandle& each : annotations.getArrayAsVector()) {
      if (--left < 0) return MakeError(Reason::kLimitExceeded, "there are too many annotations");
      if (each.getObjGen() == annotation.getObjGen()) return PageOf(page);
    }
  }
}

}  // namespace enkrat::pades
