// Records for the tests of ledgers: session n of a relying party, with all that belongs to it.
#ifndef ENKRAT_TESTS_SUPPORT_LEDGER_RECORDS_H_
#define ENKRAT_TESTS_SUPPORT_LEDGER_RECORDS_H_

#include <string>

#include "store/records.h"
#include "store/sqlite_ledger.h"

namespace enkrat::testing {

inline constexpr char kLedgerRelyingParty[] = "rp-one";

// When everything in these records begins: 2027-01-15T08:00:00Z. Assertions expire 5 minutes after
// it, results a day after it.
absl::Time LedgerEpoch();

// To write one: with a key wrapper and a clock that stands at the epoch, shared by all.
store::SqliteLedger::Options LedgerOptions(const std::string& path);

std::string LedgerSessionId(int n);
std::string LedgerSerial(int n);
// Request n and assertion n of the relying party; two records of evidence.
store::SessionIntent LedgerIntent(int n, const std::string& relying_party = kLedgerRelyingParty);
store::CertificateRecord LedgerCertificate(int n,
                                           const std::string& relying_party = kLedgerRelyingParty);
// Person n, another one for each session.
store::PersonRecord LedgerPerson(int n);
// One record of evidence each.
store::SessionCompletion LedgerCompletion(int n,
                                          const std::string& relying_party = kLedgerRelyingParty);
store::SessionFailure LedgerFailure(int n);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_LEDGER_RECORDS_H_
