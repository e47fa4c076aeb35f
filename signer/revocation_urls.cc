#include "signer/revocation_urls.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace enkrat::signer {

std::string CrlUrl(absl::string_view base_url, absl::string_view issuer_key_identifier) {
  return absl::StrCat(absl::StripSuffix(base_url, "/"), "/crl/", issuer_key_identifier, ".crl");
}

std::string OcspUrl(absl::string_view base_url) {
  return absl::StrCat(absl::StripSuffix(base_url, "/"), "/ocsp");
}

std::string FollowIssuer(absl::string_view crl_url, absl::string_view old_issuer_key_identifier,
                         absl::string_view new_issuer_key_identifier) {
  absl::string_view head = crl_url;
  if (old_issuer_key_identifier.empty() ||
      !absl::ConsumeSuffix(&head, absl::StrCat("/", old_issuer_key_identifier, ".crl"))) {
    return std::string(crl_url);
  }
  return absl::StrCat(head, "/", new_issuer_key_identifier, ".crl");
}

}  // namespace enkrat::signer
