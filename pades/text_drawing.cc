#include "pades/text_drawing.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "pades/pdf_text.h"

namespace enkrat::pades {
namespace {

// Draws one line: moves the pen of the PDF, which goes by the glyphs' own widths, to where shaping
// wants it.
class LineDrawing {
 public:
  LineDrawing(const TextFont& font, const EmbeddedFont& embedded, double font_size)
      : font_(font), embedded_(embedded), font_size_(font_size) {}

  std::string Draw(const ShapedLine& line) {
    for (const ShapedGlyph& glyph : line.glyphs) {
      Rise(glyph.y_offset);
      MoveTo(pen_ + glyph.x_offset);
      OpenString();
      absl::StrAppendFormat(&operators_, "%04X", embedded_.new_glyph.at(glyph.glyph));
      pdf_pen_ += font_.Advance(glyph.glyph);
      pen_ += glyph.advance;
    }
    Rise(0);
    CloseArray();
    return std::move(operators_);
  }

 private:
  void Rise(int units) {
    if (units == rise_) return;
    CloseArray();
    absl::StrAppend(&operators_, PdfNumber(units * font_size_ / font_.measures().units_per_em),
                    " Ts\n");
    rise_ = units;
  }

  void MoveTo(int place) {
    if (place == pdf_pen_) return;
    OpenArray();
    CloseString();
    absl::StrAppend(&operators_,
                    PdfNumber((pdf_pen_ - place) * 1000.0 / font_.measures().units_per_em));
    pdf_pen_ = place;
  }

  void OpenArray() {
    if (!in_array_) absl::StrAppend(&operators_, "[");
    in_array_ = true;
  }
  void OpenString() {
    OpenArray();
    if (!in_string_) absl::StrAppend(&operators_, "<");
    in_string_ = true;
  }
  void CloseString() {
    if (in_string_) absl::StrAppend(&operators_, ">");
    in_string_ = false;
  }
  void CloseArray() {
    CloseString();
    if (in_array_) absl::StrAppend(&operators_, "] TJ\n");
    in_array_ = false;
  }

  const TextFont& font_;
  const EmbeddedFont& embedded_;
  const double font_size_;
  std::string operators_;
  bool in_array_ = false;
  bool in_string_ = false;
  int rise_ = 0;
  int pen_ = 0;
  int pdf_pen_ = 0;
};

}  // namespace

std::string DrawLines(const std::vector<ShapedLine>& lines, const TextFont& font,
                      const EmbeddedFont& embedded, const TextPlace& place) {
  std::string operators = absl::StrCat("BT\n/F1 ", PdfNumber(place.font_size), " Tf\n");
  double baseline = place.baseline;
  for (const ShapedLine& line : lines) {
    absl::StrAppend(&operators, "1 0 0 1 ", PdfNumber(place.left), " ", PdfNumber(baseline),
                    " Tm\n", LineDrawing(font, embedded, place.font_size).Draw(line));
    baseline -= place.line_height;
  }
  return absl::StrCat(operators, "ET\n");
}

}  // namespace enkrat::pades
