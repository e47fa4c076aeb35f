#include "pades/text_layout.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace enkrat::pades {
namespace {

constexpr double kSizeStep = 0.25;
// Lines that need not be broken at this size look better than larger ones that must be.
constexpr double kComfortableText = 8;
constexpr double kLineSpacing = 1.08;  // of the font's own height
constexpr char kEllipsis[] = "\xE2\x80\xA6";

// What is never broken: the octets of one cluster and their width in font units.
struct Piece {
  std::string text;
  int width = 0;
};
using Word = std::vector<Piece>;

int WidthOf(const std::string& text, const TextFont& font) {
  int width = 0;
  for (const ShapedGlyph& glyph : font.Shape(text)) width += glyph.advance;
  return width;
}

Word MeasureWord(const std::string& word, const TextFont& font) {
  std::map<size_t, Piece> pieces;  // by where they begin
  for (const ShapedGlyph& glyph : font.Shape(word)) {
    Piece& piece = pieces[glyph.cluster_begin];
    piece.text = word.substr(glyph.cluster_begin, glyph.cluster_end - glyph.cluster_begin);
    piece.width += glyph.advance;
  }
  Word measured;
  for (auto& [begin, piece] : pieces) measured.push_back(std::move(piece));
  return measured;
}

// Breaks measured paragraphs into lines of at most `width` font units.
class LineBreaker {
 public:
  LineBreaker(double width, int space, bool within_words)
      : width_(width), space_(space), within_words_(within_words) {}

  // False if a word is wider than a line and may not be broken.
  bool Add(const std::vector<Word>& paragraph) {
    for (const Word& word : paragraph) {
      if (!AddWord(word)) return false;
    }
    EndLine();
    return true;
  }
  std::vector<Piece> Lines() && { return std::move(lines_); }

 private:
  bool AddWord(const Word& word) {
    int width = 0;
    for (const Piece& piece : word) width += piece.width;
    if (!line_.text.empty() && line_.width + space_ + width > width_) EndLine();
    if (!line_.text.empty()) Append({" ", space_});
    for (const Piece& piece : word) {
      if (line_.width + piece.width > width_) {
        if (!within_words_ || piece.width > width_) return false;
        EndLine();
      }
      Append(piece);
    }
    return true;
  }
  void Append(const Piece& piece) {
    absl::StrAppend(&line_.text, piece.text);
    line_.width += piece.width;
  }
  void EndLine() {
    lines_.push_back(std::move(line_));
    line_ = {};
  }

  const double width_;
  const int space_;
  const bool within_words_;
  Piece line_;
  std::vector<Piece> lines_;
};

class Layouter {
 public:
  Layouter(absl::string_view text, double width, double height, const TextFont& font)
      : width_(width), height_(height), font_(font), space_(WidthOf(" ", font)) {
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      std::vector<Word> paragraph;
      for (const absl::string_view word : absl::StrSplit(line, ' ', absl::SkipEmpty())) {
        paragraph.push_back(MeasureWord(std::string(word), font));
      }
      paragraphs_.push_back(std::move(paragraph));
    }
  }

  TextLayout Run() {
    std::vector<Piece> lines;
    for (double size = kLargestText; size >= kComfortableText; size -= kSizeStep) {
      if (Fits(size, lines) && lines.size() == paragraphs_.size()) return Made(size, lines);
    }
    for (double size = kLargestText; size >= kSmallestText; size -= kSizeStep) {
      if (Fits(size, lines)) return Made(size, lines);
    }
    const size_t capacity = Capacity(kSmallestText);
    const bool whole = Break(kSmallestText, /*within_words=*/true, lines);
    if (!whole && lines.empty()) return {};  // narrower than a letter
    if (lines.size() > capacity) {
      lines.resize(capacity);
      if (!lines.empty()) Shorten(lines.back());
    }
    return Made(kSmallestText, lines);
  }

 private:
  double LineHeight(double size) const {
    const FontMeasures& font = font_.measures();
    return size * kLineSpacing * (font.ascent - font.descent) / font.units_per_em;
  }
  size_t Capacity(double size) const {
    return static_cast<size_t>(std::max(0.0, std::floor(height_ / LineHeight(size))));
  }
  double Units(double points, double size) const {
    return points / size * font_.measures().units_per_em;
  }

  bool Break(double size, bool within_words, std::vector<Piece>& lines) const {
    LineBreaker breaker(Units(width_, size), space_, within_words);
    bool whole = true;
    for (const std::vector<Word>& paragraph : paragraphs_) {
      whole = whole && breaker.Add(paragraph);
    }
    lines = std::move(breaker).Lines();
    return whole;
  }

  bool Fits(double size, std::vector<Piece>& lines) const {
    return Break(size, /*within_words=*/false, lines) && lines.size() <= Capacity(size);
  }

  // Ends the line in an ellipsis that fits.
  void Shorten(Piece& line) const {
    const double width = Units(width_, kSmallestText);
    const std::string ellipsis = font_.WithoutMissing(kEllipsis);
    Word pieces = MeasureWord(line.text, font_);
    int room = WidthOf(ellipsis, font_);
    for (const Piece& piece : pieces) room += piece.width;
    while (!pieces.empty() && room > width) {
      room -= pieces.back().width;
      pieces.pop_back();
    }
    line = {"", room};
    for (const Piece& piece : pieces) absl::StrAppend(&line.text, piece.text);
    line.text = absl::StrCat(absl::StripTrailingAsciiWhitespace(line.text), ellipsis);
  }

  TextLayout Made(double size, const std::vector<Piece>& lines) const {
    TextLayout layout;
    layout.font_size = size;
    layout.line_height = LineHeight(size);
    for (const Piece& line : lines) {
      layout.width = std::max(layout.width, line.width * size / font_.measures().units_per_em);
      layout.lines.push_back(line.text);
    }
    return layout;
  }

  const double width_;
  const double height_;
  const TextFont& font_;
  const int space_;
  std::vector<std::vector<Word>> paragraphs_;
};

}  // namespace

TextLayout LayOutText(absl::string_view text, double width, double height, const TextFont& font) {
  return Layouter(text, width, height, font).Run();
}

}  // namespace enkrat::pades
