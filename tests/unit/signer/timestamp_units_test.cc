// Which unit answers: by policy, by key period, never one that was withdrawn; and no gap between
// one and the next (EN 319 421 7.6).
#include "signer/timestamp_units.h"

#include "signer/local_timestamper.h"
#include "tests/unit/signer/workflow_fixture.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::SizeIs;

constexpr char kPolicy[] = "0.4.0.2023.1.1";
constexpr char kOtherPolicy[] = "1.3.6.1.4.1.32473.2.2";

class TimestampUnitsTest : public WorkflowTest {
 protected:
  // A unit whose key may sign from `from` to `until`, counted from now.
  TimestampUnits::Handle Unit(absl::Duration from, absl::Duration until,
                              const std::string& policy = kPolicy,
                              KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256) {
    const hsm::LongLivedKey key =
        pool_->GenerateKey({.algorithm = algorithm, .label = absl::StrCat("unit-", ++keys_)})
            .value();
    testing::CertificateOptions certificate;
    certificate.subject_key = &key.public_key();
    certificate.key_not_before = clock_.Now() + from;
    certificate.key_not_after = clock_.Now() + until;
    auto unit = tsa::TimestampUnit::Create(
        {.chain_der = {authority_.IssueByRoot(certificate).der, authority_.root_der()},
         .policy_oid = policy,
         .any_period = true,
         .clock = &clock_,
         .clock_guard = clock_guard_.get()});
    return std::make_shared<const OwnUnit>(OwnUnit{.unit = std::move(unit).value(), .key = key});
  }
  TimestampUnits::Handle Chosen(const TimestampUnits& units, ByteSpan policy = {}) {
    return units.Choose(policy, clock_.Now());
  }

  int keys_ = 0;
};

TEST_F(TimestampUnitsTest, NextUnitTakesOverWhenItsPeriodBegins) {
  const auto first = Unit(-absl::Hours(10), absl::Hours(3));
  const auto next = Unit(absl::Hours(2), absl::Hours(24));
  const TimestampUnits units({first, next});
  EXPECT_EQ(Chosen(units), first);
  clock_.Advance(absl::Hours(2) - absl::Seconds(1));
  EXPECT_EQ(Chosen(units), first);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Chosen(units), next);
}

TEST_F(TimestampUnitsTest, TimestampsAreMadeWithoutAGapAcrossTheChange) {
  const TimestampUnits units(
      {Unit(-absl::Hours(1), absl::Minutes(10)), Unit(absl::Minutes(5), absl::Hours(24))});
  LocalTimestamper timestamper(units, *pool_, clock_);
  for (int minute = 0; minute < 60; ++minute) {
    EXPECT_THAT(timestamper.Timestamp({.digest = Bytes(32, 1)}, clock_.Now() + absl::Seconds(5)),
                IsOk())
        << minute;
    clock_.Advance(absl::Minutes(1));
  }
}

TEST_F(TimestampUnitsTest, NoUnitStampsAfterItsPeriod) {
  const TimestampUnits units({Unit(-absl::Hours(1), absl::Minutes(10))});
  LocalTimestamper timestamper(units, *pool_, clock_);
  clock_.Advance(absl::Minutes(10) + absl::Seconds(1));
  EXPECT_THAT(timestamper.Timestamp({.digest = Bytes(32, 1)}, clock_.Now() + absl::Seconds(5)),
              FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(TimestampUnitsTest, NoUnitStampsBeforeItsPeriod) {
  const TimestampUnits units({Unit(absl::Hours(1), absl::Hours(10))});
  LocalTimestamper timestamper(units, *pool_, clock_);
  EXPECT_THAT(timestamper.Timestamp({.digest = Bytes(32, 1)}, clock_.Now() + absl::Seconds(5)),
              FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(TimestampUnitsTest, WithdrawnUnitLeavesThePlaceToTheOther) {
  const auto older = Unit(-absl::Hours(2), absl::Hours(3));
  const auto newer = Unit(-absl::Hours(1), absl::Hours(24));
  const TimestampUnits units({older, newer});
  ASSERT_EQ(Chosen(units), newer);
  newer->unit->Withdraw();
  EXPECT_EQ(Chosen(units), older);
  older->unit->Withdraw();
  LocalTimestamper timestamper(units, *pool_, clock_);
  EXPECT_THAT(timestamper.Timestamp({.digest = Bytes(32, 1)}, clock_.Now() + absl::Seconds(5)),
              FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(TimestampUnitsTest, PolicyChoosesTheUnitAndItsAlgorithm) {
  const auto ecdsa = Unit(-absl::Hours(1), absl::Hours(10));
  const auto p384 =
      Unit(-absl::Minutes(1), absl::Hours(10), kOtherPolicy, KeyAlgorithm::kEcdsaP384);
  const TimestampUnits units({ecdsa, p384});
  EXPECT_EQ(Chosen(units), ecdsa);
  EXPECT_EQ(Chosen(units, p384->unit->policy()), p384);
  EXPECT_EQ(Chosen(units, ecdsa->unit->policy()), ecdsa);
}

TEST_F(TimestampUnitsTest, PolicyThatIsNotOfferedIsAnsweredByTheDefaultsUnit) {
  const auto unit = Unit(-absl::Hours(1), absl::Hours(10));
  const TimestampUnits units({unit});
  EXPECT_EQ(Chosen(units, Bytes{0x2a, 0x03}), unit);
}

TEST_F(TimestampUnitsTest, NewerUnitOfAnotherPolicyDoesNotTakeOver) {
  const auto ours = Unit(-absl::Hours(1), absl::Minutes(1));
  const TimestampUnits units({ours, Unit(-absl::Minutes(1), absl::Hours(10), kOtherPolicy)});
  clock_.Advance(absl::Minutes(2));
  EXPECT_EQ(Chosen(units), ours);
}

TEST_F(TimestampUnitsTest, UnitThatIsAddedAnswersAtOnceIfItIsNewer) {
  TimestampUnits units({Unit(-absl::Hours(2), absl::Hours(10))});
  const auto older = Unit(-absl::Hours(3), absl::Hours(10));
  units.Add(older);
  EXPECT_NE(Chosen(units), older);
  const auto newer = Unit(-absl::Hours(1), absl::Hours(10));
  units.Add(newer);
  EXPECT_EQ(Chosen(units), newer);
  units.Add(newer);
  EXPECT_THAT(units.All(), SizeIs(3));
}

// Certificates know whole seconds only: a renewal may follow that fast.
TEST_F(TimestampUnitsTest, UnitThatIsAddedAnswersThoughThePreviousBeganInTheSameSecond) {
  const auto first = Unit(-absl::Seconds(1), absl::Hours(10));
  const auto renewed = Unit(-absl::Seconds(1), absl::Hours(10));
  TimestampUnits units({first});
  units.Add(renewed);
  EXPECT_EQ(Chosen(units), renewed);
  clock_.Advance(absl::Hours(11));
  EXPECT_EQ(Chosen(units), renewed);
}

TEST_F(TimestampUnitsTest, EndedUnitsAreForgottenButNeverTheLastOfAPolicy) {
  const auto last = Unit(-absl::Hours(1), absl::Hours(1), kOtherPolicy);
  TimestampUnits units(
      {Unit(-absl::Hours(2), absl::Hours(1)), Unit(-absl::Hours(1), absl::Hours(10)), last});
  clock_.Advance(absl::Hours(2));
  units.DropEnded(clock_.Now());
  EXPECT_THAT(units.All(), SizeIs(2));
  EXPECT_EQ(Chosen(units, last->unit->policy()), last);
}

TEST_F(TimestampUnitsTest, UnitThatIsHeldOutlivesItsPlace) {
  TimestampUnits units({Unit(-absl::Hours(2), absl::Hours(1))});
  const auto held = Chosen(units);
  units.Add(Unit(-absl::Hours(1), absl::Hours(10)));
  clock_.Advance(absl::Hours(2));
  units.DropEnded(clock_.Now());
  EXPECT_THAT(units.All(), SizeIs(1));
  EXPECT_FALSE(held->unit->chain_der().empty());
}

}  // namespace
}  // namespace enkrat::signer
