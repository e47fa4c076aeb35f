// A scratch SoftHSM: an empty token folder with its configuration in a temporary directory, gone
// when the test is.
#ifndef ENKRAT_TESTS_SUPPORT_SOFTHSM_TOKEN_H_
#define ENKRAT_TESTS_SUPPORT_SOFTHSM_TOKEN_H_

#include <string>

namespace enkrat::testing {

// Sets SOFTHSM2_CONF for this process and its children: one at a time. Make it before the module is
// loaded.
class SoftHsmDirectory {
 public:
  SoftHsmDirectory();
  ~SoftHsmDirectory();

  SoftHsmDirectory(const SoftHsmDirectory&) = delete;
  SoftHsmDirectory& operator=(const SoftHsmDirectory&) = delete;

  const std::string& directory() const { return directory_; }
  const std::string& configuration_file() const { return configuration_file_; }

  // Path of libsofthsm2.so; aborts with what to install if there is none: a missing SoftHSM fails a
  // test, it never skips it.
  static std::string ModulePath();

 private:
  std::string directory_;
  std::string configuration_file_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_SOFTHSM_TOKEN_H_
