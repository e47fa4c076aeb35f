// Where tests find the source tree and the built programs.
#ifndef ENKRAT_TESTS_SUPPORT_PATHS_H_
#define ENKRAT_TESTS_SUPPORT_PATHS_H_

#include <string>

namespace enkrat::testing {

// SourcePath("tests/unit/ca/golden/x.txt"), BinaryPath("bin/enkratd"): absolute paths.
std::string SourcePath(const std::string& relative);
std::string BinaryPath(const std::string& relative);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_PATHS_H_
