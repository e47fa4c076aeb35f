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
  // Lines of UTF-8, separated by '\n', at most 16 lines of 512 characters, none that are not to be
  // seen (common/text.h); see default_text.h. Empty: the image alone.
  std::string text = {};
  // PNG or JPEG (told by its first octets), at most 4 MiB, 4096 pixels a side and 4 million in all;
  // empty: none. Pixels are taken for sRGB; all that is not picture (places, names, colour
  // profiles) is left out.
  Bytes image = {};
  // A TrueType font of at most 16 MiB, its glyphs in use are embedded.
  std::string font_file = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
};

// Adds a form XObject with fonts and images embedded to `objects` and answers its object number,
// for /AP << /N n 0 R >>. Its /BBox is [0 0 width height]: a thin frame, the image on the left, the
// text beside it, as large as fits between 4 and 12 points, broken between words. What does not fit
// even then ends in an ellipsis. A character that the font does not have becomes U+FFFD. Text can
// be copied from it. The same input gives the same octets.
//
// kRequestMalformed for an image that is neither PNG nor JPEG or cannot be decoded, text that is
// not UTF-8 or holds what is not to be seen, a place without area or without end, neither text nor
// image; kLimitExceeded beyond the bounds above; kConfigurationInvalid for the font.
absl::StatusOr<int> DrawAppearance(const Appearance& appearance, UpdateObjects& objects);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_APPEARANCE_H_
