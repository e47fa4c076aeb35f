#include "tsa/gen_time_mark.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/bytes.h"
#include "common/file.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::tsa {
namespace {

constexpr char kTitle[] = "enkrat genTime mark 1: no timestamp is later than\n";
constexpr size_t kMostOctets = 256;
constexpr absl::Duration kMostAhead = absl::Minutes(1);

}  // namespace

absl::StatusOr<absl::Time> ReadGenTimeMark(const std::string& path) {
  if (!FileExists(path)) return absl::InfinitePast();
  const absl::StatusOr<Bytes> content = ReadFile(path, kMostOctets);
  if (!content.ok()) return MakeError(Reason::kConfigurationInvalid, content.status().message());
  const std::string text = ToString(*content);
  absl::string_view rest = text;
  absl::Time mark;
  std::string why;
  if (!absl::ConsumePrefix(&rest, kTitle) || !absl::ConsumeSuffix(&rest, "\n") ||
      !absl::EndsWith(rest, "Z") || !absl::ParseTime(absl::RFC3339_full, rest, &mark, &why)) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat(path, ": is not a mark of the last timestamp (docs/tsa.md)"));
  }
  return mark;
}

absl::StatusOr<std::unique_ptr<GenTimeMark>> GenTimeMark::Open(Options options) {
  if (options.path.empty() || options.ahead <= absl::ZeroDuration() || options.ahead > kMostAhead) {
    return MakeError(Reason::kConfigurationInvalid, "a genTime mark needs a file and a moment");
  }
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time floor, ReadGenTimeMark(options.path));
  return std::unique_ptr<GenTimeMark>(new GenTimeMark(std::move(options), floor));
}

absl::Status GenTimeMark::Cover(absl::Time gen_time) {
  if (gen_time <= covered_) return absl::OkStatus();
  return Write(gen_time + options_.ahead);
}

absl::Status GenTimeMark::Settle(absl::Time latest) {
  return covered_ == floor_ ? absl::OkStatus() : Write(latest);
}

absl::Status GenTimeMark::Write(absl::Time mark) {
  // Rounded up: what is read back covers what was asked for.
  mark = absl::FromUnixMicros(absl::ToUnixMicros(mark) + 1);
  const std::string text = absl::StrCat(
      kTitle, absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", mark, absl::UTCTimeZone()), "\n");
  const absl::Status written =
      WriteFile(options_.path, AsSpan(text), {.mode = 0600, .overwrite = true}).status();
  if (!written.ok()) return MakeError(Reason::kTimestampUnavailable, written.message());
  covered_ = mark;
  return absl::OkStatus();
}

}  // namespace enkrat::tsa
