// No extension occurs twice: which one counts would be up to the reader.
#include <vector>

#include "ca/lints/registry.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const std::vector<ParsedExtension>& all = input.tbs.extensions();
  for (size_t i = 0; i < all.size(); ++i) {
    for (size_t k = i + 1; k < all.size(); ++k) {
      if (all[i].type == all[k].type) return "an extension twice";
    }
  }
  return std::nullopt;
}

}  // namespace

const Lint kDuplicateExtensions = {
    .name = "duplicate_extensions", .clause = "RFC 5280 4.2", .check = Check};

}  // namespace enkrat::ca::lints
