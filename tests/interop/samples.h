// What the service of these suites signs: one sample for each format, level, key and packaging, and
// how to spoil one.
#ifndef ENKRAT_TESTS_INTEROP_SAMPLES_H_
#define ENKRAT_TESTS_INTEROP_SAMPLES_H_

#include <filesystem>
#include <string>
#include <vector>

#include "tests/integration/running_service.h"

namespace enkrat::testing {

// The suites of one executable share one service, which lives until all of them are through.
class SampleService : public RunningService {
 public:
  class LastWord;  // when they are

 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite() {}

  // A sample is signed by the first case that needs it.
  static bool IsThere(const std::string& path) { return std::filesystem::exists(path); }

  static std::string Root() { return service().ServiceFile("root.pem"); }
  static std::string IssuingCa() { return service().ServiceFile("issuing-ca.pem"); }
};

// "b-b", "b-t", "b-lt", "b-lta", as `enkrat sign --format cades-...` names them.
inline const std::vector<std::string>& Levels() {
  static const auto* const levels = new std::vector<std::string>{"b-b", "b-t", "b-lt", "b-lta"};
  return *levels;
}
// "b-lta" -> "B-LTA", as reports name it.
std::string LevelName(const std::string& level);

// The text with its first `from` replaced by `to`, which is as long; the test fails if there is
// none.
std::string Spoilt(std::string text, const std::string& from, const std::string& to);
// The same for a file, written as another one; the other's path.
std::string SpoiltFile(const std::string& path, const std::string& from, const std::string& to,
                       const std::string& other);

// A test's name out of words: letters and digits only.
std::string TestName(const std::string& words);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_INTEROP_SAMPLES_H_
