// The way back from glyphs to characters, so that text can be copied from a page and searched.
#ifndef ENKRAT_PADES_GLYPH_TEXT_H_
#define ENKRAT_PADES_GLYPH_TEXT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "pades/embedded_font.h"
#include "pades/text_font.h"

namespace enkrat::pades {

// UTF-8 of each glyph of the lines: of one that shows a cluster alone, the cluster (a ligature is
// several characters); of others the character that they show by themselves, if there is one.
std::map<uint32_t, std::string> GlyphTexts(const TextFont& font,
                                           const std::vector<ShapedLine>& lines);

// The ToUnicode CMap (ISO 32000-1 9.10.3) for codes that `new_glyph` gives.
std::string ToUnicodeMap(const std::map<uint32_t, std::string>& texts,
                         const std::map<uint32_t, uint32_t>& new_glyph);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_GLYPH_TEXT_H_
