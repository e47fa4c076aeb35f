// A PDF as it stood at the end of one revision, parsed without leniency: nothing is repaired, so
// that it is read here as any other reader reads it, or not at all.
#ifndef ENKRAT_PADES_STRICT_DOCUMENT_H_
#define ENKRAT_PADES_STRICT_DOCUMENT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "pades/document_octets.h"

class QPDF;

namespace enkrat::pades {

// What a parser of ours may spend on one document, so that a hostile one ends in time (counted, not
// timed: the same document always ends the same way).
class StepBudget {
 public:
  explicit StepBudget(uint64_t steps) : left_(steps) {}
  // False, for good, when more was asked for than there was.
  bool Spend(uint64_t steps) {
    if (steps > left_) {
      left_ = 0;
      exhausted_ = true;
      return false;
    }
    left_ -= steps;
    return !exhausted_;
  }
  bool exhausted() const { return exhausted_; }

 private:
  uint64_t left_;
  bool exhausted_ = false;
};

// Not thread-safe. Objects are parsed when they are asked for, and kept.
class StrictDocument {
 public:
  struct Options {
    uint64_t end = 0;  // only the octets before it
    int max_objects = 0;
    int max_sections = 0;  // of cross-references
  };
  // kPdfDamaged, kPdfEncrypted; kLimitExceeded for more objects or sections, for cross-reference or
  // object streams that unpack to more than is sound, and when the budget is spent.
  static absl::StatusOr<std::unique_ptr<StrictDocument>> Parse(
      const std::shared_ptr<const DocumentOctets>& octets, const Options& options,
      StepBudget& budget);
  ~StrictDocument();

  QPDF& pdf() { return *pdf_; }
  uint64_t end() const { return end_; }
  // What the parser did not like so far, one sentence; empty if it liked all.
  std::string Complaint();

 private:
  StrictDocument(std::unique_ptr<QPDF> pdf, uint64_t end);

  std::unique_ptr<QPDF> pdf_;
  const uint64_t end_;
  bool complained_ = false;
};

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_STRICT_DOCUMENT_H_
