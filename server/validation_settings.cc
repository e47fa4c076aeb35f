#include "server/validation_settings.h"

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "server/settings_words.h"

namespace enkrat::server {
namespace {

namespace v1 = config::v1;

constexpr int kMostTrustFiles = 64;
constexpr int kMostLists = 64;
constexpr uint32_t kMostInFlight = 64;
constexpr absl::Duration kLongestValidation = absl::Minutes(5);

void Resolve(const std::string& folder, std::string* path) {
  if (!path->empty()) *path = (std::filesystem::path(folder) / *path).lexically_normal().string();
}

absl::Status CheckList(const v1::TrustedListConfig& list, const std::string& field) {
  if (list.source_case() == v1::TrustedListConfig::SOURCE_NOT_SET) {
    return Invalid(field, "one of file and url is needed");
  }
  if (list.has_url() && !absl::StartsWith(list.url(), "https://")) {
    return Invalid(absl::StrCat(field, ".url"), "is not https");
  }
  if (list.signer_certificates_file().empty()) {
    return Invalid(absl::StrCat(field, ".signer_certificates_file"), "is needed");
  }
  if (!list.cache_file().empty() && !list.has_url()) {
    return Invalid(absl::StrCat(field, ".cache_file"), "is for a list from a URL");
  }
  return absl::OkStatus();
}

}  // namespace

void ResolveValidationPaths(const std::string& folder, v1::ValidationConfig& validation) {
  for (std::string& file : *validation.mutable_trust_files()) Resolve(folder, &file);
  for (v1::TrustedListConfig& list : *validation.mutable_trusted_lists()) {
    if (list.has_file()) Resolve(folder, list.mutable_file());
    Resolve(folder, list.mutable_signer_certificates_file());
    Resolve(folder, list.mutable_cache_file());
  }
}

void FillValidationDefaults(v1::ValidationConfig& validation, uint32_t document_mb) {
  if (validation.max_document_mb() == 0) validation.set_max_document_mb(document_mb);
  if (validation.max_in_flight() == 0) validation.set_max_in_flight(4);
  if (!validation.has_timeout()) validation.mutable_timeout()->set_seconds(30);
}

absl::Status CheckValidation(const Config& config) {
  const v1::ValidationConfig& validation = config.validation();
  if (validation.trust_files_size() > kMostTrustFiles) {
    return Invalid("validation.trust_files", "are more than 64");
  }
  if (validation.trusted_lists_size() > kMostLists) {
    return Invalid("validation.trusted_lists", "are more than 64");
  }
  for (int i = 0; i < validation.trusted_lists_size(); ++i) {
    ENKRAT_RETURN_IF_ERROR(
        CheckList(validation.trusted_lists(i), absl::StrCat("validation.trusted_lists[", i, "]")));
  }
  if (validation.max_document_mb() > 1024 ||
      2 * validation.max_document_mb() > config.server().max_spooled_mb()) {
    return Invalid("validation.max_document_mb",
                   "is over 1024, or over half of server.max_spooled_mb");
  }
  if (validation.max_in_flight() > kMostInFlight) {
    return Invalid("validation.max_in_flight", "is over 64");
  }
  const absl::Duration timeout = DurationFrom(validation.timeout());
  if (timeout < absl::Seconds(1) || timeout > kLongestValidation) {
    return Invalid("validation.timeout", "is not between 1s and 5m");
  }
  return absl::OkStatus();
}

absl::Status CheckValidationFiles(const Config& config) {
  for (const std::string& file : config.validation().trust_files()) {
    ENKRAT_RETURN_IF_ERROR(ChainFrom(file).status());
  }
  for (const v1::TrustedListConfig& list : config.validation().trusted_lists()) {
    ENKRAT_RETURN_IF_ERROR(ChainFrom(list.signer_certificates_file()).status());
  }
  return absl::OkStatus();
}

}  // namespace enkrat::server
