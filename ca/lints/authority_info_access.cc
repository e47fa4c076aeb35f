// The certificate says where the issuing CA's own certificate can be fetched.
#include <memory>

#include "absl/strings/string_view.h"
#include "ca/http_url.h"
#include "ca/lints/encoded_value.h"
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"
#include "common/openssl_ptr.h"

namespace enkrat::ca::lints {
namespace {

using AccessPtr =
    std::unique_ptr<AUTHORITY_INFO_ACCESS, OpenSslDeleter<AUTHORITY_INFO_ACCESS_free>>;

LintFinding Check(const LintInput& input) {
  const ParsedExtension* extension = input.tbs.Find(oid::kAuthorityInfoAccess);
  if (extension == nullptr) return "is missing";
  if (extension->critical) return "is critical";
  const unsigned char* cursor = extension->value.data();
  const AccessPtr access(
      d2i_AUTHORITY_INFO_ACCESS(nullptr, &cursor, static_cast<long>(extension->value.size())));
  if (access == nullptr) return "cannot be read";
  for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
    const ACCESS_DESCRIPTION* description = sk_ACCESS_DESCRIPTION_value(access.get(), i);
    if (OBJ_obj2nid(description->method) != NID_ad_ca_issuers) continue;
    if (description->location->type != GEN_URI) continue;
    const ASN1_STRING* url = description->location->d.uniformResourceIdentifier;
    if (IsHttpUrl(ReadText(url))) {
      return std::nullopt;
    }
  }
  return "names no http(s) URL of the issuing CA's certificate";
}

}  // namespace

const Lint kAuthorityInfoAccess = {
    .name = "authority_info_access", .clause = "EN 319 412-2 4.4.1", .check = Check};

}  // namespace enkrat::ca::lints
