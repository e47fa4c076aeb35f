#include "pades/covered_content.h"

#include <algorithm>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <vector>

#include "common/bytes.h"
#include "pades/limited_stream.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMostContentOctets = 8 << 20;
constexpr int kMostForms = 64;
constexpr int kMostLevels = 32;  // of the page tree
constexpr double kMuchOfThePage = 0.25;
constexpr size_t kMostSavedStates = 256;
constexpr size_t kMostOperands = 64;
constexpr uint64_t kOctetsOfAStep = 16;  // of content

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
  bool PutsOriginInto(const Box& box) const {
    return e > box.left && e < box.right && f > box.bottom && f < box.top;
  }
  // Around where the unit square comes to lie.
  Box AroundUnitSquare() const {
    return {.left = e + std::min({0.0, a, c, a + c}),
            .bottom = f + std::min({0.0, b, d, b + d}),
            .right = e + std::max({0.0, a, c, a + c}),
            .top = f + std::max({0.0, b, d, b + d})};
  }
};

// Follows the operators that move things about, and looks where those that show things do.
class ContentFollower final : public QPDFObjectHandle::ParserCallbacks {
 public:
  // `forms_left`: how many form XObjects may still be entered, by all followers of the page.
  ContentFollower(const Box& place, QPDFObjectHandle resources, const Matrix& state,
                  int& forms_left, absl::FunctionRef<bool(uint64_t)> spend)
      : place_(place),
        resources_(resources),
        forms_left_(forms_left),
        spend_(spend),
        state_(state) {}

  std::optional<std::string> Follow(const std::string& content) {
    if (!spend_(1 + content.size() / kOctetsOfAStep)) return "text";
    // A document of its own: what its parser does not like is nobody's complaint about the page's.
    QPDF scratch;
    scratch.setSuppressWarnings(true);
    scratch.emptyPDF();
    QPDFObjectHandle::parseContentStream(QPDFObjectHandle::newStream(&scratch, content), this);
    return covered_;
  }

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
  bool HasMatrix() const {
    return operands_.size() == 6 &&
           std::all_of(operands_.begin(), operands_.end(),
                       [](QPDFObjectHandle operand) { return operand.isNumber(); });
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
    if (name == "cm" && HasMatrix()) state_ = Operands().Then(state_);
    HandleText(name);
    if (name == "Do") HandleObject();
  }

  void HandleText(const std::string& name) {
    if (name == "BT") line_ = {};
    if (name == "Tm" && HasMatrix()) line_ = Operands();
    if (name == "TL") leading_ = Number(0);
    if (name == "TD") leading_ = -Number(1);
    if (name == "Td" || name == "TD") Move(Number(0), Number(1));
    if (name == "T*" || name == "'" || name == "\"") Move(0, -leading_);
    if (name == "Tj" || name == "TJ" || name == "'" || name == "\"") {
      if (line_.Then(state_).PutsOriginInto(place_)) covered_ = "text";
    }
  }

  void Move(double x, double y) { line_ = Matrix{.e = x, .f = y}.Then(line_); }

  // Another object is painted: an image fills the unit square, a form has content of its own.
  void HandleObject() {
    if (operands_.empty() || !operands_[0].isName() || !resources_.isDictionary()) return;
    QPDFObjectHandle objects = resources_.getKey("/XObject");
    if (!objects.isDictionary()) return;
    QPDFObjectHandle object = objects.getKey(operands_[0].getName());
    if (!object.isStream()) return;
    const std::string kind = NameOf(object.getDict().getKey("/Subtype"));
    if (kind == "Image" && state_.AroundUnitSquare().Overlaps(place_)) covered_ = "an image";
    if (kind == "Form") EnterForm(object);
  }

  void EnterForm(QPDFObjectHandle form) {
    const absl::StatusOr<Bytes> content = ReadStream(form, kMostContentOctets);
    if (--forms_left_ < 0 || !content.ok()) {
      covered_ = "text";
      return;
    }
    QPDFObjectHandle dictionary = form.getDict();
    QPDFObjectHandle resources = dictionary.getKey("/Resources");
    ContentFollower inner(place_, resources.isDictionary() ? resources : resources_,
                          MatrixOf(dictionary.getKey("/Matrix")).Then(state_), forms_left_, spend_);
    covered_ = inner.Follow(ToString(*content));
  }

  static Matrix MatrixOf(QPDFObjectHandle array) {
    if (!array.isMatrix()) return {};
    const QPDFObjectHandle::Matrix matrix = array.getArrayAsMatrix();
    return {
        .a = matrix.a, .b = matrix.b, .c = matrix.c, .d = matrix.d, .e = matrix.e, .f = matrix.f};
  }

  const Box place_;
  QPDFObjectHandle resources_;
  int& forms_left_;
  absl::FunctionRef<bool(uint64_t)> spend_;
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

// What the page has, or a node above it (ISO 32000-1 7.7.3.4).
QPDFObjectHandle Inherited(QPDFObjectHandle node, const std::string& key) {
  for (int level = 0; level < kMostLevels && node.isDictionary(); ++level) {
    if (node.hasKey(key)) return node.getKey(key);
    node = node.getKey("/Parent");
  }
  return QPDFObjectHandle::newNull();
}

bool OverAnnotation(QPDFObjectHandle page, const Box& place,
                    absl::FunctionRef<bool(uint64_t)> spend) {
  QPDFObjectHandle annotations = page.getKey("/Annots");
  if (!annotations.isArray()) return false;
  if (!spend(static_cast<uint64_t>(annotations.getArrayNItems()))) return true;
  for (QPDFObjectHandle& annotation : annotations.getArrayAsVector()) {
    if (!annotation.isDictionary()) continue;
    const std::optional<Box> other = BoxOf(annotation.getKey("/Rect"));
    if (other.has_value() && !other->empty() && other->Overlaps(place)) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> WhatIsCovered(QPDFObjectHandle page, const Box& place,
                                         absl::FunctionRef<bool(uint64_t)> spend) {
  if (OverAnnotation(page, place, spend)) return "another annotation";
  const std::optional<Box> sheet = BoxOf(Inherited(page, "/MediaBox"));
  if (sheet.has_value() && !sheet->empty() &&
      place.width() * place.height() > kMuchOfThePage * sheet->width() * sheet->height()) {
    return "much of the page";
  }
  const std::optional<std::string> content = ContentOf(page);
  if (!content.has_value()) {
    spend(kMostContentOctets / kOctetsOfAStep);  // so much may have been unpacked in vain
    return "text";
  }
  int forms_left = kMostForms;
  return ContentFollower(place, Inherited(page, "/Resources"), {}, forms_left, spend)
      .Follow(*content);
}

}  // namespace enkrat::pades
