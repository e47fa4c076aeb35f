// noRevAvail says that nobody answers for the certificate's revocation.
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  static constexpr uint8_t kNull[] = {0x05, 0x00};
  const ParsedExtension* extension = input.tbs.Find(oid::kNoRevAvail);
  if (extension == nullptr) return "is missing";
  if (extension->critical) return "is critical";
  if (extension->value != ByteSpan(kNull)) return "is not NULL";
  return std::nullopt;
}

}  // namespace

const Lint kNoRevAvail = {
    .name = "no_rev_avail", .clause = "RFC 9608 2, EN 319 412-2 4.3.11", .check = Check};

}  // namespace enkrat::ca::lints
