// qcStatements is not critical, can be read, and holds each statement once.
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const ParsedExtension* extension = input.tbs.Find(oid::kQcStatements);
  if (extension == nullptr) return "is missing";
  if (extension->critical) return "is critical";
  const auto& statements = input.tbs.qc_statements();
  if (!statements.has_value() || statements->empty()) return "cannot be read";
  for (size_t i = 0; i < statements->size(); ++i) {
    for (size_t k = i + 1; k < statements->size(); ++k) {
      if ((*statements)[i].front().octets == (*statements)[k].front().octets) {
        return "holds a statement twice";
      }
    }
  }
  return std::nullopt;
}

}  // namespace

const Lint kQcStatements = {
    .name = "qc_statements", .clause = "EN 319 412-5 QCS-4.1-02A, RFC 3739 3.2.6", .check = Check};

}  // namespace enkrat::ca::lints
