// A folder of a test's own, mode 0700, gone with all that is in it when the test is.
#ifndef ENKRAT_TESTS_SUPPORT_SCRATCH_FOLDER_H_
#define ENKRAT_TESTS_SUPPORT_SCRATCH_FOLDER_H_

#include <string>

namespace enkrat::testing {

class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();

  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_SCRATCH_FOLDER_H_
