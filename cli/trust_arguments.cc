#include "cli/trust_arguments.h"

#include <utility>

#include "CLI/CLI.hpp"
#include "cli/files.h"
#include "cli/outcome.h"
#include "cli/pem.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::cli {
namespace {

constexpr size_t kMaxPemFile = 1024 * 1024;

}  // namespace

void AddTrustOptions(CLI::App& command, TrustArguments& arguments) {
  command.add_option("--roots", arguments.roots_files,
                     "PEM file of certificates to trust; may be given again");
  command.add_flag("--system-roots", arguments.system_roots, "trust the system's roots, too");
}

absl::StatusOr<std::unique_ptr<validation::TrustStore>> MakeTrustStore(
    const TrustArguments& arguments) {
  if (arguments.roots_files.empty() && !arguments.system_roots) {
    return UsageError("name whom to trust with --roots or --system-roots");
  }
  validation::TrustStore::Options options{
      .anchors_der = {}, .system_roots = arguments.system_roots, .lists = {}};
  for (const std::string& file : arguments.roots_files) {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes pem, ReadFile(file, kMaxPemFile));
    absl::StatusOr<std::vector<Bytes>> roots = CertificatesFromPem(pem);
    if (!roots.ok()) return WithContext(roots.status(), file);
    for (Bytes& root : *roots) options.anchors_der.push_back(std::move(root));
  }
  return validation::TrustStore::Create(std::move(options));
}

}  // namespace enkrat::cli
