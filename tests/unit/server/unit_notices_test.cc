// What the operator is told of the timestamping units, and how often.
#include "server/unit_notices.h"

#include "tests/support/in_memory_ledger.h"
#include "tests/unit/signer/certificate_life_fixture.h"
#include "tsa/clock_guard.h"

namespace enkrat::server {
namespace {

using signer::CertificateLife;
using signer::CertificateRole;
using signer::TimestampUnits;

constexpr char kAlarm[] = "ALARM: the timestamping unit's key period is over";
constexpr char kSoon[] = "ends soon, and nothing takes over";

class UnitNoticesTest : public signer::CertificateLifeFixture {
 protected:
  void SetUp() override {
    CertificateLifeFixture::SetUp();
    guard_ = tsa::ClockGuard::Create({.clock = &clock_}).value();
    first_ = Unit();
    units_ = std::make_unique<TimestampUnits>(std::vector<TimestampUnits::Handle>{first_});
    notices_ = std::make_unique<UnitNotices>(UnitNotices::Parts{
        .units = units_.get(), .ledger = &ledger_, .logger = &logger_, .clock = &clock_});
  }

  // The unit whose chain is in the folder now.
  TimestampUnits::Handle Unit() {
    const std::string label = Open().all().LatestOf(CertificateRole::kTimestampingUnit)->key_label;
    auto unit =
        tsa::TimestampUnit::Create({.chain_der = Certificates(signer::kTimestampingChainFile),
                                    .any_period = true,
                                    .clock = &clock_,
                                    .clock_guard = guard_.get()});
    return std::make_shared<const signer::OwnUnit>(
        signer::OwnUnit{.unit = std::move(unit).value(), .key = pool_->FindKey(label).value()});
  }
  absl::Time End() { return first_->unit->usable_until(); }
  int Said(const std::string& words) {
    const std::string text = log_.str();
    int count = 0;
    for (size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) {
      ++count;
    }
    return count;
  }
  int LookTwice() {
    notices_->Look();
    notices_->Look();
    return Said(kAlarm);
  }
  int Recorded(const std::string& step) {
    int count = 0;
    for (const auto& event : ledger_.Events()) count += event.step == step ? 1 : 0;
    return count;
  }

  testing::InMemoryLedger ledger_;
  std::ostringstream log_;
  Logger logger_{log_, clock_};
  std::unique_ptr<tsa::ClockGuard> guard_;
  TimestampUnits::Handle first_;
  std::unique_ptr<TimestampUnits> units_;
  std::unique_ptr<UnitNotices> notices_;
};

TEST_F(UnitNoticesTest, UnitThatAnswersIsRecordedOnce) {
  EXPECT_EQ(LookTwice(), 0);
  EXPECT_EQ(Said(kSoon), 0);
  EXPECT_EQ(Recorded("timestamping-unit-answers"), 1);
}

TEST_F(UnitNoticesTest, EndIsWarnedOfFrom30DaysBeforeItOnceADay) {
  SetNow(End() - absl::Hours(24 * 30) - absl::Seconds(1));
  LookTwice();
  EXPECT_EQ(Said(kSoon), 0);
  SetNow(End() - absl::Hours(24 * 30));
  LookTwice();
  EXPECT_EQ(Said(kSoon), 1);
  EXPECT_EQ(Said("enkrat certificates renew " + UnitSerial()), 1);
  clock_.Step(absl::Hours(24));
  LookTwice();
  EXPECT_EQ(Said(kSoon), 2);
}

TEST_F(UnitNoticesTest, EndIsAnAlarmAtOnceThoughItWasWarnedOfJustBefore) {
  SetNow(End());
  LookTwice();
  EXPECT_EQ(Said(kSoon), 1);
  clock_.Step(absl::Seconds(1));
  EXPECT_EQ(LookTwice(), 1);
  clock_.Step(absl::Hours(23));
  EXPECT_EQ(LookTwice(), 1);
  clock_.Step(absl::Hours(1));
  EXPECT_EQ(LookTwice(), 2);
  EXPECT_EQ(Said("enkrat certificates renew " + UnitSerial()), 3);
}

TEST_F(UnitNoticesTest, UnitThatHadEndedAtTheStartDoesNotAnswer) {
  SetNow(End() + absl::Hours(1));
  EXPECT_EQ(LookTwice(), 1);
  EXPECT_EQ(Recorded("timestamping-unit-answers"), 0);
}

TEST_F(UnitNoticesTest, CertificateThatHasExpiredIsReissued) {
  SetNow(signer::DescribeCertificate(first_->unit->chain_der().front())->not_after +
         absl::Seconds(1));
  EXPECT_EQ(LookTwice(), 1);
  EXPECT_EQ(Said("enkrat certificates reissue " + UnitSerial()), 1);
}

TEST_F(UnitNoticesTest, RenewedUnitEndsTheAlarm) {
  SetNow(End() + absl::Hours(1));
  EXPECT_EQ(LookTwice(), 1);
  CertificateLife life = Open();
  ASSERT_THAT(life.Renew(UnitSerial(), {}, order_), testing::IsOk());
  const auto next = Unit();
  units_->Add(next);
  notices_->Added(*next);
  clock_.Step(absl::Hours(48));
  EXPECT_EQ(LookTwice(), 1);
  EXPECT_EQ(Recorded("timestamping-unit-added"), 1);
  EXPECT_EQ(Recorded("timestamping-unit-answers"), 1);
}

TEST_F(UnitNoticesTest, UnitThatWasWithdrawnIsSomebodyElsesAlarm) {
  first_->unit->Withdraw();
  SetNow(End() + absl::Hours(1));
  EXPECT_EQ(LookTwice(), 0);
  EXPECT_EQ(Recorded("timestamping-unit-answers"), 0);
}

}  // namespace
}  // namespace enkrat::server
