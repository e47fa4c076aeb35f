// Whom `enkrat verify` is told to believe.
#ifndef ENKRAT_CLI_TRUST_ARGUMENTS_H_
#define ENKRAT_CLI_TRUST_ARGUMENTS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "validation/trust_store.h"

namespace CLI {
class App;
}

namespace enkrat::cli {

struct TrustArguments {
  std::vector<std::string> roots_files;  // PEM
  bool system_roots = false;
  std::vector<std::string> lists;  // files or https URLs
  std::string list_signers_file;   // PEM
};

// --roots, --system-roots, --trusted-list, --list-signer.
void AddTrustOptions(CLI::App& command, TrustArguments& arguments);

// A usage error if nobody is named. Unavailable for files that cannot be read; errors of a list
// (trusted_list/trusted_list.h), which is fetched if it is a URL.
absl::StatusOr<std::unique_ptr<validation::TrustStore>> MakeTrustStore(
    const TrustArguments& arguments, const Clock& clock);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_TRUST_ARGUMENTS_H_
