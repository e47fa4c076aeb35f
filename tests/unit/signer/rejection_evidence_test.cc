#include "signer/rejection_evidence.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/in_memory_ledger.h"
#include "tests/support/status_matchers.h"

namespace enkrat::signer {
namespace {

using ::testing::HasSubstr;

class RejectionEvidenceTest : public ::testing::Test {
 protected:
  void Reject(const std::string& who, int times) {
    RelyingParty relying_party;
    relying_party.id = who;
    for (int i = 0; i < times; ++i) {
      evidence_.Record(relying_party, {}, MakeError(Reason::kAssertionRejected, "signature"));
    }
  }

  testing::FakeClock clock_;
  testing::InMemoryLedger ledger_;
  RejectionEvidence evidence_{ledger_, clock_, nullptr};
};

TEST_F(RejectionEvidenceTest, FloodIsCountedNotRecorded) {
  Reject("hostile", 1000);
  EXPECT_EQ(ledger_.Events().size(), 20u);
  clock_.Advance(absl::Seconds(1));
  Reject("hostile", 1);
  ASSERT_EQ(ledger_.Events().size(), 21u);
  EXPECT_THAT(ledger_.Events().back().facts_json, HasSubstr("\"suppressed\":980"));
}

TEST_F(RejectionEvidenceTest, OneFloodDoesNotHideTheRejectionsOfAnother) {
  Reject("hostile", 1000);
  Reject("honest", 1);
  EXPECT_EQ(ledger_.Events().size(), 21u);
  EXPECT_THAT(ledger_.Events().back().facts_json, HasSubstr("\"honest\""));
}

TEST_F(RejectionEvidenceTest, BudgetComesBackWithTimeUpToTheBurst) {
  Reject("hostile", 100);
  clock_.Advance(absl::Hours(1));
  Reject("hostile", 100);
  EXPECT_EQ(ledger_.Events().size(), 40u);
}

}  // namespace
}  // namespace enkrat::signer
