#include "cli/evidence_ledger.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "common/status_macros.h"
#include "server/settings.h"

namespace enkrat::cli {
namespace {

absl::Status OpenKeys(const server::Config& config, const std::string& credentials_directory,
                      OpenedLedger& opened) {
  ENKRAT_ASSIGN_OR_RETURN(opened.module,
                          hsm::Module::Load({.path = config.hsm().module(),
                                             .init_string = config.hsm().init_string(),
                                             .quirks = config.hsm().quirks()}));
  hsm::SessionPool::Options pool;
  pool.token_label = config.hsm().token_label();
  ENKRAT_ASSIGN_OR_RETURN(pool.pin, server::SecretFrom(config.hsm().pin(), credentials_directory));
  pool.sessions = 1;
  pool.clock = &opened.clock;
  ENKRAT_ASSIGN_OR_RETURN(opened.pool, hsm::SessionPool::Create(*opened.module, std::move(pool)));
  ENKRAT_ASSIGN_OR_RETURN(
      opened.keys, signer::PersonalDataKeys::Create({.pool = opened.pool.get(),
                                                     .clock = &opened.clock,
                                                     .label = config.hsm().personal_data_key()}));
  return absl::OkStatus();
}

}  // namespace

void AddLedgerOptions(CLI::App& command, LedgerPlace& place, const std::string& with_config) {
  command.add_option("--store", place.store,
                     "the service's ledger file, read beside the running service");
  command.add_option("--config", place.config_file,
                     "enkratd's configuration instead: " + with_config);
  command
      .add_option("--credentials-directory", place.credentials_directory,
                  "where systemd put the credentials that the file names")
      ->envname("CREDENTIALS_DIRECTORY");
}

absl::StatusOr<std::unique_ptr<OpenedLedger>> OpenLedger(const LedgerPlace& place) {
  if (place.store.empty() == place.config_file.empty()) {
    return UsageError("say where: --store LEDGER, or --config FILE to open it with the HSM's keys");
  }
  auto opened = std::make_unique<OpenedLedger>();
  std::string path = place.store;
  if (!place.config_file.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(const server::Config config, server::LoadSettings(place.config_file));
    path = config.store().path();
    ENKRAT_RETURN_IF_ERROR(OpenKeys(config, place.credentials_directory, *opened));
  }
  if (!FileExists(path)) return UnavailableError(absl::StrCat("there is no ledger at ", path));
  ENKRAT_ASSIGN_OR_RETURN(opened->ledger,
                          store::SqliteLedger::Create({.path = path,
                                                       .read_only = true,
                                                       .key_wrapper = opened->keys.get(),
                                                       .clock = &opened->clock}));
  return opened;
}

}  // namespace enkrat::cli
