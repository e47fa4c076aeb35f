#include "pades/covered_content.h"

#include <array>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <vector>

#include "common/bytes.h"
#include "pades/limited_stream.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMostContentOctets = 8 << 20;
constexpr double kMuchOfThePage = 0.25;
constexpr size_t kMostSavedStates = 256;
constexpr size_t kMostOperands = 64;

// [a b 0; c d 0; e f 1] (ISO 32000-1 8.3.3).
struct Matrix {
  double a = 1, b = 0, c = 0, d = 1, e = 0, f = 0;

  // This one first, then `next`.
  Matrix Then(const Matrix& next) const {
    return {.a = a * next.a + b * next.c,
            .b = a * next.b + b * next.d,
            .c = c * next.a + d * next.c,
            .d = c * next.b + d * next.d,
            .e = e * next.a + f * next.c + next.e,
            .f = e * next.b + f * next.d + next.f};
  }
  bool PutsInto(double x, double y, const Box& box) const {
    const double to_x = a * x + c * y + e;
    const double to_y = b * x + d * y + f;
    return to_x > box.left && to_x < box.right && to_y > box.bottom && to_y < box.top;
  }
};

// Follows the operators that move things about, and looks where those that show things do.
class ContentFollower final : public QPDFObjectHandle::ParserCallbacks {
 public:
  explicit ContentFollower(const Box& place) : place_(place) {}

  std::optional<std::string> covered() const { return covered_; }

  void handleObject(QPDFObjectHandle object, size_t, size_t) override {
    if (object.isOperator()) {
      Handle(object.getOperatorValue());
      operands_.clear();
    } else if (operands_.size() < kMostOperands) {
      operands_.push_back(object);
    }
    if (covered_.has_value()) terminateParsing();
  }
  void handleEOF() override {}

 private:
  double Number(size_t index) const {
    return index < operands_.size() && QPDFObjectHandle(operands_[index]).isNumber()
               ? QPDFObjectHandle(operands_[index]).getNumericValue()
               : 0;
  }
  Matrix Operands() const {
    return {.a = Number(0),
            .b = Number(1),
            .c = Number(2),
            .d = Number(3),
            .e = Number(4),
            .f = Number(5)};
  }

  void Handle(const std::string& name) {
    if (name == "q" && saved_.size() < kMostSavedStates) saved_.push_back(state_);
    if (name == "Q" && !saved_.empty()) {
      state_ = saved_.back();
      saved_.pop_back();
    }
    if (name == "cm") state_ = Operands().Then(state_);
    HandleText(name);
    if (name == "Do") LookAtImage();
  }

  void HandleText(const std::string& name) {
    if (name == "BT") line_ = {};
    if (name == "Tm") line_ = Operands();
    if (name == "TL") leading_ = Number(0);
    if (name == "TD") leading_ = -Number(1);
    if (name == "Td" || name == "TD") Move(Number(0), Number(1));
    if (name == "T*" || name == "'" || name == "\"") Move(0, -leading_);
    if (name == "Tj" || name == "TJ" || name == "'" || name == "\"") {
      if (line_.Then(state_).PutsInto(0, 0, place_)) covered_ = "text";
    }
  }

  void Move(double x, double y) { line_ = Matrix{.e = x, .f = y}.Then(line_); }

  // An image fills the unit square.
  void LookAtImage() {
    for (const auto& [x, y] :
         std::array<std::pair<double, double>, 5>{{{0, 0}, {1, 0}, {0, 1}, {1, 1}, {0.5, 0.5}}}) {
      if (state_.PutsInto(x, y, place_)) covered_ = "an image";
    }
  }

  const Box place_;
  std::optional<std::string> covered_;
  std::vector<QPDFObjectHandle> operands_;
  Matrix state_;
  std::vector<Matrix> saved_;
  Matrix line_;
  double leading_ = 0;
};

// The page's content streams in one; nullopt if they are too large or cannot be read.
std::optional<std::string> ContentOf(QPDFObjectHandle page) {
  QPDFObjectHandle contents = page.getKey("/Contents");
  std::string text;
  const auto add = [&](const QPDFObjectHandle& stream) {
    if (!QPDFObjectHandle(stream).isStream()) return true;
    const absl::StatusOr<Bytes> octets = ReadStream(stream, kMostContentOctets - text.size());
    if (octets.ok()) text += ToString(*octets) + "\n";
    return octets.ok() && text.size() < kMostContentOctets;
  };
  if (!contents.isArray()) return add(contents) ? std::optional(text) : std::nullopt;
  for (QPDFObjectHandle& stream : contents.getArrayAsVector()) {
    if (!add(stream)) return std::nullopt;
  }
  return text;
}

bool OverAnnotation(QPDFObjectHandle page, const Box& place) {
  QPDFObjectHandle annotations = page.getKey("/Annots");
  if (!annotations.isArray()) return false;
  for (QPDFObjectHandle& annotation : annotations.getArrayAsVector()) {
    if (!annotation.isDictionary()) continue;
    const std::optional<Box> other = BoxOf(annotation.getKey("/Rect"));
    if (other.has_value() && !other->empty() && other->Overlaps(place)) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> WhatIsCovered(QPDFObjectHandle page, const Box& place) {
  if (OverAnnotation(page, place)) return "another annotation";
  const std::optional<Box> sheet = BoxOf(page.getKey("/MediaBox"));
  if (sheet.has_value() && !sheet->empty() &&
      place.width() * place.height() > kMuchOfThePage * sheet->width() * sheet->height()) {
    return "much of the page";
  }
  const std::optional<std::string> content = ContentOf(page);
  if (!content.has_value()) return "text";
  // A document of its own: what its parser does not like is nobody's complaint about the page's.
  QPDF scratch;
  scratch.setSuppressWarnings(true);
  scratch.emptyPDF();
  ContentFollower follower(place);
  QPDFObjectHandle::parseContentStream(QPDFObjectHandle::newStream(&scratch, *content), &follower);
  return follower.covered();
}

}  // namespace enkrat::pades
