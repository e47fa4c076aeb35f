#include "tests/unit/pades/rendered_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/file.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/support/subprocess.h"

namespace enkrat::testing {
namespace {

std::string Output(const std::vector<std::string>& argv) {
  const ProgramOutcome outcome = RunProgram({.argv = argv});
  EXPECT_EQ(outcome.exit_code, 0) << argv[0];
  EXPECT_EQ(outcome.err, "") << argv[0];
  return outcome.out;
}

}  // namespace

Bytes PageWith(const pades::Appearance& appearance) {
  pades::UpdateObjects objects(1);
  const int catalog = objects.Reserve();
  const int pages = objects.Reserve();
  const int page = objects.Reserve();
  const int widget = objects.Reserve();
  const absl::StatusOr<int> form = pades::DrawAppearance(appearance, objects);
  EXPECT_THAT(form, IsOk());
  if (!form.ok()) return {};
  const pades::Rectangle& place = appearance.place;
  objects.Set(catalog, absl::StrCat("<< /Type /Catalog /Pages ", pages, " 0 R >>"));
  objects.Set(pages, absl::StrCat("<< /Type /Pages /Kids [", page, " 0 R] /Count 1 >>"));
  objects.Set(page, absl::StrCat("<< /Type /Page /Parent ", pages, " 0 R /MediaBox [0 0 ",
                                 RenderedPage::kWidth, " ", RenderedPage::kHeight, "] /Annots [",
                                 widget, " 0 R] >>"));
  objects.Set(widget,
              absl::StrCat("<< /Type /Annot /Subtype /Stamp /F 4 /Rect [", place.left, " ",
                           place.bottom, " ", place.left + place.width, " ",
                           place.bottom + place.height, "] /AP << /N ", *form, " 0 R >> >>"));
  std::string file = "%PDF-1.7\n";
  std::string table = absl::StrCat("xref\n0 ", objects.size(), "\n0000000000 65535 f \n");
  for (const auto& [number, object] : objects.objects()) {
    absl::StrAppendFormat(&table, "%010d 00000 n \n", file.size());
    absl::StrAppend(&file, number, " 0 obj\n", object.body, "\nendobj\n");
  }
  const size_t start = file.size();
  absl::StrAppend(&file, table, "trailer\n<< /Size ", objects.size(), " /Root ", catalog,
                  " 0 R >>\nstartxref\n", start, "\n%%EOF\n");
  return ToBytes(file);
}

RenderedPage::RenderedPage(const pades::Appearance& appearance) {
  const ScratchFolder folder;
  const std::string pdf = folder.File("page.pdf");
  EXPECT_THAT(WriteFile(pdf, PageWith(appearance), {}), IsOk());
  Output({"qpdf", "--check", pdf});
  text_ = Output({"pdftotext", "-layout", pdf, "-"});
  fonts_ = Output({"pdffonts", pdf});
  Output({"pdftoppm", "-r", absl::StrCat(72 * kScale), "-png", "-singlefile", pdf,
          folder.File("page")});
  png_image image;
  std::memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_file(&image, folder.File("page.png").c_str()), 0);
  image.format = PNG_FORMAT_RGB;
  EXPECT_EQ(image.width, static_cast<unsigned>(kWidth * kScale));
  EXPECT_EQ(image.height, static_cast<unsigned>(kHeight * kScale));
  pixels_.resize(PNG_IMAGE_SIZE(image));
  EXPECT_NE(png_image_finish_read(&image, nullptr, pixels_.data(), 0, nullptr), 0);
}

Colour RenderedPage::Pixel(int column, int row) const {
  const size_t place = (static_cast<size_t>(row) * kWidth * kScale + column) * 3;
  return {pixels_.at(place), pixels_.at(place + 1), pixels_.at(place + 2)};
}

Colour RenderedPage::At(double x, double y) const {
  return Pixel(static_cast<int>(x * kScale), static_cast<int>((kHeight - y) * kScale));
}

int RenderedPage::Count(const pades::Rectangle& area, bool dark) const {
  int count = 0;
  const int top = static_cast<int>((kHeight - area.bottom - area.height) * kScale);
  const int bottom = static_cast<int>((kHeight - area.bottom) * kScale);
  const int right = static_cast<int>((area.left + area.width) * kScale);
  for (int row = top; row < bottom; ++row) {
    for (int column = static_cast<int>(area.left * kScale); column < right; ++column) {
      const Colour colour = Pixel(column, row);
      if (dark ? colour.IsDark() : !colour.IsWhite()) ++count;
    }
  }
  return count;
}

}  // namespace enkrat::testing
