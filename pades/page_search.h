// One page of a document, found without reading the others, and the coordinates of what it shows.
#ifndef ENKRAT_PADES_PAGE_SEARCH_H_
#define ENKRAT_PADES_PAGE_SEARCH_H_

#include <array>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "pades/appearance.h"
#include "pades/source_document.h"

class QPDFObjectHandle;

namespace enkrat::pades {

struct PageView {
  // The crop box within the media box: left, bottom, right, top in user space.
  std::array<double, 4> box = {0, 0, 612, 792};
  int rotate = 0;  // 0, 90, 180 or 270 degrees clockwise when shown (ISO 32000-1 table 30)

  // As shown.
  double width() const { return rotate % 180 == 0 ? box[2] - box[0] : box[3] - box[1]; }
  double height() const { return rotate % 180 == 0 ? box[3] - box[1] : box[2] - box[0]; }
  // The annotation's /Rect for a place on the page as shown.
  std::array<double, 4> ToUserSpace(const Rectangle& place) const;
};

struct Page {
  std::shared_ptr<QPDFObjectHandle> object;  // an indirect dictionary
  PageView view;
};

// The page of this number; 1-based, -1 is the last. Throws QPDF's exceptions. kRequestMalformed if
// there are not so many; kPdfDamaged for a page tree with a loop, deeper than 64, or with pages
// that are not indirect; kLimitExceeded beyond 200'000 nodes on the way.
absl::StatusOr<Page> FindPage(const SourceDocument& document, int number);
// The page that an annotation (an indirect dictionary) is on: its /P, which is optional (ISO
// 32000-1 table 164), or that whose /Annots names it. Nothing if none does. Throws and fails as
// FindPage does.
absl::StatusOr<std::optional<Page>> FindPageOf(const SourceDocument& document,
                                               QPDFObjectHandle annotation);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_PAGE_SEARCH_H_
