// Files from anybody, of every kind: validating them does not crash or take long, and trusting
// nobody, nothing passes.
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "common/clock.h"
#include "validation/validator.h"

namespace enkrat::validation {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// A file without a name, as far as others are concerned.
class Scratch {
 public:
  Scratch() {
    char name[] = "/tmp/fuzz_validator_XXXXXX";
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

void Judge(const uint8_t* octets, size_t size) {
  static Scratch& file = *new Scratch;
  static const SystemClock& clock = *new SystemClock;
  static const TrustStore& nobody = *TrustStore::Create({})->release();
  static const Validator& validator =
      *Validator::Create({.trust = &nobody,
                          .clock = &clock,
                          .limits = {.max_document_octets = 1 << 20, .max_time = absl::Seconds(5)}})
           ->release();
  file.Fill(octets, size);
  Validator::Input input;
  input.path = file.path();
  input.detached_digests = {Bytes(32, 0x5a)};
  const absl::StatusOr<Report> report = validator.Validate(input);
  if (!report.ok()) return;
  Require(!report->conclusion.passed());
  Require(!ToText(*report, true).empty());
  Require(!ToJson(*report).empty());
}

}  // namespace
}  // namespace enkrat::validation

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  enkrat::validation::Judge(octets, size);
  return 0;
}
