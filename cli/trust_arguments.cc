#include "cli/trust_arguments.h"

#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "cli/pem.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "http_client/curl_fetcher.h"
#include "trusted_list/list_source.h"

namespace enkrat::cli {
namespace {

constexpr size_t kMaxPemFile = 1024 * 1024;

absl::StatusOr<std::vector<Bytes>> ReadCertificates(const std::string& file) {
  ENKRAT_ASSIGN_OR_RETURN(const Bytes pem, ReadFile(file, kMaxPemFile));
  absl::StatusOr<std::vector<Bytes>> certificates = CertificatesFromPem(pem);
  if (!certificates.ok()) return WithContext(certificates.status(), file);
  return certificates;
}

absl::StatusOr<std::vector<trusted_list::TrustedList>> ReadLists(const TrustArguments& arguments,
                                                                 const Clock& clock) {
  if (arguments.list_signers_file.empty()) {
    return UsageError("--trusted-list needs --list-signer: who may have signed it");
  }
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<Bytes> signers,
                          ReadCertificates(arguments.list_signers_file));
  ENKRAT_ASSIGN_OR_RETURN(const auto http, http_client::CurlFetcher::Create());
  std::vector<trusted_list::TrustedList> lists;
  for (const std::string& list : arguments.lists) {
    const bool url = absl::StartsWith(list, "https://");
    trusted_list::ListSource::Options options;
    (url ? options.url : options.file) = list;
    options.signer_certificates_der = signers;
    options.fetcher = http.get();
    options.clock = &clock;
    ENKRAT_ASSIGN_OR_RETURN(const auto source,
                            trusted_list::ListSource::Create(std::move(options)));
    if (const absl::Status read = source->Refresh(); !read.ok()) return WithContext(read, list);
    ENKRAT_ASSIGN_OR_RETURN(const auto current, source->Current());
    lists.push_back(*current);
  }
  return lists;
}

}  // namespace

void AddTrustOptions(CLI::App& command, TrustArguments& arguments) {
  // One value each: the next word is FILE.
  command
      .add_option("--roots", arguments.roots_files,
                  "PEM file of certificates to trust; may be given again")
      ->allow_extra_args(false);
  command.add_flag("--system-roots", arguments.system_roots, "trust the system's roots, too");
  CLI::Option* lists =
      command
          .add_option("--trusted-list", arguments.lists,
                      "ETSI trusted list, a file or an https URL; may be given again")
          ->allow_extra_args(false);
  command
      .add_option("--list-signer", arguments.list_signers_file,
                  "PEM file of the certificates that may have signed the trusted lists")
      ->needs(lists);
}

absl::StatusOr<std::unique_ptr<validation::TrustStore>> MakeTrustStore(
    const TrustArguments& arguments, const Clock& clock) {
  if (arguments.roots_files.empty() && !arguments.system_roots && arguments.lists.empty()) {
    return UsageError("name whom to trust with --roots, --system-roots or --trusted-list");
  }
  validation::TrustStore::Options options{
      .anchors_der = {}, .system_roots = arguments.system_roots, .lists = {}};
  for (const std::string& file : arguments.roots_files) {
    ENKRAT_ASSIGN_OR_RETURN(std::vector<Bytes> roots, ReadCertificates(file));
    for (Bytes& root : roots) options.anchors_der.push_back(std::move(root));
  }
  if (!arguments.lists.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(options.lists, ReadLists(arguments, clock));
  }
  return validation::TrustStore::Create(std::move(options));
}

}  // namespace enkrat::cli
