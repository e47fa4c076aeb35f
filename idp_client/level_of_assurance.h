// How sure the identity provider is of the person: ranks of Regulation (EU) 2015/1502, compared by
// rank, never by string.
#ifndef ENKRAT_IDP_CLIENT_LEVEL_OF_ASSURANCE_H_
#define ENKRAT_IDP_CLIENT_LEVEL_OF_ASSURANCE_H_

#include "absl/strings/string_view.h"

namespace enkrat::idp_client {

enum class LevelOfAssurance { kLow = 1, kSubstantial = 2, kHigh = 3 };

// "low", "substantial", "high".
constexpr absl::string_view LevelOfAssuranceName(LevelOfAssurance level) {
  switch (level) {
    case LevelOfAssurance::kLow:
      return "low";
    case LevelOfAssurance::kSubstantial:
      return "substantial";
    case LevelOfAssurance::kHigh:
      return "high";
  }
  return "unknown";
}

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_LEVEL_OF_ASSURANCE_H_
