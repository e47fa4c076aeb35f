// The relying parties that a service has by its configuration file and folder, as the operator
// sees them.
#ifndef ENKRAT_CLI_RELYING_PARTY_LIST_H_
#define ENKRAT_CLI_RELYING_PARTY_LIST_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace enkrat::cli {

struct RelyingPartyFacts {
  std::string id;
  std::string source;  // "config" or "folder"
  std::string file;    // where it is written
  bool disabled = false;
  std::vector<std::string> names;   // of its certificates
  std::vector<std::string> levels;  // "signature ADVANCED"
  uint64_t max_in_flight = 0;
  uint64_t calls_per_second = 0;  // 0: no limit; so below
  uint64_t burst = 0;
  uint64_t sessions_per_day = 0;
};

// Those of the file first. Errors of the configuration, as the service would tell them.
absl::StatusOr<std::vector<RelyingPartyFacts>> ListRelyingParties(const std::string& config_file);

// A table of several, the facts of one, and either as JSON.
std::string TableOf(const std::vector<RelyingPartyFacts>& parties);
std::string TextOf(const RelyingPartyFacts& party);
std::string JsonOf(const std::vector<RelyingPartyFacts>& parties);
std::string JsonOf(const RelyingPartyFacts& party);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_RELYING_PARTY_LIST_H_
