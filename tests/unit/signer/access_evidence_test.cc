#include "signer/access_evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/reason.h"
#include "tests/support/fake_clock.h"
#include "tests/support/in_memory_ledger.h"
#include "tests/support/ledger_records.h"
#include "tests/support/status_matchers.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class AccessEvidenceTest : public ::testing::Test {
 protected:
  static RelyingParty Party(const std::string& id) {
    RelyingParty party;
    party.id = id;
    return party;
  }

  testing::FakeClock clock_;
  testing::InMemoryLedger ledger_;
  AccessEvidence evidence_{ledger_, clock_, nullptr};
};

TEST_F(AccessEvidenceTest, DenialIsRecordedWithWhoAskedForWhichId) {
  EXPECT_THAT(evidence_.Deny(Party("curious"), "serial_number", "7a01"),
              FailsWith(Reason::kNotPermitted));
  ASSERT_EQ(ledger_.Events().size(), 1u);
  EXPECT_EQ(ledger_.Events()[0].step, "access-denied");
  EXPECT_EQ(ledger_.Events()[0].facts_json,
            R"({"relying_party":"curious","kind":"serial_number","id":"7a01","suppressed":0,)"
            R"("reason":"NOT_PERMITTED"})");
}

TEST_F(AccessEvidenceTest, FloodIsDeniedAndCountedNotRecorded) {
  for (int i = 0; i < 1000; ++i) {
    EXPECT_THAT(evidence_.Deny(Party("curious"), "serial_number", "7a"),
                FailsWith(Reason::kNotPermitted));
  }
  EXPECT_EQ(ledger_.Events().size(), 20u);
  clock_.Advance(absl::Seconds(1));
  evidence_.Deny(Party("curious"), "serial_number", "7a").IgnoreError();
  ASSERT_EQ(ledger_.Events().size(), 21u);
  EXPECT_THAT(ledger_.Events().back().facts_json, HasSubstr("\"suppressed\":980"));
}

TEST_F(AccessEvidenceTest, LedgerThatCannotKeepItStillDenies) {
  ledger_.FailAlways("RecordEvent");
  EXPECT_THAT(evidence_.Deny(Party("curious"), "serial_number", "7a"),
              FailsWith(Reason::kNotPermitted));
}

TEST_F(AccessEvidenceTest, RequestIdOfNobodyIsNotFoundAndNoEvidence) {
  EXPECT_THAT(evidence_.DenyOrNotFound(Party("curious"), testing::LedgerIntent(1).request_id),
              FailsWith(Reason::kNotFound));
  EXPECT_TRUE(ledger_.Events().empty());
}

TEST_F(AccessEvidenceTest, RequestIdOfAnotherIsDeniedWithoutNamingIt) {
  ASSERT_TRUE(ledger_.RecordIntent(testing::LedgerIntent(1, "victim")).ok());
  EXPECT_THAT(evidence_.DenyOrNotFound(Party("curious"), testing::LedgerIntent(1).request_id),
              FailsWith(Reason::kNotPermitted));
  ASSERT_EQ(ledger_.Events().size(), 1u);
  EXPECT_THAT(ledger_.Events()[0].facts_json, HasSubstr(testing::LedgerIntent(1).request_id));
  EXPECT_THAT(ledger_.Events()[0].facts_json, Not(HasSubstr("victim")));
}

TEST_F(AccessEvidenceTest, LedgerThatCannotBeReadIsUnavailable) {
  ledger_.FailAlways("RequestIdIsKnown");
  EXPECT_THAT(evidence_.DenyOrNotFound(Party("curious"), "x"),
              FailsWith(Reason::kStoreUnavailable));
}

}  // namespace
}  // namespace enkrat::signer
