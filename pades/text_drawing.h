// Lines of text as the operators that draw them.
#ifndef ENKRAT_PADES_TEXT_DRAWING_H_
#define ENKRAT_PADES_TEXT_DRAWING_H_

#include <string>
#include <vector>

#include "pades/embedded_font.h"
#include "pades/text_font.h"

namespace enkrat::pades {

struct TextPlace {
  double left = 0;      // points
  double baseline = 0;  // of the first line
  double line_height = 0;
  double font_size = 0;
};

// A text object (ISO 32000-1 9.4) that draws the lines in the font /F1.
std::string DrawLines(const std::vector<ShapedLine>& lines, const TextFont& font,
                      const EmbeddedFont& embedded, const TextPlace& place);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_TEXT_DRAWING_H_
