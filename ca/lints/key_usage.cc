// A key that signs what its owner commits to does that and nothing else: nonRepudiation, critical.
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  static constexpr uint8_t kNonRepudiationOnly[] = {0x03, 0x02, 0x06, 0x40};
  const ParsedExtension* extension = input.tbs.Find(oid::kKeyUsage);
  if (extension == nullptr) return "is missing";
  if (!extension->critical) return "is not critical";
  if (extension->value != ByteSpan(kNonRepudiationOnly)) return "is not nonRepudiation alone";
  return std::nullopt;
}

}  // namespace

const Lint kKeyUsage = {.name = "key_usage", .clause = "EN 319 412-2 4.3.2", .check = Check};

}  // namespace enkrat::ca::lints
