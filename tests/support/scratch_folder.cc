// A folder of a test's own.
#include "tests/support/scratch_folder.h"

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace enkrat::testing {

ScratchFolder::ScratchFolder() {
  path_ = (std::filesystem::temp_directory_path() / "enkrat-test-XXXXXX").string();
  if (mkdtemp(path_.data()) == nullptr) std::abort();
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace enkrat::testing
