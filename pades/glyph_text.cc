#include "pades/glyph_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "pades/utf8.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMostInABlock = 100;  // Adobe Technical Note 5014

bool IsAlone(const std::vector<ShapedGlyph>& glyphs, const ShapedGlyph& glyph) {
  return std::count_if(glyphs.begin(), glyphs.end(), [&](const ShapedGlyph& other) {
           return other.cluster_begin == glyph.cluster_begin;
         }) == 1;
}

}  // namespace

std::map<uint32_t, std::string> GlyphTexts(const TextFont& font,
                                           const std::vector<ShapedLine>& lines) {
  std::map<uint32_t, std::string> texts;
  std::vector<uint32_t> others;
  for (const ShapedLine& line : lines) {
    for (const ShapedGlyph& glyph : line.glyphs) {
      const bool alone = IsAlone(line.glyphs, glyph);
      if (!alone) others.push_back(glyph.glyph);
      if (!alone) continue;
      texts.try_emplace(glyph.glyph, line.text.substr(glyph.cluster_begin,
                                                      glyph.cluster_end - glyph.cluster_begin));
    }
  }
  if (others.empty()) return texts;
  const std::vector<uint32_t> characters = font.CharactersOf(others);
  for (size_t i = 0; i < others.size(); ++i) {
    if (characters[i] == 0) continue;
    std::string text;
    AppendCharacter(characters[i], text);
    texts.try_emplace(others[i], text);
  }
  return texts;
}

std::string ToUnicodeMap(const std::map<uint32_t, std::string>& texts,
                         const std::map<uint32_t, uint32_t>& new_glyph) {
  std::map<uint32_t, std::string> rows;  // by code
  for (const auto& [glyph, text] : texts) {
    const uint32_t code = new_glyph.at(glyph);
    rows[code] = absl::StrFormat("<%04X> <%s>\n", code, Utf16Hex(text));
  }
  std::string map =
      "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
      "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
      "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n";
  size_t left = rows.size();
  size_t in_block = 0;
  for (const auto& [code, row] : rows) {
    if (in_block == 0) absl::StrAppend(&map, std::min(left, kMostInABlock), " beginbfchar\n");
    absl::StrAppend(&map, row);
    --left;
    in_block = (in_block + 1) % kMostInABlock;
    if (in_block == 0 || left == 0) absl::StrAppend(&map, "endbfchar\n");
  }
  absl::StrAppend(&map, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
  return map;
}

}  // namespace enkrat::pades
