// Which later changes a signature allows (ISO 32000-1 12.8.2, 12.7.4.5; ISO 32000-2 12.8.2.2.2).
#ifndef ENKRAT_PADES_PERMITTED_CHANGES_H_
#define ENKRAT_PADES_PERMITTED_CHANGES_H_

#include <optional>
#include <vector>

#include "pades/document_change.h"
#include "pades/signature_fields.h"

namespace enkrat::pades {

struct ChangeRules {
  std::optional<int> certification =
      std::nullopt;  // /P of DocMDP or of a lock, the strictest that is in force
  std::vector<SignatureLock> locks = {};
};

// Validation data and document timestamps always; further signatures and filled fields unless a
// certification with /P 1 or a lock forbids it; annotations only if a certification allows them
// with /P 3, and then only those that cannot pass for content; anything else never. A new visible
// signature over what is on the page is permitted in documents without certification only.
bool IsPermitted(const DocumentChange& change, const ChangeRules& rules);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_PERMITTED_CHANGES_H_
