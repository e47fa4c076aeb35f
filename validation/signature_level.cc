#include "validation/signature_level.h"

#include <algorithm>

namespace enkrat::validation {
namespace {

using Kind = TimestampReport::Kind;

bool IsWhole(const TimestampReport& timestamp) {
  return timestamp.conclusion.indication != Indication::kTotalFailed;
}

bool KnowsEveryStatus(const std::vector<ChainElement>& chain) {
  return !chain.empty() && std::all_of(chain.begin(), chain.end(), [](const ChainElement& element) {
    return element.revocation != ChainElement::Revocation::kUnknown;
  });
}

}  // namespace

std::string LevelOf(const SignatureReport& signature, bool embedded_revocation_data) {
  bool in_time = false;
  bool archived = false;
  // The timestamps of a B-LT signature: but the last ones, which nothing is known about yet.
  bool every_status = KnowsEveryStatus(signature.chain);
  for (const TimestampReport& timestamp : signature.timestamps) {
    if (!IsWhole(timestamp)) continue;
    in_time |= !signature.chain.empty() && timestamp.gen_time < signature.chain.front().not_after;
    if (timestamp.kind == Kind::kSignature) {
      every_status &= KnowsEveryStatus(timestamp.chain);
    } else {
      archived = true;
    }
  }
  if (!in_time) return "B-B";
  if (!embedded_revocation_data || !every_status) return "B-T";
  return archived ? "B-LTA" : "B-LT";
}

}  // namespace enkrat::validation
