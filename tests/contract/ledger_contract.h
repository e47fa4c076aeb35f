// The ledgers that the contract tests ask, and how they ask: store/ledger.h, implemented in memory
// and on SQLite.
#ifndef ENKRAT_TESTS_CONTRACT_LEDGER_CONTRACT_H_
#define ENKRAT_TESTS_CONTRACT_LEDGER_CONTRACT_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "store/sqlite_ledger.h"
#include "tests/support/in_memory_ledger.h"
#include "tests/support/ledger_records.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::store {

inline constexpr char kRp[] = "rp-one";
inline constexpr char kOtherRp[] = "rp-two";

class MemoryHome {
 public:
  Ledger& ledger() { return ledger_; }
  void Reopen() {}

 private:
  testing::InMemoryLedger ledger_;
};

class SqliteHome {
 public:
  SqliteHome() { Open(); }
  Ledger& ledger() { return *ledger_; }
  void Reopen() {
    ledger_.reset();
    Open();
  }

 private:
  void Open() {
    ledger_ = SqliteLedger::Create(testing::LedgerOptions(folder_.File("ledger.db"))).value();
  }

  testing::ScratchFolder folder_;
  std::unique_ptr<SqliteLedger> ledger_;
};

template <typename Home>
class LedgerContract : public ::testing::Test {
 protected:
  Ledger& ledger() { return home_.ledger(); }
  void Reopen() { home_.Reopen(); }

  void Begin(int n, const std::string& relying_party = kRp) {
    EXPECT_EQ(ledger().RecordIntent(testing::LedgerIntent(n, relying_party)).value(),
              IntentOutcome::kRecorded);
  }
  void Complete(int n, const std::string& relying_party = kRp) {
    Begin(n, relying_party);
    EXPECT_THAT(ledger().CompleteSession(testing::LedgerCompletion(n, relying_party)),
                testing::IsOk());
  }
  SessionRecord Session(int n) {
    return ledger().FindSessionById(testing::LedgerSessionId(n)).value().value();
  }
  std::vector<std::string> Steps(int n) {
    std::vector<std::string> steps;
    const auto evidence = ledger().EvidenceOf(testing::LedgerSessionId(n)).value();
    for (const EvidenceRecord& record : evidence) {
      steps.push_back(record.step);
    }
    return steps;
  }
  std::vector<std::string> Serials(const CertificatePage& page) {
    std::vector<std::string> serials;
    for (const auto& certificate : page.certificates) serials.push_back(certificate.serial_number);
    return serials;
  }

 private:
  Home home_;
};

using LedgerHomes = ::testing::Types<MemoryHome, SqliteHome>;

}  // namespace enkrat::store

#endif  // ENKRAT_TESTS_CONTRACT_LEDGER_CONTRACT_H_
