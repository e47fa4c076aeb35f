// valassured-ST-certs says that the certificate needs no revocation.
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  static constexpr uint8_t kNull[] = {0x05, 0x00};
  const ParsedExtension* extension = input.tbs.Find(oid::kValidityAssuredShortTerm);
  if (extension == nullptr) return "is missing";
  if (extension->critical) return "is critical";
  if (extension->value != ByteSpan(kNull)) return "is not NULL";
  return std::nullopt;
}

}  // namespace

const Lint kValidityAssured = {
    .name = "validity_assured", .clause = "EN 319 412-1 5.2.3", .check = Check};

}  // namespace enkrat::ca::lints
