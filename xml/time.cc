#include "xml/time.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace enkrat::xml {
namespace {

constexpr absl::string_view kTimeForm = "dddd-dd-ddTdd:dd:dd";
constexpr size_t kMaxFractionDigits = 9;
constexpr size_t kMaxDurationDigits = 6;
constexpr int kHoursOfDay = 24;
constexpr absl::Duration kLongest = absl::Hours(3650 * kHoursOfDay);

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

size_t CountDigits(absl::string_view text) {
  size_t count = 0;
  while (count < text.size() && IsDigit(text[count])) ++count;
  return count;
}

// Takes "12H", for the designators given in their order, off the front of `text` and adds it up.
bool TakeParts(absl::string_view& text, absl::string_view designators, const absl::Duration* units,
               absl::Duration& sum) {
  size_t place = 0;
  while (!text.empty() && text.front() != 'T') {
    const size_t digits = CountDigits(text);
    int number = 0;
    if (digits == 0 || digits > kMaxDurationDigits || digits == text.size() ||
        !absl::SimpleAtoi(text.substr(0, digits), &number)) {
      return false;
    }
    place = designators.find(text[digits], place);
    if (place == absl::string_view::npos) return false;
    sum += number * units[place];
    ++place;
    text.remove_prefix(digits + 1);
  }
  return true;
}

}  // namespace

std::optional<absl::Time> ParseDateTime(absl::string_view text) {
  if (!absl::ConsumeSuffix(&text, "Z") || text.size() < kTimeForm.size()) return std::nullopt;
  for (size_t i = 0; i < kTimeForm.size(); ++i) {
    if (kTimeForm[i] == 'd' ? !IsDigit(text[i]) : text[i] != kTimeForm[i]) return std::nullopt;
  }
  absl::string_view fraction = text.substr(kTimeForm.size());
  if (!fraction.empty()) {
    if (!absl::ConsumePrefix(&fraction, ".") || fraction.empty() ||
        fraction.size() > kMaxFractionDigits || CountDigits(fraction) != fraction.size()) {
      return std::nullopt;
    }
  }
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%Y-%m-%dT%H:%M:%E*S", std::string(text), &time, &error) ||
      time < absl::UnixEpoch()) {
    return std::nullopt;
  }
  return time;
}

std::optional<absl::Duration> ParseDuration(absl::string_view text) {
  static const absl::Duration kDateUnits[] = {
      absl::Hours(365 * kHoursOfDay), absl::Hours(30 * kHoursOfDay), absl::Hours(kHoursOfDay)};
  static const absl::Duration kTimeUnits[] = {absl::Hours(1), absl::Minutes(1), absl::Seconds(1)};
  if (!absl::ConsumePrefix(&text, "P") || text.empty()) return std::nullopt;
  absl::Duration sum;
  if (!TakeParts(text, "YMD", kDateUnits, sum)) return std::nullopt;
  if (absl::ConsumePrefix(&text, "T")) {
    if (text.empty() || !TakeParts(text, "HMS", kTimeUnits, sum)) return std::nullopt;
  }
  if (!text.empty() || sum > kLongest) return std::nullopt;
  return sum;
}

}  // namespace enkrat::xml
