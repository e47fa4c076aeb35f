#include "idp_client/json_object.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/reason.h"

namespace enkrat::idp_client {
namespace {

using nlohmann::json;

// Reads the text once without building anything; the first broken rule ends the reading.
class RuleReader final : public nlohmann::json_sax<json> {
 public:
  explicit RuleReader(const JsonBounds& bounds) : bounds_(bounds) {}

  // What was wrong; OK if nothing was.
  const absl::Status& verdict() const { return verdict_; }

  bool null() override { return CountValue(); }
  bool boolean(bool) override { return CountValue(); }
  bool number_integer(number_integer_t) override { return CountValue(); }
  bool number_unsigned(number_unsigned_t) override { return CountValue(); }
  bool number_float(number_float_t, const string_t&) override { return CountValue(); }
  bool string(string_t&) override { return CountValue(); }
  bool binary(binary_t&) override { return CountValue(); }

  bool start_object(size_t) override { return Open(); }
  bool end_object() override { return Close(); }
  bool start_array(size_t) override { return Open(); }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    if (names_.back().insert(name).second) return true;
    return Fail(Reason::kRequestMalformed, "JSON names a member twice");
  }

  bool parse_error(size_t, const std::string&, const json::exception&) override {
    return Fail(Reason::kRequestMalformed, "text is not JSON");
  }

 private:
  bool Fail(Reason reason, absl::string_view what) {
    if (verdict_.ok()) verdict_ = MakeError(reason, what);
    return false;
  }

  bool CountValue() {
    if (++values_ <= bounds_.values) return true;
    return Fail(Reason::kLimitExceeded, "JSON has too many values");
  }

  bool Open() {
    if (names_.size() >= bounds_.depth) {
      return Fail(Reason::kLimitExceeded, "JSON is nested too deeply");
    }
    names_.emplace_back();
    return CountValue();
  }

  bool Close() {
    names_.pop_back();
    return true;
  }

  const JsonBounds bounds_;
  absl::Status verdict_;
  size_t values_ = 0;
  std::vector<std::set<std::string>> names_;  // of the objects (arrays: none) that are open
};

}  // namespace

absl::StatusOr<json> ParseJsonObject(absl::string_view text, const JsonBounds& bounds) {
  if (text.size() > bounds.size) return MakeError(Reason::kLimitExceeded, "JSON is too long");
  // Also keeps out a byte order mark, which the parser would skip (RFC 8259 8.1).
  const size_t start = text.find_first_not_of(" \t\r\n");
  if (start == absl::string_view::npos || text[start] != '{') {
    return MakeError(Reason::kRequestMalformed, "text is not a JSON object");
  }
  // The parser takes a NUL for the end of the text and would not see what follows it.
  if (text.find('\0') != absl::string_view::npos) {
    return MakeError(Reason::kRequestMalformed, "text holds a NUL");
  }
  RuleReader reader(bounds);
  if (!json::sax_parse(text.begin(), text.end(), &reader)) {
    if (!reader.verdict().ok()) return reader.verdict();
    return MakeError(Reason::kRequestMalformed, "text is not JSON");
  }
  json document = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) {
    return MakeError(Reason::kRequestMalformed, "text is not a JSON object");
  }
  return document;
}

}  // namespace enkrat::idp_client
