// What a signature looks like on the page, and where.
#ifndef ENKRAT_PADES_APPEARANCE_H_
#define ENKRAT_PADES_APPEARANCE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "pades/update_objects.h"

namespace enkrat::pades {

// PDF user space units (1/72 inch), origin in the lower left corner of the page's crop box as it is
// shown (the page's /Rotate is taken into account by whoever places it).
struct Rectangle {
  double left = 0;
  double bottom = 0;
  double width = 0;
  double height = 0;
};

struct Appearance {
  int page = 1;  // 1-based; -1 is the last page
  Rectangle place;
  // Lines of UTF-8, separated by '\n', at most 16 lines of 200 characters. Empty: the default text,
  // which the caller made from the signer's name, time and reason. Any character that the embedded
  // font has; others become U+FFFD.
  std::string text;
  // PNG or JPEG (told by its first octets), at most 4 MiB and 4096 x 4096 pixels; empty: none.
  Bytes image;
};

// Adds a form XObject with fonts and images embedded to `objects` and answers its object number,
// for /AP << /N n 0 R >>. Its /BBox is [0 0 width height]. kRequestMalformed for an image that is
// neither PNG nor JPEG or cannot be decoded, text that is not UTF-8, a place without area;
// kLimitExceeded beyond the bounds above. The same input gives the same octets.
absl::StatusOr<int> DrawAppearance(const Appearance& appearance, UpdateObjects& objects);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_APPEARANCE_H_
