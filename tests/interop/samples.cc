#include "tests/interop/samples.h"

#include <cctype>

#include "absl/strings/ascii.h"

namespace enkrat::testing {

// Ends the service before the test program does: the service asks it whether a test failed.
class SampleService::LastWord : public ::testing::Environment {
  void TearDown() override { RunningService::TearDownTestSuite(); }
};

namespace {
const ::testing::Environment* const kLastWord =
    ::testing::AddGlobalTestEnvironment(new SampleService::LastWord);
}  // namespace

void SampleService::SetUpTestSuite() {
  static bool started = false;
  if (!started) StartService();
  started = true;
}

std::string LevelName(const std::string& level) { return absl::AsciiStrToUpper(level); }

std::string Spoilt(std::string text, const std::string& from, const std::string& to) {
  EXPECT_EQ(from.size(), to.size());
  const size_t at = text.find(from);
  if (at == std::string::npos) {
    ADD_FAILURE() << "nothing to spoil: " << from;
    return text;
  }
  return text.replace(at, to.size(), to);
}

std::string SpoiltFile(const std::string& path, const std::string& from, const std::string& to,
                       const std::string& other) {
  WriteText(other, Spoilt(ReadText(path), from, to));
  return other;
}

std::string TestName(const std::string& words) {
  std::string name;
  bool upper = true;
  for (const char c : words) {
    if (!absl::ascii_isalnum(c)) {
      upper = true;
      continue;
    }
    name += upper ? absl::ascii_toupper(c) : c;
    upper = false;
  }
  return name;
}

}  // namespace enkrat::testing
