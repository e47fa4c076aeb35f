// A TrueType font that text is set in: what its characters become, and how wide they are.
#ifndef ENKRAT_PADES_TEXT_FONT_H_
#define ENKRAT_PADES_TEXT_FONT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct hb_face_t;  // HarfBuzz's names
struct hb_font_t;

namespace enkrat::pades {

// All lengths are in the font's own units (units_per_em() of them are the font size).
struct ShapedGlyph {
  uint32_t glyph = 0;
  int advance = 0;
  int x_offset = 0;
  int y_offset = 0;
  // The octets of the text that it and its neighbours of the same cluster show.
  size_t cluster_begin = 0;
  size_t cluster_end = 0;
};

struct FontMeasures {
  int units_per_em = 0;
  int ascent = 0;   // above the base line
  int descent = 0;  // below it; negative
  int cap_height = 0;
  int left = 0, bottom = 0, right = 0, top = 0;  // of all glyphs
};

// Immutable; used by one thread at a time. Movable.
class TextFont {
 public:
  // A TrueType font with outlines of its own kind, at most 16 MiB. kConfigurationInvalid.
  static absl::StatusOr<TextFont> Load(const std::string& path);

  const FontMeasures& measures() const { return measures_; }
  // The name a PDF calls it by: letters, digits and hyphens of its PostScript name.
  const std::string& name() const { return name_; }
  // Its outlines lean.
  bool italic() const { return italic_; }

  // The text, which is UTF-8, with U+FFFD (or '?', if the font lacks that too) for each character
  // that the font can show neither whole nor in parts.
  std::string WithoutMissing(absl::string_view text) const;
  // One line's glyphs from left to right: ligatures made, marks placed, scripts that run to the
  // left in their order (Unicode Standard Annex 9).
  std::vector<ShapedGlyph> Shape(const std::string& line) const;
  int Advance(uint32_t glyph) const;
  // For each glyph the first character that shows as it by itself; 0 if there is none.
  std::vector<uint32_t> CharactersOf(const std::vector<uint32_t>& glyphs) const;

  hb_face_t* face() const { return face_.get(); }

 private:
  struct Free {
    void operator()(hb_face_t* face) const;
    void operator()(hb_font_t* font) const;
  };
  TextFont() = default;
  void Measure();
  bool CanShow(uint32_t character) const;
  void ShapeRun(const std::string& line, size_t begin, size_t end, bool to_the_left,
                std::vector<ShapedGlyph>& glyphs) const;

  std::unique_ptr<hb_face_t, Free> face_;
  std::unique_ptr<hb_font_t, Free> font_;
  FontMeasures measures_;
  std::string name_;
  bool italic_ = false;
};

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_TEXT_FONT_H_
