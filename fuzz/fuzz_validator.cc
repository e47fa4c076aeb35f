// Files from anybody, of every kind: validating them does not crash or take long, and trusting
// nobody, nothing passes.
#include "common/clock.h"
#include "fuzz/scratch_file.h"
#include "validation/validator.h"

namespace enkrat::validation {
namespace {

using fuzz::Require;

void Judge(const uint8_t* octets, size_t size) {
  static fuzz::ScratchFile& file = *new fuzz::ScratchFile;
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
