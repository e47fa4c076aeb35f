// The part of a font that a text needs, inside a PDF: what is drawn looks the same everywhere, and
// can be copied as text.
#ifndef ENKRAT_PADES_EMBEDDED_FONT_H_
#define ENKRAT_PADES_EMBEDDED_FONT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "pades/text_font.h"
#include "pades/update_objects.h"

namespace enkrat::pades {

// A line of text and what it became.
struct ShapedLine {
  std::string text;
  std::vector<ShapedGlyph> glyphs;
};

// Value.
struct EmbeddedFont {
  int object_number = 0;                   // of the Type 0 font dictionary
  std::map<uint32_t, uint32_t> new_glyph;  // glyph of the whole font -> the two-octet code here
};

// Adds a Type 0 font with Identity-H and a CIDFontType2 descendant (ISO 32000-1 9.7), its
// widths, its outlines (FontFile2) and its ToUnicode map, for the glyphs of these lines.
// kConfigurationInvalid if the font cannot be cut down to them.
absl::StatusOr<EmbeddedFont> EmbedFont(const TextFont& font, const std::vector<ShapedLine>& lines,
                                       UpdateObjects& objects);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_EMBEDDED_FONT_H_
