#include "common/log.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/fake_clock.h"

namespace enkrat {
namespace {

TEST(LoggerTest, WritesOneJsonObjectALine) {
  testing::FakeClock clock(absl::FromUnixMicros(1'800'000'000'123'456));
  std::ostringstream out;
  Logger logger(out, clock);
  logger.Info("session completed", {{"request_id", "r-1"}, {"documents", 3}, {"ok", true}});
  EXPECT_EQ(out.str(),
            "{\"time\":\"2027-01-15T08:00:00.123456Z\",\"level\":\"info\","
            "\"message\":\"session completed\",\"request_id\":\"r-1\",\"documents\":3,"
            "\"ok\":true}\n");
}

TEST(LoggerTest, HostileFieldStaysInsideItsLine) {
  testing::FakeClock clock;
  std::ostringstream out;
  Logger logger(out, clock);
  const std::string hostile = "a\"}\n{\"level\":\"error\" \xff\xfe \x1b[31m";
  logger.Warning("odd", {{"request_id", hostile}});
  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(text)["level"], "warning");
}

TEST(LoggerTest, LinesBelowTheLeastLevelAreNotWritten) {
  testing::FakeClock clock;
  std::ostringstream out;
  Logger logger(out, clock, LogLevel::kWarning);
  logger.Info("quiet");
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace enkrat
