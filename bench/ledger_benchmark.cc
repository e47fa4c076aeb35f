// How many sessions a second the SQLite ledger records, and how many writes share a commit: one
// intent and one completion each, by 1, 8 and 32 callers.
//
//   enkrat_bench_ledger [--benchmark_format=json]
//
// The file lies below TMPDIR: point it at the disk that the service will use.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>

#include "common/digest.h"
#include "store/sqlite_ledger.h"
#include "tests/support/ledger_records.h"
#include "tests/support/scratch_folder.h"

namespace enkrat::store {
namespace {

constexpr size_t kResultBytes = 4096;  // one CAdES B-T signature with its chain, about
constexpr size_t kCertificateBytes = 800;
constexpr size_t kEvidencePerSession = 7;  // steps 4-9 and a spare

// What the threads of one run share.
struct Bench {
  Bench()
      : ledger(SqliteLedger::Create(testing::LedgerOptions(folder.File("ledger.db"))).value()) {}

  testing::ScratchFolder folder;
  std::unique_ptr<SqliteLedger> ledger;
  std::atomic<int> next{0};
};

std::unique_ptr<Bench> bench;

void SetUp(const benchmark::State&) { bench = std::make_unique<Bench>(); }
void TearDown(const benchmark::State&) { bench.reset(); }

// Ids as random as the service's: neighbours in time are no neighbours in an index.
std::string RandomId(int n, char kind) {
  return ToHex(Sha256(AsSpan(std::to_string(n) + kind))).substr(0, 32);
}

SessionIntent RealisticIntent(int n) {
  SessionIntent intent = testing::LedgerIntent(n);
  intent.session_id = RandomId(n, 's');
  intent.request_id = RandomId(n, 'r');
  return intent;
}

SessionCompletion RealisticCompletion(int n) {
  SessionCompletion completion = testing::LedgerCompletion(n);
  completion.session_id = completion.certificate.session_id = RandomId(n, 's');
  completion.certificate.serial_number = RandomId(n, 'c');
  completion.result.assign(kResultBytes, 0x5a);
  completion.certificate.der.resize(kCertificateBytes, 0x5a);
  const EvidenceRecord step = {"key-generated", testing::LedgerEpoch(),
                               R"({"mechanism":"CKM_EC_KEY_PAIR_GEN","checked":["local"]})"};
  completion.evidence.assign(kEvidencePerSession, step);
  return completion;
}

void IntentThenCompletion(benchmark::State& state) {
  for (auto _ : state) {
    const int n = bench->next++;
    if (!bench->ledger->RecordIntent(RealisticIntent(n)).ok() ||
        !bench->ledger->CompleteSession(RealisticCompletion(n)).ok()) {
      state.SkipWithError("the ledger refused a record");
      return;
    }
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));  // sessions
  if (state.thread_index() != 0) return;
  const LedgerStatistics statistics = bench->ledger->Statistics().value();
  state.counters["commits_per_s"] =
      benchmark::Counter(static_cast<double>(statistics.commits), benchmark::Counter::kIsRate);
  state.counters["writes_per_commit"] =
      static_cast<double>(statistics.writes) / static_cast<double>(statistics.commits);
}
BENCHMARK(IntentThenCompletion)
    ->Setup(&SetUp)
    ->Teardown(&TearDown)
    ->Threads(1)
    ->Threads(8)
    ->Threads(32)
    ->MinTime(2)
    ->UseRealTime();

void FindBySerial(benchmark::State& state) {
  constexpr int kSessions = 1000;
  if (state.thread_index() == 0) {
    for (int n = 0; n < kSessions; ++n) {
      bench->ledger->RecordIntent(RealisticIntent(n)).IgnoreError();
      bench->ledger->CompleteSession(RealisticCompletion(n)).IgnoreError();
    }
  }
  int n = 0;
  for (auto _ : state) {
    auto found = bench->ledger->FindCertificateBySerial(RandomId(n++ % kSessions, 'c'));
    if (!found.ok() || !found->has_value()) state.SkipWithError("not found");
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
}
BENCHMARK(FindBySerial)->Setup(&SetUp)->Teardown(&TearDown)->Threads(1)->Threads(8)->UseRealTime();

}  // namespace
}  // namespace enkrat::store

BENCHMARK_MAIN();
