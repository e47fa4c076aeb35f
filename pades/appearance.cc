#include "pades/appearance.h"

#include "common/reason.h"

namespace enkrat::pades {

absl::StatusOr<int> DrawAppearance(const Appearance& /*appearance*/, UpdateObjects& /*objects*/) {
  return MakeError(Reason::kInternal, "appearances are not drawn in this build");
}

}  // namespace enkrat::pades
