// authorityKeyIdentifier is the key identifier of the issuing CA.
#include <memory>

#include "ca/lints/encoded_value.h"
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"
#include "common/openssl_ptr.h"

namespace enkrat::ca::lints {
namespace {

using KeyIdPtr = std::unique_ptr<AUTHORITY_KEYID, OpenSslDeleter<AUTHORITY_KEYID_free>>;

LintFinding Check(const LintInput& input) {
  const ParsedExtension* extension = input.tbs.Find(oid::kAuthorityKeyIdentifier);
  if (extension == nullptr) return "is missing";
  if (extension->critical) return "is critical";
  const unsigned char* cursor = extension->value.data();
  const KeyIdPtr identifier(
      d2i_AUTHORITY_KEYID(nullptr, &cursor, static_cast<long>(extension->value.size())));
  if (identifier == nullptr || identifier->keyid == nullptr) return "holds no keyIdentifier";
  const ByteSpan octets = ReadOctets(identifier->keyid);
  if (octets != input.issuer.key_identifier) return "is not the CA's subjectKeyIdentifier";
  return std::nullopt;
}

}  // namespace

const Lint kAuthorityKeyIdentifier = {
    .name = "authority_key_identifier", .clause = "EN 319 412-2 4.3.1", .check = Check};

}  // namespace enkrat::ca::lints
