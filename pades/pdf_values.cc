#include "pades/pdf_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <qpdf/QPDFObjectHandle.hh>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMostTextOctets = 1024;

// The number of exactly `digits` digits at the begin, which is taken away; nullopt if there is
// none.
std::optional<int> TakeDigits(absl::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return number;
}

// "Z", "+HH'mm", "+HH'mm'", or nothing.
std::optional<absl::Duration> TakeZone(absl::string_view text) {
  if (text.empty() || text[0] == 'Z') return absl::ZeroDuration();
  const char sign = text[0];
  if (sign != '+' && sign != '-') return std::nullopt;
  text.remove_prefix(1);
  const std::optional<int> hours = TakeDigits(text, 2);
  if (!hours.has_value() || *hours > 23) return std::nullopt;
  int minutes = 0;
  if (!text.empty() && text[0] == '\'') text.remove_prefix(1);
  if (!text.empty()) {
    const std::optional<int> given = TakeDigits(text, 2);
    if (!given.has_value() || *given > 59) return std::nullopt;
    minutes = *given;
  }
  const absl::Duration zone = absl::Hours(*hours) + absl::Minutes(minutes);
  return sign == '+' ? zone : -zone;
}

}  // namespace

std::string TextOf(QPDFObjectHandle value) {
  if (!value.isString()) return {};
  std::string text = value.getUTF8Value();
  if (text.size() <= kMostTextOctets) return text;
  size_t end = kMostTextOctets;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

std::string NameOf(QPDFObjectHandle value) {
  return value.isName() ? value.getName().substr(1, kMostTextOctets) : std::string();
}

std::optional<absl::Time> ParsePdfDate(absl::string_view text) {
  if (text.substr(0, 2) == "D:") text.remove_prefix(2);
  const std::optional<int> year = TakeDigits(text, 4);
  if (!year.has_value()) return std::nullopt;
  std::array<int, 5> parts = {1, 1, 0, 0, 0};  // month, day, hour, minute, second
  for (int& part : parts) {
    if (text.empty() || !absl::ascii_isdigit(static_cast<unsigned char>(text[0]))) break;
    const std::optional<int> given = TakeDigits(text, 2);
    if (!given.has_value()) return std::nullopt;
    part = *given;
  }
  const std::optional<absl::Duration> zone = TakeZone(text);
  const absl::CivilSecond civil(*year, parts[0], parts[1], parts[2], parts[3], parts[4]);
  const bool real = civil.month() == parts[0] && civil.day() == parts[1] &&
                    civil.hour() == parts[2] && civil.minute() == parts[3] &&
                    civil.second() == parts[4];
  if (!real || !zone.has_value()) return std::nullopt;
  return absl::FromCivil(civil, absl::UTCTimeZone()) - *zone;
}

bool Box::Overlaps(const Box& other) const {
  return left < other.right && other.left < right && bottom < other.top && other.bottom < top;
}

std::optional<Box> BoxOf(QPDFObjectHandle value) {
  if (!value.isArray() || value.getArrayNItems() != 4) return std::nullopt;
  std::array<double, 4> corners = {};
  for (int i = 0; i < 4; ++i) {
    QPDFObjectHandle number = value.getArrayItem(i);
    if (!number.isNumber()) return std::nullopt;
    corners[static_cast<size_t>(i)] = number.getNumericValue();
    if (!std::isfinite(corners[static_cast<size_t>(i)])) return std::nullopt;
  }
  return Box{.left = std::min(corners[0], corners[2]),
             .bottom = std::min(corners[1], corners[3]),
             .right = std::max(corners[0], corners[2]),
             .top = std::max(corners[1], corners[3])};
}

std::set<std::string> KeysOf(QPDFObjectHandle one, QPDFObjectHandle other) {
  std::set<std::string> keys;
  for (const auto& [key, value] : one.getDictAsMap()) keys.insert(key);
  for (const auto& [key, value] : other.getDictAsMap()) keys.insert(key);
  return keys;
}

ObjectId IdOf(const QPDFObjectHandle& object) {
  return {object.getObjectID(), object.getGeneration()};
}

}  // namespace enkrat::pades
