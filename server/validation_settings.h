// The validation part of the configuration, checked.
#ifndef ENKRAT_SERVER_VALIDATION_SETTINGS_H_
#define ENKRAT_SERVER_VALIDATION_SETTINGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/settings.h"

namespace enkrat::server {

void ResolveValidationPaths(const std::string& folder, config::v1::ValidationConfig& validation);
// `document_mb`: default of max_document_mb.
void FillValidationDefaults(config::v1::ValidationConfig& validation, uint32_t document_mb);
// kConfigurationInvalid, naming the field.
absl::Status CheckValidation(const Config& config);
// The files that are named are there and hold certificates, for `enkratd --check-config`.
absl::Status CheckValidationFiles(const Config& config);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_VALIDATION_SETTINGS_H_
