// C_FindObjects, bounded and always finished. Start-up and doctor only: its cost grows with the
// token (docs/stack.md). Internal to hsm/.
#ifndef ENKRAT_HSM_OBJECT_SEARCH_H_
#define ENKRAT_HSM_OBJECT_SEARCH_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "hsm/attribute_list.h"
#include "hsm/session.h"

namespace enkrat::hsm {

// Handles of the objects that match the template; at most `limit`, kLimitExceeded beyond. After a
// failure the session may be stuck in the search (SoftHSM 2.6.1): it is quarantined.
absl::StatusOr<std::vector<CK_OBJECT_HANDLE>> FindObjects(Session& session,
                                                          AttributeList& attributes, size_t limit);

// The one object of a class and label in the token: kNotFound; kConfigurationInvalid for several.
absl::StatusOr<CK_OBJECT_HANDLE> FindTokenObject(Session& session, CK_OBJECT_CLASS object_class,
                                                 absl::string_view label);

// kConfigurationInvalid if the token has an object of the label.
absl::Status CheckLabelIsFree(Session& session, absl::string_view label);

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_OBJECT_SEARCH_H_
