// The checks of one signature or timestamp, as they are made, and the conclusion that they lead to.
#ifndef ENKRAT_VALIDATION_JUDGEMENT_H_
#define ENKRAT_VALIDATION_JUDGEMENT_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "ades/finding.h"
#include "validation/report.h"

namespace enkrat::validation {

// The indication that a sub-indication belongs to (EN 319 102-1 tables 5 and 6).
Indication IndicationOf(SubIndication sub_indication);
Conclusion ConclusionOf(SubIndication sub_indication);
// TOTAL_FAILED before INDETERMINATE before TOTAL_PASSED; the first of two that are equally bad.
Conclusion Worse(const Conclusion& first, const Conclusion& second);

// Not thread-safe.
class Judgement {
 public:
  void Pass(absl::string_view name, absl::string_view detail);
  void Warn(absl::string_view name, absl::string_view detail);
  void NotApplicable(absl::string_view name, absl::string_view detail);
  // kNone is not among the reasons to fail.
  void Fail(absl::string_view name, SubIndication why, absl::string_view detail);
  // Passes, or fails for that reason. Whether it passed.
  bool Require(absl::string_view name, SubIndication why, const ades::Finding& finding);
  // Passes, or warns.
  void Prefer(absl::string_view name, const ades::Finding& finding);
  // What another process found: its checks, with `prefix` before their names, and its conclusion.
  void Adopt(absl::string_view prefix, const std::vector<Check>& checks,
             const Conclusion& conclusion);

  const Conclusion& conclusion() const { return conclusion_; }
  const std::vector<Check>& checks() const { return checks_; }
  std::vector<Check> TakeChecks() && { return std::move(checks_); }

 private:
  std::vector<Check> checks_;
  Conclusion conclusion_ = {.indication = Indication::kTotalPassed};
};

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_JUDGEMENT_H_
