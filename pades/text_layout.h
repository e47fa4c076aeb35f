// Text broken into lines of a size that fits a box.
#ifndef ENKRAT_PADES_TEXT_LAYOUT_H_
#define ENKRAT_PADES_TEXT_LAYOUT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "pades/text_font.h"

namespace enkrat::pades {

inline constexpr double kLargestText = 12;  // points
inline constexpr double kSmallestText = 4;

struct TextLayout {
  double font_size = 0;            // points
  double line_height = 0;          // from one base line to the next
  double width = 0;                // of the widest line
  std::vector<std::string> lines;  // none if not even one fits
};

// `text` is UTF-8 that the font can show, its lines ended by '\n'; width and height are in points.
// The largest size at which the text fits with its own lines, if they can be read with comfort;
// else the largest at which it fits broken between words; if there is none, the smallest, broken
// within words too, with an ellipsis where it had to end.
TextLayout LayOutText(absl::string_view text, double width, double height, const TextFont& font);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_TEXT_LAYOUT_H_
