#include "pades/bounded_filters.h"

#include <cstdlib>
#include <memory>
#include <mutex>
#include <qpdf/Pipeline.hh>
#include <qpdf/Pl_Flate.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFStreamFilter.hh>
#include <stdexcept>
#include <vector>

namespace enkrat::pades {
namespace {

thread_local DecodingBudget* current_budget = nullptr;

// Passes on what comes in until it is too much.
class Bound final : public Pipeline {
 public:
  explicit Bound(Pipeline* sink) : Pipeline("bound", sink) {}
  void write(const unsigned char* data, size_t size) override {
    const bool within_budget = current_budget == nullptr || size <= current_budget->left;
    if (size > left_ || !within_budget) {
      throw std::runtime_error("a stream is too long when decoded");
    }
    left_ -= size;
    if (current_budget != nullptr) current_budget->left -= size;
    getNext()->write(data, size);
  }
  void finish() override { getNext()->finish(); }

 private:
  size_t left_ = kMaxDecodedOctets;
};

// Undoes the PNG predictors: every row says by its first octet which one it has (ISO 32000-1
// 7.4.4.4, PNG specification clause 9).
class PngRows final : public Pipeline {
 public:
  PngRows(Pipeline* sink, size_t row_octets, size_t pixel_octets)
      : Pipeline("png rows", sink), pixel_octets_(pixel_octets), above_(row_octets, 0) {
    row_.reserve(row_octets + 1);
  }

  void write(const unsigned char* data, size_t size) override {
    for (size_t i = 0; i < size; ++i) {
      row_.push_back(data[i]);
      if (row_.size() == above_.size() + 1) EmitRow();
    }
  }
  void finish() override {
    if (row_.size() > 1) {
      row_.resize(above_.size() + 1, 0);
      EmitRow();
    }
    getNext()->finish();
  }

 private:
  static int Paeth(int left, int above, int corner) {
    const int estimate = left + above - corner;
    const int by_left = std::abs(estimate - left), by_above = std::abs(estimate - above),
              by_corner = std::abs(estimate - corner);
    if (by_left <= by_above && by_left <= by_corner) return left;
    return by_above <= by_corner ? above : corner;
  }

  void EmitRow() {
    const unsigned char filter = row_[0];
    for (size_t i = 0; i < above_.size(); ++i) {
      const int left = i >= pixel_octets_ ? row_[i + 1 - pixel_octets_] : 0;
      const int corner = i >= pixel_octets_ ? above_[i - pixel_octets_] : 0;
      const int above = above_[i];
      const int predicted = filter == 1   ? left
                            : filter == 2 ? above
                            : filter == 3 ? (left + above) / 2
                            : filter == 4 ? Paeth(left, above, corner)
                                          : 0;
      row_[i + 1] = static_cast<unsigned char>(row_[i + 1] + predicted);
    }
    above_.assign(row_.begin() + 1, row_.end());
    row_.clear();
    getNext()->write(above_.data(), above_.size());
  }

  const size_t pixel_octets_;
  std::vector<unsigned char> above_;
  std::vector<unsigned char> row_;  // with its filter's octet
};

class BoundedFlate final : public QPDFStreamFilter {
 public:
  bool setDecodeParms(QPDFObjectHandle parameters) override {
    if (parameters.isNull()) return true;
    if (!parameters.isDictionary()) return false;
    const long long predictor = IntegerOr(parameters, "/Predictor", 1);
    const long long columns = IntegerOr(parameters, "/Columns", 1);
    const long long colors = IntegerOr(parameters, "/Colors", 1);
    const long long bits = IntegerOr(parameters, "/BitsPerComponent", 8);
    if (predictor == 1) return true;
    if (predictor < 10 || predictor > 15 || columns < 1 || columns > 1'000'000 || colors < 1 ||
        colors > 32 || bits < 1 || bits > 16) {
      return false;
    }
    row_octets_ = static_cast<size_t>((columns * colors * bits + 7) / 8);
    pixel_octets_ = static_cast<size_t>((colors * bits + 7) / 8);
    return true;
  }

  Pipeline* getDecodePipeline(Pipeline* next) override {
    if (row_octets_ > 0) {
      rows_ = std::make_shared<PngRows>(next, row_octets_, pixel_octets_);
      next = rows_.get();
    }
    bound_ = std::make_shared<Bound>(next);
    flate_ = std::make_shared<Pl_Flate>("bounded flate", bound_.get(), Pl_Flate::a_inflate);
    return flate_.get();
  }

 private:
  static long long IntegerOr(QPDFObjectHandle dictionary, const char* key, long long otherwise) {
    QPDFObjectHandle value = dictionary.getKey(key);
    return value.isInteger() ? value.getIntValue() : otherwise;
  }

  size_t row_octets_ = 0;  // 0: no predictor
  size_t pixel_octets_ = 0;
  std::shared_ptr<Pipeline> rows_, bound_, flate_;
};

class NotDecoded final : public QPDFStreamFilter {
 public:
  bool setDecodeParms(QPDFObjectHandle /*parameters*/) override { return false; }
  Pipeline* getDecodePipeline(Pipeline* /*next*/) override { return nullptr; }
};

}  // namespace

DecodingBudget::DecodingBudget(size_t octets) : left(octets), outer_(current_budget) {
  current_budget = this;
}
DecodingBudget::~DecodingBudget() { current_budget = outer_; }

void BoundQpdfFilters() {
  static std::once_flag once;
  std::call_once(once, [] {
    QPDF::registerStreamFilter("/FlateDecode", [] { return std::make_shared<BoundedFlate>(); });
    for (const char* filter : {"/LZWDecode", "/RunLengthDecode", "/DCTDecode"}) {
      QPDF::registerStreamFilter(filter, [] { return std::make_shared<NotDecoded>(); });
    }
  });
}

}  // namespace enkrat::pades
