#include "idp_client/assurance_demands.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"

namespace enkrat::idp_client {
namespace {

constexpr size_t kMaxStepUpValues = 16;

}  // namespace

std::vector<std::string> AudiencesOf(const std::vector<std::string>& ours,
                                     const AssertionCheck& check) {
  const std::vector<std::string>& accepted = check.accepted_audiences;
  if (accepted.empty()) return ours;
  std::vector<std::string> both;
  for (const std::string& audience : ours) {
    if (std::find(accepted.begin(), accepted.end(), audience) != accepted.end()) {
      both.push_back(audience);
    }
  }
  return both;
}

std::vector<std::string> ValuesOfAtLeast(LevelOfAssurance minimum, const LevelTable& levels) {
  std::vector<std::string> values;
  for (const LevelOfAssurance level :
       {LevelOfAssurance::kLow, LevelOfAssurance::kSubstantial, LevelOfAssurance::kHigh}) {
    if (level < minimum) continue;
    for (const auto& [value, rank] : levels) {
      if (rank != level || values.size() >= kMaxStepUpValues) continue;
      if (value.find_first_of(" \t\r\n") == std::string::npos) values.push_back(value);
    }
  }
  return values;
}

absl::Status LevelTooLow(LevelOfAssurance level, const LevelTable& levels,
                         const AssertionCheck& check) {
  const absl::string_view needed = LevelOfAssuranceName(check.minimal_level_of_assurance);
  absl::Status status =
      MakeError(Reason::kLevelOfAssuranceTooLow,
                absl::StrCat("level of assurance is ", LevelOfAssuranceName(level), ", at least ",
                             needed, " is needed"));
  // The field tells the client which level to ask the person's provider for.
  return WithStepUp(WithField(std::move(status), needed),
                    {.acr_values = ValuesOfAtLeast(check.minimal_level_of_assurance, levels),
                     .max_age = check.max_authentication_age,
                     .amr = {}});
}

}  // namespace enkrat::idp_client
