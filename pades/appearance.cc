#include "pades/appearance.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "pades/embedded_font.h"
#include "pades/image_object.h"
#include "pades/pdf_text.h"
#include "pades/text_drawing.h"
#include "pades/text_font.h"
#include "pades/text_layout.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMaxLines = 16;
constexpr size_t kMaxLineCharacters = 512;
constexpr double kMaxCoordinate = 14400;  // ISO 32000-1 annex C.2

constexpr double kFrameWidth = 0.5;
constexpr char kFrameColour[] = "0.72 0.74 0.77 RG";
constexpr char kTextColour[] = "0.13 0.16 0.2 rg";
constexpr double kImageShare = 0.4;  // of the width, beside a text

absl::Status Refuse(absl::string_view why) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat("appearance: ", why));
}

absl::Status CheckPlace(const Rectangle& place) {
  for (const double coordinate : {place.left, place.bottom, place.width, place.height}) {
    if (!std::isfinite(coordinate)) return Refuse("its place is not in numbers");
    if (std::abs(coordinate) > kMaxCoordinate) {
      return MakeError(Reason::kLimitExceeded, "appearance: its place is beyond any page");
    }
  }
  // Thousandths are what is written.
  if (place.width < 0.001 || place.height < 0.001) return Refuse("its place has no area");
  return absl::OkStatus();
}

// The lines without the space around them, in normalisation form C.
absl::StatusOr<std::string> ReadText(absl::string_view text) {
  text = absl::StripTrailingAsciiWhitespace(text);
  std::vector<std::string> lines;
  for (const absl::string_view untrimmed : absl::StrSplit(text, '\n')) {
    const absl::string_view line = absl::StripAsciiWhitespace(untrimmed);
    if (lines.size() == kMaxLines) {
      return MakeError(Reason::kLimitExceeded, "appearance: too many lines");
    }
    if (!line.empty()) {
      ENKRAT_RETURN_IF_ERROR(WithContext(CheckVisibleText(line, kMaxLineCharacters), "appearance"));
    }
    ENKRAT_ASSIGN_OR_RETURN(std::string normal, NormaliseText(line));
    lines.push_back(std::move(normal));
  }
  return text.empty() ? "" : absl::StrJoin(lines, "\n");
}

// What the form XObject is made of while it is drawn: the frame, then the image, then the text, in
// what is left of the place.
class Drawing {
 public:
  Drawing(const Rectangle& place, UpdateObjects& objects)
      : place_(place), objects_(objects), margin_(Margin(place)), left_(margin_) {}

  void DrawFrame() {
    const double inset = kFrameWidth / 2;
    if (place_.width <= 2 * kFrameWidth || place_.height <= 2 * kFrameWidth) return;
    absl::StrAppend(&operators_, "q ", PdfNumber(kFrameWidth), " w ", kFrameColour, " ",
                    PdfNumber(inset), " ", PdfNumber(inset), " ",
                    PdfNumber(place_.width - kFrameWidth), " ",
                    PdfNumber(place_.height - kFrameWidth), " re S Q\n");
  }

  void DrawImage(const ImageObject& image, bool beside_text) {
    const double box_width = (place_.width - 2 * margin_) * (beside_text ? kImageShare : 1);
    const double box_height = place_.height - 2 * margin_;
    const double scale = std::min(box_width / image.width, box_height / image.height);
    const double width = image.width * scale;
    const double height = image.height * scale;
    const double left = beside_text ? margin_ : (place_.width - width) / 2;
    absl::StrAppend(&operators_, "q ", PdfNumber(width), " 0 0 ", PdfNumber(height), " ",
                    PdfNumber(left), " ", PdfNumber((place_.height - height) / 2),
                    " cm /Im1 Do Q\n");
    absl::StrAppend(&resources_, " /XObject << /Im1 ", AddImage(image, objects_), " 0 R >>");
    left_ = left + width + 2 * margin_;
  }

  absl::Status DrawText(absl::string_view text, const TextFont& font) {
    const TextLayout layout = LayOutText(font.WithoutMissing(text), place_.width - margin_ - left_,
                                         place_.height - 2 * margin_, font);
    if (layout.lines.empty()) return absl::OkStatus();
    std::vector<ShapedLine> lines;
    for (const std::string& line : layout.lines) lines.push_back({line, font.Shape(line)});
    ENKRAT_ASSIGN_OR_RETURN(const EmbeddedFont embedded, EmbedFont(font, lines, objects_));
    absl::StrAppend(&resources_, " /Font << /F1 ", embedded.object_number, " 0 R >>");
    const FontMeasures& measures = font.measures();
    const double text_height = layout.line_height * static_cast<double>(lines.size());
    // The line's own height is its font's and a little above and below.
    const double ascent = layout.font_size * measures.ascent / measures.units_per_em;
    const double descent = layout.font_size * -measures.descent / measures.units_per_em;
    const double lead = (layout.line_height - ascent - descent) / 2;
    const TextPlace place{.left = left_,
                          .baseline = (place_.height + text_height) / 2 - lead - ascent,
                          .line_height = layout.line_height,
                          .font_size = layout.font_size};
    absl::StrAppend(&operators_, "q ", kTextColour, "\n", DrawLines(lines, font, embedded, place),
                    "Q\n");
    return absl::OkStatus();
  }

  absl::StatusOr<int> Finish() {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes deflated, Deflate(AsSpan(operators_)));
    return objects_.AddStream(
        absl::StrCat("/Type /XObject /Subtype /Form /FormType 1 /BBox [0 0 ",
                     PdfNumber(place_.width), " ", PdfNumber(place_.height), "] /Resources <<",
                     resources_, " >> /Filter /FlateDecode"),
        deflated);
  }

 private:
  // Between the frame and what is in it.
  static double Margin(const Rectangle& place) {
    return std::clamp(0.08 * std::min(place.width, place.height), 0.0, 5.0);
  }

  const Rectangle place_;
  UpdateObjects& objects_;
  const double margin_;
  double left_;  // where the text begins
  std::string operators_;
  std::string resources_;
};

}  // namespace

absl::StatusOr<int> DrawAppearance(const Appearance& appearance, UpdateObjects& objects) {
  ENKRAT_RETURN_IF_ERROR(CheckPlace(appearance.place));
  ENKRAT_ASSIGN_OR_RETURN(const std::string text, ReadText(appearance.text));
  if (text.empty() && appearance.image.empty()) return Refuse("there is nothing to show");
  Drawing drawing(appearance.place, objects);
  drawing.DrawFrame();
  if (!appearance.image.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(const ImageObject image, ReadImage(appearance.image));
    drawing.DrawImage(image, /*beside_text=*/!text.empty());
  }
  if (!text.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(const TextFont font, TextFont::Load(appearance.font_file));
    ENKRAT_RETURN_IF_ERROR(drawing.DrawText(text, font));
  }
  return drawing.Finish();
}

}  // namespace enkrat::pades
