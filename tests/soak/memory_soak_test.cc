// Memory stays bounded however many signatures are made.
//
//   ENKRAT_SOAK_SIGNATURES=1000000 build/dev/bin/soak_memory
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "tests/fault/faulty_service.h"
#include "tests/fault/sign_load.h"
#include "tests/support/status_matchers.h"

namespace enkrat::testing {
namespace {

// SoftHSM keeps 525 octets of every key until C_Finalize: recycled this often, that is 0.25 MiB.
constexpr size_t kRecycleAfterKeys = 500;
// By then the ledger's page cache is full (32 MiB, store/sqlite_connection.cc).
constexpr size_t kWarmUp = 3000;
// What may stay of 10 000 signatures after that, and what heaps may do once. Without the recycle
// SoftHSM alone would keep 5 MiB.
constexpr double kMibPer10k = 3;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kOnceMib = 512;  // what was freed stays in quarantine
#else
constexpr double kOnceMib = 2;
#endif

size_t Signatures() {
  const char* text = std::getenv("ENKRAT_SOAK_SIGNATURES");
  return text == nullptr ? 2000 : std::strtoull(text, nullptr, 10);
}

// VmRSS, or -1 if the process is gone.
double ResidentMib(pid_t pid) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  for (std::string word; status >> word;) {
    double kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib / 1024;
  }
  return -1;
}

TEST(MemorySoak, ResidentMemoryDoesNotGrowWithTheNumberOfSignatures) {
  const size_t signatures = Signatures();
  FaultyService service(
      {.settings = {{"hsm.recycle_after_keys", absl::StrCat(kRecycleAfterKeys)}}});
  ASSERT_THAT(service.Start(), IsOk());
  const pid_t pid = service.environment().daemon().pid();

  double warm = 0;
  // In parts, so that the client does not keep them all.
  for (size_t done = 0; done < kWarmUp + signatures;) {
    SignLoad load({.target = service.environment().grpc_target(),
                   .concurrency = 8,
                   .next = [&service] { return service.requests().Make(); }});
    ASSERT_TRUE(load.WaitForSignatures(kRecycleAfterKeys, absl::Minutes(5)));
    for (const SignedCall& call : load.Finish()) EXPECT_THAT(call.answer.status, IsOk());
    done += kRecycleAfterKeys;
    const double now = ResidentMib(pid);
    std::cout << done << " signatures: " << now << " MiB" << std::endl;
    ASSERT_GT(now, 0);
    if (done <= kWarmUp) {
      warm = now;
    } else {
      EXPECT_LT(now, warm + kOnceMib + kMibPer10k * static_cast<double>(done - kWarmUp) / 10'000);
    }
  }
  EXPECT_THAT(service.environment().daemon().err(), ::testing::HasSubstr("\"planned\":true"));
  EXPECT_THAT(service.Audit().CheckNothingOpen(), IsOk());
  EXPECT_EQ(*service.Metric("enkrat_hsm_keys_generated"),
            *service.Metric("enkrat_hsm_keys_destroyed"));
}

}  // namespace
}  // namespace enkrat::testing
