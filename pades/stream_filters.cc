#include "pades/stream_filters.h"

#include <algorithm>
#include <cstdint>
#include <qpdf/QPDFObjectHandle.hh>
#include <string>
#include <vector>

#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/pdf_values.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMostFilters = 4;
constexpr uint64_t kMostRowBits = uint64_t{8} << 16;

absl::Status Refuse() {
  return MakeError(Reason::kPdfDamaged, "a stream is packed in a way that is not read here");
}

bool Expands(const std::string& filter) {
  static constexpr const char* kExpanding[] = {"FlateDecode", "Fl", "LZWDecode",
                                               "LZW",         "RL", "RunLengthDecode"};
  return std::find(std::begin(kExpanding), std::end(kExpanding), filter) != std::end(kExpanding);
}

// One value, or the elements of an array.
std::vector<QPDFObjectHandle> Each(QPDFObjectHandle value) {
  if (value.isArray()) return value.getArrayAsVector();
  return {value};
}

// A reference that leads nowhere here may lead somewhere for QPDF: where cross-references are read,
// not all objects are known.
bool LeadsNowhere(QPDFObjectHandle value) { return value.isIndirect() && value.isNull(); }

absl::Status CheckRow(QPDFObjectHandle parameters) {
  if (LeadsNowhere(parameters)) return Refuse();
  if (!parameters.isDictionary()) return absl::OkStatus();
  uint64_t bits = 1;
  for (const char* const key : {"/Columns", "/Colors", "/BitsPerComponent"}) {
    QPDFObjectHandle value = parameters.getKey(key);
    if (value.isIndirect()) return Refuse();
    if (value.isNull()) continue;
    if (!value.isInteger() || value.getIntValue() < 0 ||
        value.getIntValue() > static_cast<int64_t>(kMostRowBits)) {
      return Refuse();
    }
    bits *= static_cast<uint64_t>(value.getIntValue());
    if (bits > kMostRowBits) return Refuse();
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckFilters(QPDFObjectHandle dictionary) {
  QPDFObjectHandle filter = dictionary.getKey("/Filter");
  if (LeadsNowhere(filter)) return Refuse();
  const std::vector<QPDFObjectHandle> filters = Each(filter);
  const auto expanding =
      std::count_if(filters.begin(), filters.end(),
                    [](const QPDFObjectHandle& each) { return Expands(NameOf(each)); });
  if (filters.size() > kMostFilters || expanding > 1) return Refuse();
  QPDFObjectHandle parameters = dictionary.getKey("/DecodeParms");
  if (LeadsNowhere(parameters)) return Refuse();
  for (const QPDFObjectHandle& each : Each(parameters)) ENKRAT_RETURN_IF_ERROR(CheckRow(each));
  return absl::OkStatus();
}

}  // namespace enkrat::pades
