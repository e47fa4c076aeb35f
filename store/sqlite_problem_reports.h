// The problem reports of a SQLite ledger, through its own connections.
#ifndef ENKRAT_STORE_SQLITE_PROBLEM_REPORTS_H_
#define ENKRAT_STORE_SQLITE_PROBLEM_REPORTS_H_

#include <memory>

#include "store/problem_reports.h"

namespace enkrat::store {

class LedgerFiles;

// `files` is not owned; outlives it.
std::unique_ptr<ProblemReports> MakeSqliteProblemReports(LedgerFiles& files);

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_SQLITE_PROBLEM_REPORTS_H_
