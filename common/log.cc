#include "common/log.h"

#include <nlohmann/json.hpp>

#include "absl/time/time.h"
#include "common/time_text.h"

namespace enkrat {
namespace {

const char* LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

nlohmann::ordered_json ToJson(const LogField& field) {
  return std::visit(
      [](const auto& value) -> nlohmann::ordered_json {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, absl::string_view>) {
          return std::string(value);
        } else {
          return value;
        }
      },
      field.value);
}

}  // namespace

void Logger::Write(LogLevel level, absl::string_view message,
                   std::initializer_list<LogField> fields) {
  if (level < least_) return;
  nlohmann::ordered_json line;
  line["time"] = TimeText(clock_.Now());
  line["level"] = LevelName(level);
  line["message"] = std::string(message);
  for (const LogField& field : fields) line[std::string(field.name)] = ToJson(field);
  // Octets that are not UTF-8 become U+FFFD: a hostile field can neither break the line nor throw.
  const std::string text =
      line.dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace) + "\n";
  MutexLock lock(mutex_);
  out_ << text << std::flush;
}

}  // namespace enkrat
