// What looking at one part of a signature found: good or not, and why in one sentence.
#ifndef ENKRAT_ADES_FINDING_H_
#define ENKRAT_ADES_FINDING_H_

#include <string>

#include "absl/strings/string_view.h"

namespace enkrat::ades {

struct Finding {
  bool passed = false;
  std::string detail;
};

inline Finding Good(absl::string_view detail) { return {true, std::string(detail)}; }
inline Finding Bad(absl::string_view detail) { return {false, std::string(detail)}; }

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_FINDING_H_
