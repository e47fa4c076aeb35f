// An appearance on a page, seen with poppler's eyes: rendered to pixels, its text and fonts listed.
#ifndef ENKRAT_TESTS_UNIT_PADES_RENDERED_PAGE_H_
#define ENKRAT_TESTS_UNIT_PADES_RENDERED_PAGE_H_

#include <cstdint>
#include <string>

#include "common/bytes.h"
#include "pades/appearance.h"

namespace enkrat::testing {

struct Colour {
  int red = 0;
  int green = 0;
  int blue = 0;
  bool IsWhite() const { return red > 250 && green > 250 && blue > 250; }
  bool IsDark() const { return red < 110 && green < 110 && blue < 110; }
};

// A page of 300 x 200 points with nothing on it but one appearance.
class RenderedPage {
 public:
  static constexpr int kWidth = 300;
  static constexpr int kHeight = 200;
  static constexpr int kScale = 4;  // pixels a point

  // Draws it, puts it at its place and renders the page. Fails the test if a tool complains.
  explicit RenderedPage(const pades::Appearance& appearance);

  // Of the pixel at a place in points, from the lower left corner.
  Colour At(double x, double y) const;
  // How many pixels of an area are not white, or dark.
  int Ink(const pades::Rectangle& area) const { return Count(area, /*dark=*/false); }
  int DarkInk(const pades::Rectangle& area) const { return Count(area, /*dark=*/true); }
  static pades::Rectangle Whole() { return {0, 0, kWidth, kHeight}; }

  const std::string& text() const { return text_; }    // of pdftotext
  const std::string& fonts() const { return fonts_; }  // of pdffonts

 private:
  int Count(const pades::Rectangle& area, bool dark) const;
  Colour Pixel(int column, int row) const;

  Bytes pixels_;  // RGB, from the top
  std::string text_;
  std::string fonts_;
};

// The file itself: a page with a widget that shows the appearance.
Bytes PageWith(const pades::Appearance& appearance);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_UNIT_PADES_RENDERED_PAGE_H_
