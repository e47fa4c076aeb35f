// The signing PIN credentials of a SQLite ledger, through its own connections.
#ifndef ENKRAT_STORE_SQLITE_PIN_CREDENTIALS_H_
#define ENKRAT_STORE_SQLITE_PIN_CREDENTIALS_H_

#include <memory>

#include "store/pin_credentials.h"

namespace enkrat::store {

class LedgerFiles;

// `files` is not owned; outlives it.
std::unique_ptr<PinCredentials> MakeSqlitePinCredentials(LedgerFiles& files);

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_SQLITE_PIN_CREDENTIALS_H_
