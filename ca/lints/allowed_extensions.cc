// Only the extensions of the profile: above all none that constrains or maps policies and names.
#include <algorithm>
#include <array>

#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  static constexpr std::array kAllowed = {ByteSpan(oid::kAuthorityKeyIdentifier),
                                          ByteSpan(oid::kSubjectKeyIdentifier),
                                          ByteSpan(oid::kKeyUsage),
                                          ByteSpan(oid::kCertificatePolicies),
                                          ByteSpan(oid::kAuthorityInfoAccess),
                                          ByteSpan(oid::kQcStatements),
                                          ByteSpan(oid::kNoRevAvail),
                                          ByteSpan(oid::kValidityAssuredShortTerm),
                                          ByteSpan(oid::kAuthenticationContext)};
  for (const ParsedExtension& extension : input.tbs.extensions()) {
    if (std::find(kAllowed.begin(), kAllowed.end(), extension.type) == kAllowed.end()) {
      return "an extension that the profile does not know";
    }
  }
  return std::nullopt;
}

}  // namespace

const Lint kAllowedExtensions = {
    .name = "allowed_extensions", .clause = "EN 319 412-2 4.3", .check = Check};

}  // namespace enkrat::ca::lints
