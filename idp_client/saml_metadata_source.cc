#include "idp_client/saml_metadata_source.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::idp_client {
namespace {

constexpr size_t kMaxCertificateFileSize = 64 * 1024;

absl::Status Away(absl::string_view why) { return MakeError(Reason::kIdpKeysUnavailable, why); }

absl::StatusOr<xml::SignatureKey> ReadSigner(const std::string& path) {
  const absl::StatusOr<Bytes> pem = ReadFile(path, kMaxCertificateFileSize);
  if (!pem.ok()) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat("metadata_signer_file: ", pem.status().message()));
  }
  absl::StatusOr<xml::SignatureKey> key = xml::SignatureKey::FromCertificatePem(ToString(*pem));
  if (!key.ok()) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat("metadata_signer_file: ", key.status().message()));
  }
  return key;
}

}  // namespace

absl::StatusOr<SamlMetadataSource> SamlMetadataSource::Create(const SamlIdentityProvider& provider,
                                                              HttpFetcher* fetcher,
                                                              const Clock* clock) {
  SamlMetadataSource source(fetcher, clock);
  source.rules_.entity_id = provider.entity_id;
  if (!provider.metadata_signer_file.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(source.rules_.signer, ReadSigner(provider.metadata_signer_file));
  }
  source.file_ = provider.metadata_file;
  source.request_.url = provider.metadata_url;
  source.request_.max_response_size = kMaxMetadataSize;
  source.request_.tls_ca_file = provider.tls_ca_file;
  if (provider.allow_loopback_http) source.request_.plain_http = PlainHttp::kOnLoopback;
  return source;
}

absl::StatusOr<Bytes> SamlMetadataSource::Get(absl::Duration timeout) const {
  if (!file_.empty()) {
    absl::StatusOr<Bytes> octets = ReadFile(file_, kMaxMetadataSize);
    if (octets.ok() || ReasonOf(octets.status()) == Reason::kLimitExceeded) return octets;
    return Away("the metadata file cannot be read");
  }
  HttpRequest request = request_;
  request.timeout = timeout;
  ENKRAT_ASSIGN_OR_RETURN(HttpResponse response, fetcher_->Fetch(request));
  if (response.status != 200) return Away(absl::StrCat("HTTP status ", response.status));
  return std::move(response.body);
}

absl::StatusOr<FetchedCopy<SamlMetadata>> SamlMetadataSource::Fetch(absl::Duration timeout) const {
  ENKRAT_ASSIGN_OR_RETURN(const Bytes octets, Get(timeout));
  ENKRAT_ASSIGN_OR_RETURN(SamlMetadata metadata, ReadSamlMetadata(octets, rules_));
  if (clock_->Now() >= metadata.valid_until) return Away("the metadata has expired");
  FetchedCopy<SamlMetadata> copy;
  copy.valid_until = metadata.valid_until;
  copy.fresh_for = metadata.cache_for;
  copy.value = std::make_shared<const SamlMetadata>(std::move(metadata));
  return copy;
}

}  // namespace enkrat::idp_client
