#include "validation/judgement.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace enkrat::validation {
namespace {

int Badness(Indication indication) {
  switch (indication) {
    case Indication::kTotalPassed:
      return 0;
    case Indication::kIndeterminate:
      return 1;
    case Indication::kTotalFailed:
      return 2;
  }
  return 2;
}

}  // namespace

Indication IndicationOf(SubIndication sub_indication) {
  switch (sub_indication) {
    case SubIndication::kNone:
      return Indication::kTotalPassed;
    case SubIndication::kFormatFailure:
    case SubIndication::kHashFailure:
    case SubIndication::kSigCryptoFailure:
    case SubIndication::kRevoked:
    case SubIndication::kExpired:
    case SubIndication::kNotYetValid:
      return Indication::kTotalFailed;
    default:
      return Indication::kIndeterminate;
  }
}

Conclusion ConclusionOf(SubIndication sub_indication) {
  return {.indication = IndicationOf(sub_indication), .sub_indication = sub_indication};
}

Conclusion Worse(const Conclusion& first, const Conclusion& second) {
  return Badness(second.indication) > Badness(first.indication) ? second : first;
}

void Judgement::Pass(absl::string_view name, absl::string_view detail) {
  checks_.push_back({std::string(name), Check::Result::kPassed, std::string(detail)});
}

void Judgement::Warn(absl::string_view name, absl::string_view detail) {
  checks_.push_back({std::string(name), Check::Result::kWarning, std::string(detail)});
}

void Judgement::NotApplicable(absl::string_view name, absl::string_view detail) {
  checks_.push_back({std::string(name), Check::Result::kNotApplicable, std::string(detail)});
}

void Judgement::Fail(absl::string_view name, SubIndication why, absl::string_view detail) {
  checks_.push_back({std::string(name), Check::Result::kFailed, std::string(detail)});
  conclusion_ = Worse(conclusion_, ConclusionOf(why));
}

bool Judgement::Require(absl::string_view name, SubIndication why, const ades::Finding& finding) {
  if (finding.passed) {
    Pass(name, finding.detail);
  } else {
    Fail(name, why, finding.detail);
  }
  return finding.passed;
}

void Judgement::Prefer(absl::string_view name, const ades::Finding& finding) {
  if (finding.passed) {
    Pass(name, finding.detail);
  } else {
    Warn(name, finding.detail);
  }
}

void Judgement::Adopt(absl::string_view prefix, const std::vector<Check>& checks,
                      const Conclusion& conclusion) {
  for (const Check& check : checks) {
    checks_.push_back({absl::StrCat(prefix, check.name), check.result, check.detail});
  }
  conclusion_ = Worse(conclusion_, conclusion);
}

}  // namespace enkrat::validation
