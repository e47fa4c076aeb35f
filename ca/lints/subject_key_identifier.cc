// subjectKeyIdentifier is that of the certificate's own key.
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"
#include "ca/subject_public_key_info.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const ParsedExtension* extension = input.tbs.Find(oid::kSubjectKeyIdentifier);
  if (extension == nullptr) return "is missing";
  if (extension->critical) return "is critical";
  Bytes expected = {0x04, 0x14};
  const absl::StatusOr<Bytes> identifier = KeyIdentifier(input.tbs.spki_der());
  if (!identifier.ok()) return "subjectPublicKeyInfo cannot be read";
  Append(expected, *identifier);
  if (extension->value != ByteSpan(expected)) return "is not derived from the key";
  return std::nullopt;
}

}  // namespace

const Lint kSubjectKeyIdentifier = {
    .name = "subject_key_identifier", .clause = "RFC 5280 4.2.1.2, RFC 7093 2", .check = Check};

}  // namespace enkrat::ca::lints
