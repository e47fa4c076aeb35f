// The ledger, opened for reading by the commands that show or verify evidence; with the service's
// configuration also the HSM that opens what is encrypted in it.
#ifndef ENKRAT_CLI_EVIDENCE_LEDGER_H_
#define ENKRAT_CLI_EVIDENCE_LEDGER_H_

#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "common/clock.h"
#include "hsm/module.h"
#include "hsm/session_pool.h"
#include "signer/personal_data_keys.h"
#include "store/sqlite_ledger.h"

namespace enkrat::cli {

// Where the ledger is: one of the first two.
struct LedgerPlace {
  std::string store = {};
  std::string config_file = {};
  std::string credentials_directory = {};  // for config_file
};

// Adds --store, --config (with what the HSM is good for) and --credentials-directory. `place`
// outlives the command.
void AddLedgerOptions(CLI::App& command, LedgerPlace& place, const std::string& with_config);

// In this order: the last is used by those before it.
struct OpenedLedger {
  SystemClock clock;
  std::unique_ptr<hsm::Module> module;
  std::unique_ptr<hsm::SessionPool> pool;
  std::unique_ptr<signer::PersonalDataKeys> keys;  // null without a configuration
  std::unique_ptr<store::SqliteLedger> ledger;
};

// A usage error unless it is one place; unavailable if there is no file; the errors of the HSM and
// the ledger.
absl::StatusOr<std::unique_ptr<OpenedLedger>> OpenLedger(const LedgerPlace& place);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_EVIDENCE_LEDGER_H_
