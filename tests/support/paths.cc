#include "tests/support/paths.h"

namespace enkrat::testing {

std::string SourcePath(const std::string& relative) {
  return std::string(ENKRAT_SOURCE_DIR "/") + relative;
}

std::string BinaryPath(const std::string& relative) {
  return std::string(ENKRAT_BINARY_DIR "/") + relative;
}

}  // namespace enkrat::testing
