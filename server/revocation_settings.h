// The revocation part of the configuration, with its defaults.
#ifndef ENKRAT_SERVER_REVOCATION_SETTINGS_H_
#define ENKRAT_SERVER_REVOCATION_SETTINGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/settings.h"

namespace enkrat::server {

struct RevocationSettings {
  absl::Duration crl_interval;
  absl::Duration crl_lifetime;
  std::string crl_folder;
  absl::Duration ocsp_lifetime;
  std::string ocsp_chain_file;
  bool ocsp_required = false;  // named in the configuration: it must be there
  std::string ocsp_responder_key;
  double ocsp_signatures_per_second = 0;
  std::vector<std::string> root_crl_files;
};

// kConfigurationInvalid, naming the field, for times and figures out of range.
absl::StatusOr<RevocationSettings> RevocationFrom(const Config& config);

// The files that are named are there and hold what they should, for `enkratd --check-config`.
absl::Status CheckRevocationFiles(const Config& config);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_REVOCATION_SETTINGS_H_
