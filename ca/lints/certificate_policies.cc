// The policies are those of the profile, each once, not critical.
#include <algorithm>
#include <utility>
#include <vector>

#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"
#include "ca/sequence.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const ParsedExtension* extension = input.tbs.Find(oid::kCertificatePolicies);
  if (extension == nullptr) return "is missing";
  if (extension->critical) return "is critical";
  const auto policies = ReadSequence(extension->value);
  if (!policies.has_value() || policies->empty()) return "names no policy";
  std::vector<Bytes> found;
  for (const SequenceMember& policy : *policies) {
    auto information = ReadSequence(policy.octets);
    if (!information.has_value() || information->empty()) return "cannot be read";
    Bytes identifier = std::move(information->front().octets);
    if (std::count(found.begin(), found.end(), identifier) != 0) return "names a policy twice";
    found.push_back(std::move(identifier));
  }
  if (found != input.profile.policies()) return "is not the profile's list of policies";
  return std::nullopt;
}

}  // namespace

const Lint kCertificatePolicies = {
    .name = "certificate_policies", .clause = "EN 319 412-2 4.3.3", .check = Check};

}  // namespace enkrat::ca::lints
