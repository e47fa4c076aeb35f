#include "tests/support/softhsm_token.h"

#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace enkrat::testing {
namespace {

// In memory where there is room for it: SoftHSM truncates and rewrites a file for each attribute
// of a token object, which takes a disk a second for a handful of keys.
std::filesystem::path ScratchSpace() {
  const char* shared_memory = "/dev/shm";
  if (getenv("TMPDIR") == nullptr && access(shared_memory, W_OK | X_OK) == 0) return shared_memory;
  return std::filesystem::temp_directory_path();
}

}  // namespace

SoftHsmDirectory::SoftHsmDirectory() {
  std::string pattern = (ScratchSpace() / "enkrat-softhsm-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    std::perror("mkdtemp");
    std::abort();
  }
  directory_ = pattern;
  configuration_file_ = directory_ + "/softhsm2.conf";
  std::filesystem::create_directory(directory_ + "/tokens");
  std::ofstream(configuration_file_) << "directories.tokendir = " << directory_ << "/tokens\n"
                                     << "objectstore.backend = file\n"
                                     << "log.level = ERROR\n"
                                     << "slots.removable = false\n";
  setenv("SOFTHSM2_CONF", configuration_file_.c_str(), /*overwrite=*/1);
}

SoftHsmDirectory::~SoftHsmDirectory() {
  unsetenv("SOFTHSM2_CONF");
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string SoftHsmDirectory::ModulePath() {
  for (const char* path :
       {"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so",
        "/usr/lib64/pkcs11/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so"}) {
    if (access(path, R_OK) == 0) return path;
  }
  std::fputs("these tests need SoftHSM: apt-get install softhsm2\n", stderr);
  std::abort();
}

}  // namespace enkrat::testing
