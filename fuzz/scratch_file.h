// A file without a name, as far as others are concerned: for code that reads its input from a path.
#ifndef ENKRAT_FUZZ_SCRATCH_FILE_H_
#define ENKRAT_FUZZ_SCRATCH_FILE_H_

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace enkrat::fuzz {

inline void Require(bool holds) {
  if (!holds) std::abort();
}

class ScratchFile {
 public:
  ScratchFile() {
    char name[] = "/tmp/enkrat_fuzz_XXXXXX";
    descriptor_ = mkstemp(name);
    Require(descriptor_ >= 0);
    unlink(name);
    path_ = "/proc/self/fd/" + std::to_string(descriptor_);
  }
  void Fill(const uint8_t* octets, size_t size) {
    Require(ftruncate(descriptor_, 0) == 0);
    Require(pwrite(descriptor_, octets, size, 0) == static_cast<ssize_t>(size));
  }
  const std::string& path() const { return path_; }

 private:
  int descriptor_ = -1;
  std::string path_;
};

}  // namespace enkrat::fuzz

#endif  // ENKRAT_FUZZ_SCRATCH_FILE_H_
