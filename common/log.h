// The service's log: one JSON object a line. Fields are ids, numbers and names of ours; never a
// PIN, a token, a person's name or a path that an outsider chose (docs/threat_model.md, invariant
// 6).
#ifndef ENKRAT_COMMON_LOG_H_
#define ENKRAT_COMMON_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string>
#include <variant>

#include "absl/strings/string_view.h"
#include "common/clock.h"
#include "common/mutex.h"

namespace enkrat {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

struct LogField {
  absl::string_view name;
  std::variant<absl::string_view, int64_t, double, bool> value;

  LogField(absl::string_view n, absl::string_view v) : name(n), value(v) {}
  LogField(absl::string_view n, const std::string& v) : name(n), value(absl::string_view(v)) {}
  LogField(absl::string_view n, const char* v) : name(n), value(absl::string_view(v)) {}
  LogField(absl::string_view n, bool v) : name(n), value(v) {}
  LogField(absl::string_view n, double v) : name(n), value(v) {}
  LogField(absl::string_view n, int v) : name(n), value(static_cast<int64_t>(v)) {}
  LogField(absl::string_view n, int64_t v) : name(n), value(v) {}
  LogField(absl::string_view n, size_t v) : name(n), value(static_cast<int64_t>(v)) {}
};

// Writes {"time":"2026-01-02T03:04:05.678901Z","level":"info","message":"...", fields...}.
// Thread-safe; each line is written whole. `message` is a constant sentence: what varies goes into
// fields.
class Logger {
 public:
  // Neither is owned; both outlive the logger.
  Logger(std::ostream& out, const Clock& clock, LogLevel least = LogLevel::kInfo)
      : out_(out), clock_(clock), least_(least) {}
  virtual ~Logger() = default;

  void Debug(absl::string_view message, std::initializer_list<LogField> fields = {}) {
    Write(LogLevel::kDebug, message, fields);
  }
  void Info(absl::string_view message, std::initializer_list<LogField> fields = {}) {
    Write(LogLevel::kInfo, message, fields);
  }
  void Warning(absl::string_view message, std::initializer_list<LogField> fields = {}) {
    Write(LogLevel::kWarning, message, fields);
  }
  void Error(absl::string_view message, std::initializer_list<LogField> fields = {}) {
    Write(LogLevel::kError, message, fields);
  }

 private:
  void Write(LogLevel level, absl::string_view message, std::initializer_list<LogField> fields);

  std::ostream& out_;
  const Clock& clock_;
  const LogLevel least_;
  Mutex mutex_;
};

}  // namespace enkrat

#endif  // ENKRAT_COMMON_LOG_H_
